import Nabla

/// `nabla eval FILE --data DATA...`.
struct EvalCommand {
  init(_ words: [String]) throws(UsageError) {}
  func execute() throws(UsageError) -> ExitCode { .usage }
}
