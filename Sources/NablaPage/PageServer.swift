import NablaSockets
import NablaTypes
import Synchronization

/// Serves the page on the loopback interface.
/// One thread waits for all connections, so a slow one does not delay the others; complete requests go to a few
/// workers.
package final class PageServer: Sendable {
  package let port: UInt16
  private let listener: Int32
  private let policy: RequestPolicy
  private let patience: Connection.Patience
  private let workers: Workers
  private let wake: WakePipe
  private let state = Mutex(State())

  private struct State {
    /// Finished answers, by the numbers of their connections.
    var finished: [(connection: Int, response: HTTPResponse)] = []
    var isStopped = false
  }

  /// Open connections; more wait in the system's queue.
  private static let mostConnections = 256
  private static let threads = 4

  /// The system's error for a port.
  package struct ListenError: Error {
    package let message: String
  }

  /// Listens at a port of the loopback interface; 0 chooses a free one.
  package convenience init(port: UInt16 = 0, api: PageAPI = PageAPI()) throws(ListenError) {
    try self.init(port: port, patience: Connection.Patience()) { api.answer($0) }
  }

  init(
    port: UInt16, patience: Connection.Patience, answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) throws(ListenError) {
    var chosen: UInt16 = 0
    let listener = nabla_listen(port, &chosen)
    guard listener >= 0 else {
      throw ListenError(message: "port \(port): \(String(cString: nabla_error_words(-listener)))")
    }
    guard let wake = WakePipe() else {
      nabla_close(listener)
      throw ListenError(message: "there is no room for another pipe")
    }
    self.port = chosen
    self.listener = listener
    self.wake = wake
    self.patience = patience
    policy = RequestPolicy(port: chosen)
    workers = Workers(count: Self.threads, answer: answer)
  }

  deinit { nabla_close(listener) }

  package var url: String { "http://127.0.0.1:\(port)/" }

  /// Ends `run` soon; may be called on any thread.
  package func stop() {
    state.withLock { $0.isStopped = true }
    wake.wake()
  }

  /// Serves until it is stopped or, on request, interrupted.
  package func run(untilInterrupted: Bool = false) {
    let interrupt = untilInterrupted ? WakePipe() : nil
    if let interrupt { nabla_wake_on_interrupt(interrupt.writeEnd) }
    var loop = Loop(server: self)
    while !state.withLock({ $0.isStopped }) {
      if loop.step(interrupt) { break }
    }
    workers.stop()
    loop.cancelAll()
  }

  private func takeFinished() -> [(connection: Int, response: HTTPResponse)] {
    state.withLock { state in
      defer { state.finished = [] }
      return state.finished
    }
  }

  /// The state of the waiting thread.
  private struct Loop {
    let server: PageServer
    var connections: [Int: Connection] = [:]
    /// The pending request of each page; its next question cancels it.
    var pages: [String: Cancellation] = [:]
    var lastNumber = 0

    /// Waits for events and handles them; true after an interrupt.
    mutating func step(_ interrupt: WakePipe?) -> Bool {
      let numbers = connections.keys.sorted()
      let isFull = connections.count >= PageServer.mostConnections
      var waits = [reading(server.wake.readEnd), reading(interrupt?.readEnd ?? -1)]
      waits.append(reading(isFull ? -1 : server.listener))
      let firstConnection = waits.count
      waits += numbers.compactMap { connections[$0]?.wait }
      guard nabla_wait_for(&waits, waits.count, patience) >= 0 else { return true }
      if waits[1].can_read != 0 { return true }
      if waits[0].can_read != 0 { server.wake.clear() }
      for (number, response) in server.takeFinished() {
        // Cancelled requests are answered already.
        if let connection = connections[number], case .working = connection.stage {
          connection.send(response)
        }
      }
      for (index, number) in numbers.enumerated() {
        let wait = waits[firstConnection + index]
        if let connection = connections[number] { proceed(number, connection, wait) }
      }
      if waits[2].can_read != 0 { accept() }
      connections = connections.filter { !$0.value.isDone }
      return false
    }

    private func reading(_ descriptor: Int32) -> nabla_wait {
      var wait = nabla_wait()
      wait.descriptor = descriptor
      wait.wants_reading = 1
      return wait
    }

    /// Milliseconds until the next deadline.
    private var patience: Int32 {
      guard let next = connections.values.map(\.deadline).min() else { return -1 }
      let rest = ContinuousClock.now.duration(to: next)
      let milliseconds = rest.components.seconds * 1000 + rest.components.attoseconds / 1_000_000_000_000_000
      return Int32(clamping: max(milliseconds + 1, 0))
    }

    private mutating func accept() {
      while connections.count < PageServer.mostConnections {
        let descriptor = nabla_accept(server.listener)
        if descriptor < 0 { return }
        lastNumber += 1
        connections[lastNumber] = Connection(descriptor, server.patience)
      }
    }

    private mutating func proceed(_ number: Int, _ connection: Connection, _ wait: nabla_wait) {
      if wait.can_read != 0 || wait.can_write != 0 || wait.has_failed != 0,
        case .request(let request) = connection.proceed()
      {
        start(request, number, connection)
      }
      if connection.deadline <= .now { connection.expire() }
    }

    private mutating func start(_ request: HTTPRequest, _ number: Int, _ connection: Connection) {
      do throws(HTTPRefusal) {
        try server.policy.check(request)
      } catch {
        connection.send(HTTPResponse(error))
        return
      }
      let cancellation = Cancellation()
      if let page = request.headers["x-nabla-page"] {
        pages[page]?.cancel()
        // A page that has closed leaves its name behind; if there are many, all are dropped.
        if pages.count > 1000 { pages = [:] }
        pages[page] = cancellation
      }
      connection.start(cancellation)
      let job = Workers.Job(request: request, cancellation: cancellation) { [server] response in
        server.state.withLock { $0.finished.append((number, response)) }
        server.wake.wake()
      }
      if !server.workers.add(job) {
        connection.send(HTTPResponse(HTTPRefusal(503, "too many requests wait already")))
      }
    }

    func cancelAll() {
      for connection in connections.values {
        if case .working(let cancellation) = connection.stage { cancellation.cancel() }
      }
    }
  }
}
