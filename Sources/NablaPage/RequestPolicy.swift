/// Accepts requests only from the page itself, on this machine.
/// A DNS-rebinding site sends its own name as Host, and another site's script its own Origin; both are rejected.
struct RequestPolicy: Sendable {
  let port: UInt16

  private var hosts: [String] { ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)"] }

  func check(_ request: HTTPRequest) throws(HTTPRefusal) {
    guard let host = request.headers["host"], hosts.contains(host.lowercased()) else {
      throw HTTPRefusal(403, "the page is at http://127.0.0.1:\(port)/ alone")
    }
    if let origin = request.headers["origin"], !hosts.contains(where: { origin == "http://" + $0 }) {
      throw HTTPRefusal(403, "another site's requests are not answered")
    }
    // Links to the page may come from anywhere.
    if let site = request.headers["sec-fetch-site"], request.path.hasPrefix("/api/"),
      !["same-origin", "none"].contains(site)
    {
      throw HTTPRefusal(403, "another site's requests are not answered")
    }
    if request.method == "POST" {
      let type = request.headers["content-type"]?.prefix { $0 != ";" }.lowercased()
      guard type == "application/json" else { throw HTTPRefusal(415, "the body must be application/json") }
    }
  }
}
