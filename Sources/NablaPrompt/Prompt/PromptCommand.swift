/// The commands of the prompt, which follow a colon.
package enum PromptCommand: String, CaseIterable, Sendable {
  case help, steps, format, text, unicode, latex, index, check, declare, show, forget, load, save, quit

  var usage: String {
    switch self {
    case .help: ":help [NAME]"
    case .steps: ":steps"
    case .format: ":format NAME"
    case .text: ":text"
    case .unicode: ":unicode"
    case .latex: ":latex"
    case .index: ":index"
    case .check: ":check"
    case .declare: ":declare X : matrix(n, d)"
    case .show: ":show"
    case .forget: ":forget NAME"
    case .load: ":load FILE"
    case .save: ":save FILE"
    case .quit: ":quit"
    }
  }

  var summary: String {
    switch self {
    case .help: "this help, or help on a function or a rule"
    case .steps: "show the derivation with each answer, or not"
    case .format: "text, unicode, latex, mathml or index"
    case .text: "answers as text"
    case .unicode: "answers in Unicode"
    case .latex: "answers as LaTeX"
    case .index: "answers entry by entry"
    case .check: "check each answer, or not"
    case .declare: "declare a name; `X : matrix(n, d)` alone does too"
    case .show: "the declarations, definitions and questions so far"
    case .forget: "take a declaration or definition back"
    case .load: "read a formula file and answer its questions"
    case .save: "write the declarations, definitions and questions to a file"
    case .quit: "end, like ctrl-D"
    }
  }
}
