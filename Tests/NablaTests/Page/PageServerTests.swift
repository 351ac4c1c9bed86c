import Foundation
import NablaTypes
import Synchronization
import TestSupport
import Testing

@testable import NablaPage

/// The server's treatment of requests that are not the page's.
@Suite struct PageServerTests {
  private func client() throws -> PageClient { try PageClient() }

  @Test func thePageIsServed() throws {
    let client = try client()
    for (path, type) in [
      ("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript"),
      ("/state.js", "text/javascript"), ("/icon.svg", "image/svg+xml"),
    ] {
      let response = try client.get(path)
      #expect(response.status == 200)
      #expect(response.headers["content-type"]?.hasPrefix(type) == true)
      #expect(response.headers["x-content-type-options"] == "nosniff")
      let policy = try #require(response.headers["content-security-policy"])
      for rule in [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
      ] {
        #expect(policy.contains(rule))
      }
      #expect(!policy.contains("unsafe"))
    }
    #expect(try client.get("/?query").status == 200)
  }

  @Test(arguments: [
    "evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", "[::1]", "evil.example:PORT",
    "127.0.0.1:PORT.evil.example",
  ])
  func foreignHostsAreRefused(_ host: String) throws {
    let client = try client()
    let response = try client.get("/", ["Host": host.replacing("PORT", with: "\(client.port)")])
    #expect(response.status == 403)
    #expect(!response.body.contains("<html"))
  }

