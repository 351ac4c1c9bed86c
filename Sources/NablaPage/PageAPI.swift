import NablaLanguage
import NablaReport
import NablaTypes

/// The requests of the page to the server.
package struct PageAPI: Sendable {
  /// A target language for the answers of a formula file.
  package struct CodeTarget: Sendable {
    let name: String
    /// The program, or a message.
    let write: @Sendable (_ file: String) -> Result<String, CodeProblem>

    package init(name: String, write: @escaping @Sendable (String) -> Result<String, CodeProblem>) {
      self.name = name
      self.write = write
    }
  }

  package struct CodeProblem: Error, Sendable {
    let message: String
    package init(_ message: String) { self.message = message }
  }

  private let targets: [CodeTarget]

  package init(targets: [CodeTarget] = []) { self.targets = targets }

  func answer(_ request: HTTPRequest) -> HTTPResponse {
    do throws(HTTPRefusal) {
      switch (request.method, request.path) {
      case ("GET", "/"): return try file("Page/index.html", "text/html; charset=utf-8")
      case ("GET", "/api/start"): return HTTPResponse(start)
      case ("POST", "/api/answer"): return HTTPResponse(PageAnswer(try question(request)).json)
      case ("POST", _) where request.path.hasPrefix("/api/export/"): return try export(request)
      case ("GET", _): return try file("Page" + request.path, try type(of: request.path))
      case ("POST", _): throw HTTPRefusal(404, "there is nothing to ask here")
      case (_, _): throw HTTPRefusal(405, "GET and POST are understood")
      }
    } catch {
      return HTTPResponse(error)
    }
  }

  private func file(_ name: String, _ type: String) throws(HTTPRefusal) -> HTTPResponse {
    guard let bytes = PageFiles.bytes(name) else { throw HTTPRefusal(404, "there is no page of this name") }
    return HTTPResponse(type: type, body: bytes)
  }

  /// The content type of a file by its extension.
  private func type(of path: String) throws(HTTPRefusal) -> String {
    let types = [".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"]
    guard let type = types.first(where: { path.hasSuffix($0.key) }) else {
      throw HTTPRefusal(404, "there is no page of this name")
    }
    return type.value + "; charset=utf-8"
  }

  private func question(_ request: HTTPRequest) throws(HTTPRefusal) -> PageQuestion {
    do throws(PageQuestion.Fault) {
      return try PageQuestion(json: request.body)
    } catch {
      throw HTTPRefusal(400, error.message)
    }
  }

  /// The initial data of the page: examples, modes, languages.
  private var start: JSON {
    .object([
      ("modes", .strings(QuestionKind.allCases.map(\.rawValue))),
      ("properties", .array(Property.allCases.map(Self.property))),
      ("targets", .strings(targets.map(\.name))), ("examples", .array(Gallery.examples.map(\.json))),
    ])
  }

  private static func property(_ property: Property) -> JSON {
    .object([
      ("name", .string(property.rawValue)), ("isOfSquareMatrices", .bool(property.isOfSquareMatrices)),
    ])
  }

  private func export(_ request: HTTPRequest) throws(HTTPRefusal) -> HTTPResponse {
    let name = request.path.dropFirst("/api/export/".count)
    guard let target = targets.first(where: { $0.name == name }) else {
      throw HTTPRefusal(404, "there is no language of this name")
    }
    switch target.write(PageAnswer(try question(request)).file.text + "\n") {
    case .success(let code): return HTTPResponse(.object([("code", .string(code))]))
    case .failure(let problem): return HTTPResponse(.error(problem.message, hint: nil))
    }
  }
}
