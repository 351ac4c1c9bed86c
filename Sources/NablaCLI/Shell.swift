/// Completions for shells, generated from the table of options.
enum Shell: String, CaseIterable {
  case bash, zsh, fish

  var completions: String {
    switch self {
    case .bash: Self.bashScript
    case .zsh: Self.zshScript
    case .fish: Self.fishScript
    }
  }

  private static let commands = Command.allCases.map(\.rawValue)

  private static var bashScript: String {
    var lines = [
      "# Completions of nabla for bash: source this file, or put it in /usr/share/bash-completion/completions/nabla.",
      "_nabla() {",
      "  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" words=''",
      "  if [ \"$COMP_CWORD\" = 1 ]; then",
      "    COMPREPLY=($(compgen -W \"\(commands.joined(separator: " ")) help --help --version\" -- \"$word\")); return",
      "  fi", "  case \"${COMP_WORDS[1]} $before\" in",
    ]
    for command in Command.allCases {
      for option in CommandOption.all(command) where !option.choices.isEmpty {
        lines.append(
          "    '\(command.rawValue) \(option.name)') words='\(option.choices.joined(separator: " "))' ;;")
      }
    }
    lines += ["  esac", "  if [ -z \"$words\" ]; then case \"${COMP_WORDS[1]}\" in"]
    for command in Command.allCases {
      let options = CommandOption.all(command).map(\.name).joined(separator: " ")
      switch command.operands {
      case .words(let operands):
        lines.append(
          "    \(command.rawValue)) words='\(operands.joined(separator: " ")) \(options) --help' ;;")
      case .none, .text, .files:
        lines.append("    \(command.rawValue)) case \"$word\" in -*) words='\(options) --help' ;; esac ;;")
      }
    }
    lines += [
      "    help) words='\(commands.joined(separator: " ")) language functions' ;;", "  esac; fi",
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))",
      "  [ -n \"$words\" ] || COMPREPLY=($(compgen -f -- \"$word\"))", "}",
      "complete -o filenames -F _nabla nabla",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  private static var zshScript: String {
    var lines = ["#compdef nabla", "_nabla() {", "  local -a commands", "  commands=("]
    for command in Command.allCases {
      lines.append("    \(quoted("\(command.rawValue):\(command.summary)"))")
    }
    lines += [
      "  )", "  if (( CURRENT == 2 )); then _describe command commands; return; fi",
      "  case $words[2] in",
    ]
    for command in Command.allCases {
      var arguments = CommandOption.all(command).map { option in
        let summary = option.summary.filter { !"[]:".contains($0) }
        let value =
          option.value.map { name in
            option.choices.isEmpty
              ? ":\(name.filter { $0 != ":" }):_files" : ":value:(\(option.choices.joined(separator: " ")))"
          } ?? ""
        return quoted("*\(option.name)[\(summary)]\(value)")
      }
      switch command.operands {
      case .none, .text: break
      case .files: arguments.append("'*:file:_files'")
      case .words(let words): arguments.append("'*:word:(\(words.joined(separator: " ")))'")
      }
      lines.append(
        "    \(command.rawValue)) shift words; (( CURRENT-- )); _arguments \(arguments.joined(separator: " ")) ;;"
      )
    }
    lines += ["  esac", "}", "compdef _nabla nabla"]
    return lines.joined(separator: "\n") + "\n"
  }

  private static var fishScript: String {
    var lines = ["# Completions of nabla for fish.", "complete -c nabla -n __fish_use_subcommand -f"]
    for command in Command.allCases {
      lines.append(
        "complete -c nabla -n __fish_use_subcommand -a \(command.rawValue) -d \(quoted(command.summary))")
    }
    for command in Command.allCases {
      let condition = "-n '__fish_seen_subcommand_from \(command.rawValue)'"
      for option in CommandOption.all(command) {
        let choices = option.choices.isEmpty ? "" : " -f -a '\(option.choices.joined(separator: " "))'"
        let short = option.short.map { " -s \($0.dropFirst())" } ?? ""
        lines.append(
          "complete -c nabla \(condition) -l \(option.name.dropFirst(2))\(short)\(option.value == nil ? "" : " -r")"
            + "\(choices) -d \(quoted(option.summary))")
      }
      if case .words(let words) = command.operands {
        lines.append("complete -c nabla \(condition) -f -a '\(words.joined(separator: " "))'")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// `nabla completions bash|zsh|fish`.
struct CompletionsCommand {
  private let shell: Shell

  init(_ words: [String]) throws(UsageError) {
    let name = try Arguments(words, for: .completions).operand("shell")
    guard let shell = Shell(rawValue: name) else {
      let shells = Shell.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError(message: "completions takes \(shells), not '\(name)'")
    }
    self.shell = shell
  }

  func execute() -> ExitCode {
    Terminal.print(shell.completions)
    return .answered
  }
}
