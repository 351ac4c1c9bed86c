import NablaPage

/// `nabla serve`: serves the page.
struct ServeCommand {
  private let port: UInt16

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(words, for: .serve)
    if let word = arguments.operands.first { throw UsageError(message: "unexpected argument '\(word)'") }
    guard let text = try arguments.one("--port") else {
      port = 8000
      return
    }
    guard let number = UInt16(text) else {
      throw UsageError(message: "--port takes a number from 0 to 65535, not '\(text)'")
    }
    port = number
  }

  func execute() throws(UsageError) -> ExitCode {
    let server: PageServer
    do throws(PageServer.ListenError) {
      server = try PageServer(port: port, api: PageAPI(targets: CodeTargets.all))
    } catch {
      throw UsageError(message: error.message, hint: "`--port 0` chooses a free port")
    }
    Terminal.print("\(server.url)\n")
    Terminal.error("the page is served until ctrl-C\n")
    server.run(untilInterrupted: true)
    return .answered
  }
}
