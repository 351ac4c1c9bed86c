/// An HTTP request.
struct HTTPRequest: Equatable, Sendable {
  var method: String
  /// The path of the target, without the query.
  var path: String
  /// Keyed by lower-case names.
  var headers: [String: String]
  var body: [UInt8] = []
}

/// The reason for rejecting a request, as an HTTP status and words.
struct HTTPRefusal: Error, Equatable {
  let status: Int
  let message: String

  init(_ status: Int, _ message: String) {
    self.status = status
    self.message = message
  }
}

/// Parses a request as its bytes arrive, strictly: anything ambiguous is rejected.
struct HTTPReader {
  /// Limits on the size of a head and a body.
  static let (largestHead, largestBody) = (16 << 10, 64 << 10)

  private var bytes: [UInt8] = []
  private var head: (request: HTTPRequest, length: Int, body: Int)?
  /// The position at which the search for the end of the head continues.
  private var searched = 0

  /// Adds bytes; returns the request once it is complete.
  mutating func read(_ more: some Sequence<UInt8>) throws(HTTPRefusal) -> HTTPRequest? {
    bytes += more
    if head == nil {
      guard let end = headEnd() else {
        if bytes.count > Self.largestHead { throw HTTPRefusal(431, "the head of the request is too large") }
        return nil
      }
      if end > Self.largestHead { throw HTTPRefusal(431, "the head of the request is too large") }
      let request = try Self.head(bytes[..<end])
      head = (request, end + 4, try Self.bodyLength(request))
    }
    guard let (whole, start, count) = head else { return nil }
    if bytes.count < start + count { return nil }
    if bytes.count > start + count { throw HTTPRefusal(400, "the request continues after its body") }
    var request = whole
    request.body = Array(bytes[start...])
    return request
  }

  /// The position of the empty line that ends the head.
  private mutating func headEnd() -> Int? {
    let mark: [UInt8] = [13, 10, 13, 10]
    var place = searched
    while place + 4 <= bytes.count {
      if bytes[place] == 13, bytes[place..<(place + 4)].elementsEqual(mark) { return place }
      place += 1
    }
    searched = max(bytes.count - 3, 0)
    return nil
  }

  private static func head(_ bytes: ArraySlice<UInt8>) throws(HTTPRefusal) -> HTTPRequest {
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 13 || $0 == 10 || $0 == 9 }) else {
      throw HTTPRefusal(400, "the head of the request has a byte that is not ASCII text")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    // CR LF is one character; a lone CR or LF is not.
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    if lines.contains(where: { $0.contains { $0 == "\r" || $0 == "\n" } }) {
      throw HTTPRefusal(400, "a line of the head does not end in CR LF")
    }
    let words = lines[0].split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else {
      throw HTTPRefusal(400, "the first line is not `METHOD /path HTTP/1.1`")
    }
    guard words[1].hasPrefix("/"), !words[1].hasPrefix("//") else {
      throw HTTPRefusal(400, "the target is not a path")
    }
    var request = HTTPRequest(
      method: words[0], path: String(words[1].prefix { $0 != "?" && $0 != "#" }), headers: [:])
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
        line[..<colon].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
      else { throw HTTPRefusal(400, "a line of the head is not `Name: value`") }
      let name = line[..<colon].lowercased()
      let value = line[line.index(after: colon)...].trimmingBlanks
      if request.headers.updateValue(value, forKey: name) != nil, Self.singular.contains(name) {
        throw HTTPRefusal(400, "\(name) is given twice")
      }
    }
    return request
  }

  private static let singular: Set<String> = [
    "host", "origin", "content-length", "content-type", "transfer-encoding", "sec-fetch-site",
  ]

  private static func bodyLength(_ request: HTTPRequest) throws(HTTPRefusal) -> Int {
    if request.headers["transfer-encoding"] != nil {
      throw HTTPRefusal(501, "a body must come whole, with its length")
    }
    guard let text = request.headers["content-length"] else {
      if request.method == "POST" { throw HTTPRefusal(411, "the length of the body is missing") }
      return 0
    }
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw HTTPRefusal(400, "the length of the body is not a number")
    }
    guard let count = Int(text), count <= largestBody else {
      throw HTTPRefusal(413, "the body has more than \(largestBody >> 10) KiB, the limit")
    }
    return count
  }
}

extension Substring {
  fileprivate var trimmingBlanks: String {
    var text = drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
  }
}