  @Test(arguments: ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
  func ownHostsAreAnswered(_ host: String) throws {
    let client = try client()
    #expect(try client.get("/", ["Host": "\(host):\(client.port)"]).status == 200)
  }

  @Test(arguments: ["http://evil.example", "null", "https://127.0.0.1:PORT", "http://127.0.0.1", "file://"])
  func foreignOriginsAreRefused(_ origin: String) throws {
    let client = try client()
    let headers = ["Origin": origin.replacing("PORT", with: "\(client.port)")]
    #expect(try client.ask(["expression": "x'*x"], headers).status == 403)
  }

  @Test func otherSitesScriptsAreRefused() throws {
    let client = try client()
    #expect(try client.ask(["expression": "x'*x"], ["Sec-Fetch-Site": "cross-site"]).status == 403)
    #expect(try client.ask(["expression": "x'*x"], ["Sec-Fetch-Site": "same-origin"]).status == 200)
    #expect(try client.get("/", ["Sec-Fetch-Site": "cross-site"]).status == 200)
    let form = ["Content-Type": "application/x-www-form-urlencoded"]
    #expect(try client.post("/api/answer", "{\"expression\": \"x\"}", form).status == 415)
  }

  /// Malformed HTTP requests and their status codes.
  static let malformed: [(String, Int)] = [
    ("nonsense\r\n\r\n", 400), ("\r\n\r\n", 400), ("GET / HTTP/2\r\n\r\n", 400),
    ("GET  / HTTP/1.1\r\n\r\n", 400),
    ("GET http://127.0.0.1/ HTTP/1.1\r\n\r\n", 400), ("GET // HTTP/1.1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n\r\n", 403), ("GET / HTTP/1.1\r\nHost HOST\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: HOST\n\r\n\r\n", 400), ("GET / HTTP/1.1\r\n Host: HOST\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost : HOST\r\n\r\n", 400), ("GET /\u{1} HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: HOST\r\n\r\nmore", 400), ("GÉT / HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
    ("DELETE / HTTP/1.1\r\nHost: HOST\r\n\r\n", 405), ("GET /none HTTP/1.1\r\nHost: HOST\r\n\r\n", 404),
    ("GET /../../etc/passwd HTTP/1.1\r\nHost: HOST\r\n\r\n", 404),
    ("POST /api/answer HTTP/1.1\r\nHost: HOST\r\n\r\n", 411),
    ("POST /api/answer HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
    ("POST /api/answer HTTP/1.1\r\nHost: HOST\r\nContent-Length: 65537\r\n\r\n", 413),
    ("POST /api/answer HTTP/1.1\r\nHost: HOST\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
    ("POST /api/answer HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n", 400),
    ("POST /api/answer HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: HOST\r\nX: " + String(repeating: "x", count: 20_000) + "\r\n\r\n", 431),
    (String(repeating: "x", count: 20_000), 431),
  ]

  @Test(arguments: malformed)
  func malformedRequestsAreRefused(_ text: String, _ status: Int) throws {
    let client = try client()
    let response = try client.send(text.replacing("HOST", with: client.host))
    #expect(response.status == status)
    #expect(response.headers["x-content-type-options"] == "nosniff")
    #expect((response.error?["message"] as? String)?.isEmpty == false)
  }

  /// Bodies that are not questions.
  @Test(arguments: [
    "", "{", "[]", "null", "{}", "{\"expression\": 1}", "{\"expression\": \"x\", \"mode\": \"none\"}",
    "{\"expression\": \"x\", \"wrt\": \"x\"}", "{\"expression\": \"x\", \"wrt\": [1]}",
    "{\"expression\": \"x\", \"steps\": 1}", "{\"expression\": \"x\", \"other\": 1}",
    "{\"expression\": \"\\ud800\"}",
    String(repeating: "[", count: 60_000),
  ])
  func bodiesThatAreNoQuestionsAreRefused(_ body: String) throws {
    let response = try client().post("/api/answer", body)
    #expect(response.status == 400, "\(response.body)")
    #expect((response.error?["message"] as? String)?.isEmpty == false)
  }

  @Test func whatIsTypedIsEscaped() throws {
    let client = try client()
    let evil = "</script><img src=x onerror=alert(1)>\"'&"
    let response = try client.ask(["expression": evil, "declarations": [evil], "wrt": [evil]])
    #expect(response.status == 200)
    #expect(response.headers["content-type"]?.hasPrefix("application/json") == true)
    #expect(JSONSerialization.isValidJSONObject(response.json))
    let variables = try #require(response.json["variables"] as? [Any])
    #expect(variables.isEmpty)
  }

  @Test func aSlowRequestIsGivenUp() throws {
    var patience = Connection.Patience()
    patience.request = .milliseconds(200)
    let client = try PageClient(patience: patience)
    let response = try client.send("GET / HTTP/1.1\r\n", "Host: \(client.host)\r\n\r\n", pause: 1)
    #expect(response.status == 408)
  }

  @Test func piecesMakeAWhole() throws {
    let client = try client()
    let whole = try client.send("GET / HT", "TP/1.1\r\nHost: \(client.host)\r", "\n\r", "\n", pause: 0.02)
    #expect(whole.status == 200)
  }

  @Test func slowClientsKeepNobodyWaiting() throws {
    let client = try client()
    let open = try (0..<100).map { _ in try client.begin("GET / HTTP/1.1\r\n") }
    defer { for connection in open { close(connection) } }
    #expect(try client.get("/").status == 200)
  }

  @Test func clientsThatLeaveDoNoHarm() throws {
    let client = try client()
    for _ in 0..<50 {
      try client.sendAndLeave("GET / HTTP/1.1\r\nHost: \(client.host)\r\n\r\n")
      try client.sendAndLeave("GET / HT")
      try client.sendAndLeave("")
    }
    #expect(try client.get("/").status == 200)
  }

  /// Requests that wait until they are cancelled.
  private static func untilCancelled(_ request: HTTPRequest, _ cancelled: Counter) -> HTTPResponse {
    if request.path == "/wait" {
      while !Cancellation.isRequested { Thread.sleep(forTimeInterval: 0.005) }
      cancelled.add()
    }
    return HTTPResponse(.object([]))
  }

  final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    func add() { count.add(1, ordering: .relaxed) }
    var value: Int { count.load(ordering: .relaxed) }
  }

  @Test func theNextQuestionOfAPageCancelsTheLast() throws {
    let cancelled = Counter()
    let client = try PageClient { Self.untilCancelled($0, cancelled) }
    // More than there are workers, so the later ones wait for the earlier.
    let threads = (0..<8).map { _ in
      let thread = Thread { _ = try? client.get("/wait", ["X-Nabla-Page": "one"]) }
      thread.start()
      return thread
    }
    while threads.contains(where: { !$0.isFinished }) {
      _ = try client.get("/next", ["X-Nabla-Page": "one"])
    }
    #expect(cancelled.value == 8)
  }

  @Test func aQuestionThatTakesTooLongIsGivenUp() throws {
    let cancelled = Counter()
    var patience = Connection.Patience()
    patience.answer = .milliseconds(100)
    let client = try PageClient(patience: patience) { Self.untilCancelled($0, cancelled) }
    #expect(try client.get("/wait").status == 503)
    #expect(try client.get("/next").status == 200)
  }

  @Test func cancelledWorkHasNoAnswer() {
    let cancellation = Cancellation()
    cancellation.cancel()
    let answer = cancellation.during { PageAnswer(PageQuestion(expression: "norm2(A*x - b)^2")).json.text() }
    #expect(answer.contains("the question was cancelled"))
    #expect(answer.contains("\"answers\": []"))
  }

  @Test func manyRequestsInARow() throws {
    let client = try client()
    for number in 0..<Sample.count(30, of: 1000) {
      let response = try client.ask(["expression": "\(number)*x'*x", "mode": "simplify"])
      #expect(
        response.answers.first?["text"] as? String
          == (number == 0 ? "0" : number == 1 ? "x'*x" : "\(number)*x'*x"))
    }
  }

  @Test func manyRequestsAtOnce() throws {
    let client = try client()
    let done = Counter()
    let count = Sample.count(8, of: 50)
    let threads = (1...count).map { number in
      let thread = Thread {
        let response = try? client.ask(["expression": "\(number)*norm2(A*x - b)^2", "wrt": ["x"]])
        if response?.answers.first?["text"] as? String == "\(2 * number)*A'*(A*x - b)" { done.add() }
      }
      thread.start()
      return thread
    }
    while threads.contains(where: { !$0.isFinished }) { Thread.sleep(forTimeInterval: 0.01) }
    #expect(done.value == count)
  }

  @Test func codeTargetsAreOffered() throws {
    let api = PageAPI(targets: [
      PageAPI.CodeTarget(name: "numpy") { file in
        file.contains("foo") ? .failure(PageAPI.CodeProblem("no foo")) : .success("# \(file)")
      }
    ])
    let client = try PageClient { api.answer($0) }
    #expect(try client.get("/api/start").json["targets"] as? [String] == ["numpy"])
    let good = try client.post("/api/export/numpy", "{\"expression\": \"x'*x\"}")
    #expect(good.json["code"] as? String == "# gradient x'*x wrt x\n")
    #expect(
      try client.post("/api/export/numpy", "{\"expression\": \"foo(x)\"}").error?["message"] as? String
        == "no foo")
    #expect(try client.post("/api/export/cobol", "{\"expression\": \"x'*x\"}").status == 404)
  }

  @Test func aPortThatIsTakenIsAnError() throws {
    let client = try client()
    #expect(throws: PageServer.ListenError.self) { try PageServer(port: client.port) }
  }
}
