import Foundation
import Testing

/// The results of a run of the program.
struct ProgramRun: Sendable {
  var output = ""
  var errors = ""
  var code: Int32 = 0
  /// Whether it ended by itself, in time and without a signal.
  var endedByItself = true
}

/// The built `nabla`, run as a separate process.
enum Program {
  /// Located next to the test bundle.
  static let path: URL = {
    let bundle =
      Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
      ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return bundle.deletingLastPathComponent().appendingPathComponent("nabla")
  }()

  /// Runs `nabla` in a folder; processor seconds and memory can be bounded, which does not depend on the machine's load.
  static func run(
    _ arguments: [String], input: String = "", folder: URL? = nil, processorSeconds: Int? = nil,
    timeout: Double = 120
  ) throws -> ProgramRun {
    let process = Process()
    if let processorSeconds {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      let script = "ulimit -t \(processorSeconds); ulimit -v 4194304 2>/dev/null; exec \"$0\" \"$@\""
      process.arguments = ["-c", script, path.path] + arguments
    } else {
      process.executableURL = path
      process.arguments = arguments
    }
    if let folder { process.currentDirectoryURL = folder }
    let (inputPipe, outputPipe, errorPipe) = (Pipe(), Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (
      inputPipe, outputPipe, errorPipe
    )
    try process.run()
    let (output, errors) = (Collector(outputPipe), Collector(errorPipe))
    try? inputPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try? inputPipe.fileHandleForWriting.close()
    var run = ProgramRun()
    let deadline = Date(timeIntervalSinceNow: timeout)
    while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.005) }
    if process.isRunning {
      run.endedByItself = false
      process.terminate()
    }
    process.waitUntilExit()
    if process.terminationReason != .exit { run.endedByItself = false }
    (run.output, run.errors, run.code) = (output.text, errors.text, process.terminationStatus)
    return run
  }

  /// A temporary folder with these files.
  static func withFiles<T>(_ files: [String: Data], _ body: (URL) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nabla-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, data) in files { try data.write(to: folder.appendingPathComponent(name)) }
    return try body(folder)
  }

  static func withFile<T>(_ name: String, _ text: String, _ body: (URL) throws -> T) throws -> T {
    try withFiles([name: Data(text.utf8)], body)
  }
}

/// Reads a pipe on a separate thread, so that no program blocks on output.
private final class Collector: @unchecked Sendable {
  private var data = Data()
  private let done = DispatchSemaphore(value: 0)

  init(_ pipe: Pipe) {
    let thread = Thread { [self] in
      data = pipe.fileHandleForReading.readDataToEndOfFile()
      done.signal()
    }
    thread.start()
  }

  /// All that came, once.
  var text: String {
    done.wait()
    return String(decoding: data, as: UTF8.self)
  }
}
