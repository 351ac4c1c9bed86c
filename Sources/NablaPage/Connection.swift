import NablaSockets
import NablaTypes

/// A connection with one request and one response.
final class Connection {
  enum Stage {
    case reading(HTTPReader)
    case working(Cancellation)
    case sending([UInt8], sent: Int)
    /// Remaining input is discarded, so that the client can read the response before the connection closes.
    case draining
    case done
  }

  /// The result of a step.
  enum Event {
    case nothing
    case request(HTTPRequest)
  }

  let descriptor: Int32
  private(set) var stage: Stage = .reading(HTTPReader())
  private(set) var deadline: ContinuousClock.Instant
  private let patience: Patience

  init(_ descriptor: Int32, _ patience: Patience) {
    self.descriptor = descriptor
    self.patience = patience
    deadline = .now + patience.request
  }

  deinit { nabla_close(descriptor) }

  /// The time limit of each stage.
  struct Patience: Sendable {
    var request = Duration.seconds(5)
    var answer = Duration.seconds(30)
    var response = Duration.seconds(10)
    var draining = Duration.milliseconds(500)
  }

  var wait: nabla_wait {
    var wait = nabla_wait()
    wait.descriptor = descriptor
    switch stage {
    case .reading, .draining: wait.wants_reading = 1
    case .sending: wait.wants_writing = 1
    // Waits for nothing, not even for the client to disconnect.
    case .working, .done: wait.descriptor = -1
    }
    return wait
  }

  var isDone: Bool { if case .done = stage { true } else { false } }

  func start(_ cancellation: Cancellation) {
    stage = .working(cancellation)
    deadline = .now + patience.answer
  }

  func send(_ response: HTTPResponse) {
    stage = .sending(response.bytes, sent: 0)
    deadline = .now + patience.response
    send()
  }

  /// The time limit of a stage has passed.
  func expire() {
    switch stage {
    case .reading: send(HTTPResponse(HTTPRefusal(408, "the request did not come in time")))
    case .working(let cancellation):
      cancellation.cancel()
      send(HTTPResponse(HTTPRefusal(503, "the answer takes longer than \(patience.answer)")))
    case .sending, .draining, .done: stage = .done
    }
  }

  /// Reads or writes as much as possible without blocking.
  func proceed() -> Event {
    switch stage {
    case .reading(var reader):
      guard let bytes = receive() else { return .nothing }
      do throws(HTTPRefusal) {
        let request = try reader.read(bytes)
        stage = .reading(reader)
        if let request { return .request(request) }
      } catch {
        send(HTTPResponse(error))
      }
    case .sending: send()
    case .draining: _ = receive()
    case .working, .done: break
    }
    return .nothing
  }

  /// Sends as much as possible without blocking.
  private func send() {
    guard case .sending(let bytes, var sent) = stage else { return }
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { nabla_send(descriptor, $0.baseAddress, $0.count) }
      if count == -2 {
        stage = .done
        return
      }
      if count < 0 { break }
      sent += count
    }
    stage = .sending(bytes, sent: sent)
    if sent == bytes.count {
      nabla_finish_sending(descriptor)
      stage = .draining
      deadline = .now + patience.draining
    }
  }

  /// The received bytes; nil if there were none. The end of the stream ends the connection.
  private func receive() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    let count = buffer.withUnsafeMutableBytes { nabla_receive(descriptor, $0.baseAddress, $0.count) }
    if count == 0 || count == -2 { stage = .done }
    return count > 0 ? Array(buffer[..<count]) : nil
  }
}
