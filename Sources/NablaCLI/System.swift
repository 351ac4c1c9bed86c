import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The few system calls of the command; with Foundation the program would take three times as long to start.
enum System {
  /// The result of reading a file.
  enum Content {
    case bytes([UInt8])
    case missing
    case folder
    case unreadable
    /// Larger than the limit.
    case tooLarge
  }

  /// The bytes of a file, or of standard input for `-`.
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

  static func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
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

  /// Whether the descriptor is a terminal.
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Writes the whole text; false if that fails, except if the reader has closed the pipe, which is not an error here.
  static func write(_ text: String, to descriptor: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { writeSome(descriptor, $0) }
      if count < 0, errno != EINTR { return errno == EPIPE }
      if count > 0 { rest = rest.dropFirst(count) }
    }
    return true
  }

  /// Overwrites a file; false if that fails.
  static func write(_ text: String, toFile path: String) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard descriptor >= 0 else { return false }
    let isWritten = write(text, to: descriptor)
    return close(descriptor) == 0 && isWritten
  }

  /// The system's message for the last error.
  static var lastError: String { String(cString: strerror(errno)) }

  /// The peak memory of the process, in bytes.
  static var peakMemory: Int {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
      getrusage(RUSAGE_SELF, &usage)
    #endif
    #if canImport(Darwin)
      return usage.ru_maxrss
    #else
      return usage.ru_maxrss * 1024
    #endif
  }

  private static func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Darwin)
      Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }

  /// Runs the body on a thread with the given stack size and exits with its result.
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
    // If no thread can be started, the work runs on this one.
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

  /// The current case, for a process that crashes in it.
  static let currentCase = Atomic<Int>(0)

  /// On a fatal signal or `alarm`, reports the current case and exits with code 70.
  static func tellCaseWhenDying() {
    // The handler has its own stack: the thread's may be exhausted.
    let size = 1 << 16
    var stack = stack_t()
    stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    stack.ss_size = size
    sigaltstack(&stack, nil)
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM] {
      var action = sigaction()
      let handler: @convention(c) (Int32) -> Void = { number in
        System.tell(
          number == SIGALRM ? "hangs in case " : "dies in case ", System.currentCase.load(ordering: .relaxed))
        _exit(ExitCode.defect.rawValue)
      }
      #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = handler
      #elseif canImport(Musl)
        action.__sa_handler.sa_handler = handler
      #else
        action.__sigaction_handler.sa_handler = handler
      #endif
      action.sa_flags = .init(SA_ONSTACK)
      sigaction(number, &action, nil)
    }
  }

  /// Only async-signal-safe calls: no allocation.
  private static func tell(_ text: StaticString, _ number: Int) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 80) { buffer in
      var count = 0
      text.withUTF8Buffer {
        for byte in $0.prefix(40) {
          buffer[count] = byte
          count += 1
        }
      }
      var divisor = 1
      while number / divisor >= 10 { divisor *= 10 }
      while divisor > 0 {
        buffer[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10)
        count += 1
        divisor /= 10
      }
      buffer[count] = UInt8(ascii: "\n")
      count += 1
      _ = writeSome(2, UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
    }
  }

  /// Terminates the process by a signal after the given seconds, unless it is called again; 0 disables it.
  static func ringAfter(seconds: UInt32) { alarm(seconds) }

  /// The CPU time of a run of this program with other arguments, with its output discarded; nil if it fails.
  static func childSeconds(_ arguments: [String]) -> Double? {
    let before = childrenSeconds
    let words = [CommandLine.arguments[0]] + arguments
    var pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var child = pid_t()
    guard posix_spawnp(&child, words[0], &actions, nil, &pointers, environ) == 0 else { return nil }
    var status: Int32 = 0
    guard waitpid(child, &status, 0) == child, status == 0 else { return nil }
    return childrenSeconds - before
  }

  private static var childrenSeconds: Double {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    #else
      getrusage(RUSAGE_CHILDREN, &usage)
    #endif
    let times = [usage.ru_utime, usage.ru_stime]
    return times.reduce(0) { $0 + Double($1.tv_sec) + 1e-6 * Double($1.tv_usec) }
  }

  /// The CPU time of this thread.
  static var threadSeconds: Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

  /// Seconds since some moment.
  static var elapsedSeconds: Double { seconds(CLOCK_MONOTONIC) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var now = timespec()
    guard clock_gettime(clock, &now) == 0 else { return 0 }
    return Double(now.tv_sec) + 1e-9 * Double(now.tv_nsec)
  }

  static func end(_ code: ExitCode) -> Never { exit(code.rawValue) }
}
