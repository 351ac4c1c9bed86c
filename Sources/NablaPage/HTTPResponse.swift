import NablaReport

/// An HTTP response.
struct HTTPResponse: Sendable {
  var status: Int
  var type: String
  var body: [UInt8]

  init(status: Int = 200, type: String, body: [UInt8]) {
    self.status = status
    self.type = type
    self.body = body
  }

  init(status: Int = 200, _ json: JSON) {
    self.init(status: status, type: "application/json; charset=utf-8", body: Array(json.text().utf8))
  }

  init(_ refusal: HTTPRefusal) {
    self.init(status: refusal.status, .error(refusal.message, hint: nil))
  }

  /// The response with its head. The connection closes after it.
  var bytes: [UInt8] {
    var head = "HTTP/1.1 \(status) \(reason)\r\n"
    for (name, value) in Self.headers + [("Content-Type", type), ("Content-Length", "\(body.count)")] {
      head += "\(name): \(value)\r\n"
    }
    return Array((head + "\r\n").utf8) + body
  }

  /// The page may load only its own script, style and answers.
  private static let policy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
  ].joined(separator: "; ")

  private static let headers = [
    ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"), ("Cache-Control", "no-store"), ("Connection", "close"),
  ]

  private var reason: String {
    switch status {
    case 200: "OK"
    case 400: "Bad Request"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 411: "Length Required"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 431: "Request Header Fields Too Large"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    default: "Status"
    }
  }
}
