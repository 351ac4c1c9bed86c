import Foundation
import Testing

@Suite("completions and the manual page know every command and option")
struct CompletionTests {
  /// The commands, from the overview, and the options of each, from its help.
  private static func options() throws -> [(command: String, options: [String])] {
    let overview = try Program.run(["help"]).output
    let commands = overview.split(separator: "\n").compactMap { line -> String? in
      line.hasPrefix("  ") ? line.split(separator: " ").first.map(String.init) : nil
    }
    return try Set(commands).sorted().compactMap { command in
      let help = try Program.run(["help", command])
      guard help.code == 0 else { return nil }
      let names = help.output.split(separator: "\n").compactMap { line in
        line.hasPrefix("  ")
          ? line.split { " ,".contains($0) }.first { $0.hasPrefix("--") }.map(String.init) : nil
      }
      return (command, names)
    }
  }

  @Test("every option is in the completions of each shell", arguments: ["bash", "zsh", "fish"])
  func completions(_ shell: String) throws {
    let script = try Program.run(["completions", shell]).output
    let commands = try Self.options()
    #expect(commands.count > 10)
    for (command, options) in commands {
      #expect(script.contains(command))
      for option in options {
        #expect(
          script.contains(shell == "fish" ? "-l \(option.dropFirst(2))" : option), "\(command) \(option)")
      }
    }
  }

  @Test(
    "bash completes commands, options and choices",
    arguments: [
      (["nabla", "exp"], ["explain", "export"]), (["nabla", "run", "--form"], ["--format"]),
      (["nabla", "run", "--format", "la"], ["latex"]), (["nabla", "completions", "z"], ["zsh"]),
    ])
  func bash(_ words: [String], _ expected: [String]) throws {
    let shell = URL(fileURLWithPath: "/bin/bash")
    guard FileManager.default.isExecutableFile(atPath: shell.path) else { return }
    let process = Process()
    process.executableURL = shell
    process.arguments =
      [
        "-c",
        """
        source <("$0" completions bash)
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nabla; printf '%s\\n' "${COMPREPLY[@]}"
        """, Program.path.path,
      ] + words
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let found = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(Set(expected).isSubset(of: found), "\(words): \(found)")
  }

  @Test("the manual page has a section for each command and a paragraph for each option")
  func manual() throws {
    let page = try Program.run(["manual"]).output.replacingOccurrences(of: "\\-", with: "-")
    for (command, options) in try Self.options() {
      #expect(page.contains(".SS \(command):"), "\(command)")
      for option in options { #expect(page.contains(option), "\(command) \(option)") }
    }
  }
}
