#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The few things the command asks of the system; Foundation would do them too, at three times the start-up time.
enum System {
  /// What came of reading a file.
  enum Content {
    case bytes([UInt8])
    case missing
    case folder
    case unreadable
    /// More than the limit.
    case tooLarge
  }

  /// The bytes of a file; of standard input for `-`.
  static func read(_ path: String, limit: Int) -> Content {
    var descriptor: Int32 = 0
    if path != "-" {
      var status = stat()
      guard stat(path, &status) == 0 else { return .missing }
      if status.st_mode & S_IFMT == S_IFDIR { return .folder }
      descriptor = open(path, O_RDONLY)
      guard descriptor >= 0 else { return .unreadable }
    }
    defer { if descriptor > 0 { close(descriptor) } }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = buffer.withUnsafeMutableBytes { Self.readSome(descriptor, $0) }
      if count == 0 { return .bytes(bytes) }
      if count < 0 { return .unreadable }
      bytes += buffer[..<count]
      if bytes.count > limit { return .tooLarge }
    }
  }

  private static func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      #if canImport(Darwin)
        let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
      #elseif canImport(Musl)
        let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
      #else
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 || errno != EINTR { return count }
    }
  }

  /// Whether a person reads what is written there.
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Writes the whole text; a reader that went away is no error of ours.
  static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { bytes in
        #if canImport(Darwin)
          Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
          Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
          Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
      }
      if count < 0, errno != EINTR { return }
      if count > 0 { rest = rest.dropFirst(count) }
    }
  }

  /// Runs the body on a thread with a stack of so many bytes and ends the process with what it returns.
  static func run(stack: Int, _ body: @escaping @Sendable () -> Int32) -> Never {
    signal(SIGPIPE, SIG_IGN)
    let box = Unmanaged.passRetained(Body(body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stack)
    #if canImport(Darwin)
      var thread: pthread_t?
      let started = pthread_create(&thread, &attributes, { Self.start($0) }, box.toOpaque())
    #else
      var thread = pthread_t()
      let started = pthread_create(&thread, &attributes, { $0.flatMap { Self.start($0) } }, box.toOpaque())
    #endif
    // Without a thread of its own the work is done on this one.
    if started != 0 { exit(body()) }
    while true { pause() }
  }

  private static func start(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    exit(Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run())
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Int32
    init(_ run: @escaping @Sendable () -> Int32) { self.run = run }
  }

  static func end(_ code: ExitCode) -> Never { exit(code.rawValue) }
}
