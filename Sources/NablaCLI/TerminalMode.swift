import NablaPrompt

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The terminal mode: unbuffered while a line is edited, restored afterwards.
struct TerminalMode {
  private let original: termios

  /// Nil if standard input is not a terminal.
  init?() {
    var mode = termios()
    guard tcgetattr(0, &mode) == 0 else { return nil }
    original = mode
  }

  func enterRaw() {
    var mode = original
    mode.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
    mode.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR)
    tcsetattr(0, TCSAFLUSH, &mode)
  }

  func restore() {
    var mode = original
    tcsetattr(0, TCSADRAIN, &mode)
  }
}

extension System {
  /// Available input; waits for the first byte; nil at the end.
  static func readBytes() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = buffer.withUnsafeMutableBytes { readSome(0, $0) }
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  /// The terminal's width.
  static var columns: Int {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Standard input, line by line.
  struct LineReader {
    private var rest: [UInt8] = []
    private var isAtEnd = false

    mutating func next() -> String? {
      while true {
        if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          defer { rest.removeFirst(end + 1) }
          return String(decoding: rest[..<end], as: UTF8.self)
        }
        if isAtEnd || rest.count > InputFile.limit {
          defer { rest = [] }
          return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
        }
        if let bytes = System.readBytes() { rest += bytes } else { isAtEnd = true }
      }
    }
  }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  static func makeFolder(_ path: String) { mkdir(path, 0o700) }

  /// Appends a line to a file; failures are ignored.
  static func append(_ line: String, toFile path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    guard descriptor >= 0 else { return }
    _ = write(line + "\n", to: descriptor)
    close(descriptor)
  }
}

/// The history of typed lines: `nabla/history` in the state folder of the XDG base directories.
struct HistoryFile {
  private let path: String?

  init() {
    let state = System.environment("XDG_STATE_HOME")
    let home = System.environment("HOME").map { "\($0)/.local/state" }
    guard let folder = state ?? home else {
      path = nil
      return
    }
    if state == nil, let home = System.environment("HOME") { System.makeFolder("\(home)/.local") }
    System.makeFolder(folder)
    System.makeFolder("\(folder)/nabla")
    path = "\(folder)/nabla/history"
  }

  var lines: [String] {
    guard let path, case .bytes(let bytes) = System.read(path, limit: 1 << 22) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(LineEditor.longestHistory)
      .map(String.init)
  }

  func append(_ line: String) {
    guard let path, !line.allSatisfy(\.isWhitespace) else { return }
    System.append(line, toFile: path)
  }
}
