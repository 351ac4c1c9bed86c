import Nabla

/// The manual page in man's markup, from the same descriptions as `--help`.
enum Manual {
  static var page: String {
    var text = """
      .TH NABLA 1 "" "nabla \(nablaVersion)" "User Commands"
      .SH NAME
      nabla \\- derives matrix calculus symbolically and verifies it
      .SH SYNOPSIS
      .B nabla
      .I COMMAND
      .RI [ OPERAND ...]
      .RI [ OPTION ...]
      .SH DESCRIPTION
      Nabla derives gradients, Jacobians, Hessians and differentials of expressions over scalars, vectors and matrices, and
      verifies each answer before it is shown.
      .SH COMMANDS

      """
    for command in Command.allCases {
      text +=
        ".SS \(command.rawValue): \(escaped(command.summary))\n.nf\n\(escaped(Help.prose(command)))\n.fi\n"
      for option in CommandOption.own(command) {
        text += ".TP\n.B \(escaped(option.usage))\n\(escaped(option.summary))\n"
      }
    }
    text += ".SH OPTIONS\nOptions of all commands that answer questions:\n"
    for option in CommandOption.common {
      text += ".TP\n.B \(escaped(option.usage))\n\(escaped(option.summary))\n"
    }
    text += ".SH EXIT STATUS\n"
    for code in ExitCode.allCases { text += ".TP\n.B \(code.rawValue)\n\(escaped(code.meaning))\n" }
    return text
      + ".SH FILES\n.TP\n.I $XDG_STATE_HOME/nabla/history\nthe lines typed in nabla repl\n"
  }

  /// Escapes man's markup: a dot at the start of a line, a backslash, a minus sign.
  private static func escaped(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var result = ""
      for character in line {
        switch character {
        case "\\": result += "\\e"
        case "-": result += "\\-"
        case "'": result += "\\(aq"
        case "`": result += "\\(ga"
        default:
          // Characters beyond ASCII by their code, which every man understands.
          for scalar in character.unicodeScalars {
            let code = String(scalar.value, radix: 16, uppercase: true)
            let digits = String(repeating: "0", count: max(4 - code.count, 0)) + code
            result += scalar.isASCII ? String(scalar) : "\\[u\(digits)]"
          }
        }
      }
      return result.hasPrefix(".") ? "\\&" + result : result
    }.joined(separator: "\n")
  }
}

extension ExitCode {
  var meaning: String {
    switch self {
    case .answered: "all questions are answered"
    case .refuted: "a claim was refuted, or a minimization did not converge"
    case .usage: "wrong use of the command"
    case .input: "the input is at fault"
    case .defect: "a defect of nabla"
    case .output: "the answers could not be written"
    }
  }
}
