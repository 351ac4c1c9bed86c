import NablaReport
import Synchronization

/// Writes complete texts to the standard streams, or to the file of `--output`.
enum Terminal {
  /// The file that takes the answers instead of standard output, and what it has so far.
  private static let file = Mutex<(path: String, text: String)?>(nil)

  /// Has all that is printed from here on written to a file by `finish`.
  static func redirect(to path: String) { file.withLock { $0 = (path, "") } }

  /// Exits if the text cannot be written: half an answer must not pass for a whole one.
  static func print(_ text: String) {
    let isKept = file.withLock { file in
      file?.text += text
      return file != nil
    }
    if isKept || System.write(text, to: 1) { return }
    error("nabla: error: standard output cannot be written: \(System.lastError)\n")
    System.end(.output)
  }

  /// Prints an answer; on a terminal its verdict is in colour.
  static func print(answer: String) {
    print(hasColour(1) && file.withLock { $0 == nil } ? Colours.painted(answer) : answer)
  }

  static func error(_ text: String) {
    _ = System.write(hasColour(2) ? Colours.painted(text) : text, to: 2)
  }

  /// Writes the file of `--output`; false if that fails, which has then been reported.
  static func finish() -> Bool {
    guard let (path, text) = file.withLock({ $0 }) else { return true }
    if System.write(text, toFile: path) { return true }
    error("nabla: error: '\(path)' cannot be written: \(System.lastError)\n")
    return false
  }

  /// Whether a stream is a terminal that shows colours, and the user does not mind.
  private static func hasColour(_ descriptor: Int32) -> Bool {
    System.isTerminal(descriptor) && (System.environment("NO_COLOR") ?? "").isEmpty
      && System.environment("TERM") != "dumb"
  }
}

/// A bar on standard error that shows how much of long work is done; nothing unless that is a terminal.
struct ProgressBar {
  private let total: Int
  private let isShown = System.isTerminal(2)
  private var last: ContinuousClock.Instant?

  init(total: Int) { self.total = total }

  /// Shows the work that is done, at most ten times a second.
  mutating func show(_ done: Int, _ what: String) {
    guard isShown, last.map({ ContinuousClock.now - $0 > .milliseconds(100) }) ?? true else { return }
    last = ContinuousClock.now
    _ = System.write("\r\u{1B}[K" + Bar.text(done: done, total: total) + " " + what, to: 2)
  }

  /// Takes the bar away, so that something can be printed.
  mutating func clear() {
    guard isShown, last != nil else { return }
    last = nil
    _ = System.write("\r\u{1B}[K", to: 2)
  }
}
