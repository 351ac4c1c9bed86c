import Foundation
import Testing

@testable import NablaPage

/// A response as it came.
struct PageResponse {
  let status: Int
  let headers: [String: String]
  let body: String

  var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
  }
  /// The answers to a question.
  var answers: [[String: Any]] { json["answers"] as? [[String: Any]] ?? [] }
  /// The first error of a question.
  var error: [String: Any]? {
    ((json["errors"] as? [[String: Any]])?.first?["error"] ?? json["error"]) as? [String: Any]
  }
}

/// A server for one test, and a client that sends raw bytes.
final class PageClient: Sendable {
  private let server: PageServer
  let port: UInt16

  init(
    patience: Connection.Patience = Connection.Patience(),
    answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse = { PageAPI().answer($0) }
  ) throws {
    let server = try PageServer(port: 0, patience: patience, answer: answer)
    self.server = server
    port = server.port
    Thread { server.run() }.start()
  }

  deinit { server.stop() }

  var host: String { "127.0.0.1:\(port)" }

  func get(_ path: String, _ headers: [String: String] = [:]) throws -> PageResponse {
    try send("GET \(path) HTTP/1.1\r\n" + head(headers))
  }

  func post(_ path: String, _ body: String, _ headers: [String: String] = [:]) throws -> PageResponse {
    let all = ["Content-Type": "application/json", "Content-Length": "\(body.utf8.count)"]
      .merging(headers) { $1 }
    return try send("POST \(path) HTTP/1.1\r\n" + head(all) + body)
  }

  /// Asks a question, given as the fields of its object.
  func ask(_ question: [String: Any], _ headers: [String: String] = [:]) throws -> PageResponse {
    let data = try JSONSerialization.data(withJSONObject: question)
    return try post("/api/answer", String(decoding: data, as: UTF8.self), headers)
  }

  private func head(_ headers: [String: String]) -> String {
    ["Host": host].merging(headers) { $1 }.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
  }

  /// Sends pieces with pauses and reads until the server closes; nil where it closes without a response.
  func send(_ pieces: String..., pause: TimeInterval = 0) throws -> PageResponse {
    let connection = try connect()
    defer { close(connection) }
    for (index, piece) in pieces.enumerated() {
      if index > 0 { Thread.sleep(forTimeInterval: pause) }
      write(connection, Array(piece.utf8))
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(connection, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
    return try response(bytes)
  }

  /// Sends the beginning of a request; the connection is left open.
  func begin(_ text: String) throws -> Int32 {
    let connection = try connect()
    write(connection, Array(text.utf8))
    return connection
  }

  /// Leaves without waiting for a response.
  func sendAndLeave(_ text: String) throws { close(try begin(text)) }

  private func write(_ connection: Int32, _ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      #if canImport(Glibc) || canImport(Musl)
        let count = bytes[sent...].withUnsafeBytes {
          Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
      #else
        let count = bytes[sent...].withUnsafeBytes {
          Foundation.send(connection, $0.baseAddress, $0.count, 0)
        }
      #endif
      if count <= 0 { return }
      sent += count
    }
  }

  private func connect() throws -> Int32 {
    #if canImport(Glibc)
      let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let connection = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    try #require(connection >= 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let failed = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(failed == 0)
    return connection
  }

  private func response(_ bytes: [UInt8]) throws -> PageResponse {
    let text = String(decoding: bytes, as: UTF8.self)
    let parts = try #require(text.range(of: "\r\n\r\n"), "no response: \(text)")
    let lines = text[..<parts.lowerBound].components(separatedBy: "\r\n")
    let status = try #require(Int(lines[0].split(separator: " ")[1]))
    let headers = lines.dropFirst().map { $0.split(separator: ":", maxSplits: 1).map(String.init) }
    return PageResponse(
      status: status,
      headers: Dictionary(
        headers.map { ($0[0].lowercased(), $0[1].trimmingCharacters(in: .whitespaces)) }
      ) { $1 }, body: String(text[parts.upperBound...]))
  }
}
