import NablaCore
import NablaOutput

/// A derivation as it stands on paper: equations from the expression to its derivative, each with its rules.
///
/// It can be replayed: every line keeps what it rests on, and `replayed(with:)` does it again, step by step.
public struct Derivation: Sendable {
  public let lines: [Line]
  /// What is derived, with nothing named but variables.
  public let result: Formula
  /// What the question told the simplifier.
  var surroundings = Surroundings()

  /// One equation.
  public struct Line: Sendable {
    let subject: Subject
    /// The right side with the names of intermediates.
    public let right: Formula
    /// The names of the rules used, in order, each once.
    public let rules: [String]
    /// The sayings of these rules; a rule without one goes by its name.
    public let sayings: [String]
    /// The right side as the line was found; in what stands for adjoints and for the vector u.
    let value: Formula
    let evidence: Evidence
  }

  /// What a line is about.
  enum Subject: Sendable, Hashable {
    /// A differential, or an expression.
    case formula(Formula)
    /// What is collected at a named intermediate.
    case adjoint(of: String)
    /// The derivative, or what it makes of the vector u.
    case derivative(Kind, of: Formula, by: Formula, times: Formula?)
    /// Where the gradient is zero.
    case stationary(Formula)

    enum Kind: String, Sendable {
      case gradient, jacobian, hessian
    }
  }

  /// What a line rests on.
  enum Evidence: Sendable {
    /// The differential on the left, with these rules used on it one after the other.
    case differentials(of: Formula, by: [Formula], [RuleUse])
    /// The changes on the right sides of earlier lines, paired with what is collected there and moved across;
    /// the value is the sum of what arrives at this part.
    case adjoints(at: Formula, sources: [Source], [RuleUse])
    /// Earlier lines put in the place of the symbols.
    case insertion(of: Formula, [Formula: Formula])
    /// The formula, brought into its plainest form by these rewrites, the properties of `free` not used.
    case rewrites(of: Formula, [Rewrite], free: [Formula])
    /// The matrix of this linear map of u.
    case matrix(ofMap: Formula, u: Formula)
    /// What takes the vec of the variable's change to that of this one.
    case vecMatrix(ofChange: Formula, by: Formula)
    /// Where this formula in the variable is zero.
    case zero(of: Formula, Formula)
    /// The line before, transposed.
    case transposed(of: Formula)
    /// Equal to this, which both arms of the check confirm.
    case equality(Formula)
  }

  /// A node, what is collected there, and its change.
  struct Source: Sendable {
    let node: Formula
    let adjoint: Formula
    let change: Formula
  }
}

extension Derivation.Line {
  /// The equation in the language; a line that goes on with the one before has the same left side.
  public var text: String { "\(subject.text) = \(right.text)" }
  /// The equation for LaTeX's mathematics mode.
  public var latex: String { "\(subject.latex) = \(right.latex)" }
  /// The left side alone.
  public var left: String { subject.text }
  public var leftInLaTeX: String { subject.latex }
}

extension Derivation.Subject {
  var text: String {
    switch self {
    case .formula(let formula): formula.text
    case .adjoint(let name): "delta_\(name)"
    case .derivative(let kind, _, let variable, let vector):
      "\(kind.rawValue) wrt \(variable.text)\(vector.map { ", times \($0.text)," } ?? "")"
    case .stationary(let variable): variable.text
    }
  }

  var latex: String {
    switch self {
    case .formula(let formula): return formula.latex
    case .adjoint(let name): return Names.latex("delta_\(name)")
    case .stationary(let variable): return variable.latex
    case .derivative(let kind, let expression, let variable, let vector):
      let name = expression.variable == nil ? "" : "\\,\(expression.latex)"
      let sign =
        switch kind {
        case .gradient: "\\nabla_{\(variable.latex)}\(name)"
        case .jacobian: "\\mathrm{D}_{\(variable.latex)}\(name)"
        case .hessian: "\\nabla^2_{\(variable.latex)}\(name)"
        }
      return vector.map { "(\(sign))\\,\($0.latex)" } ?? sign
    }
  }
}

extension Derivation: CustomStringConvertible {
  /// The lines, numbered, a left side that repeats left out, with the rules behind.
  public var description: String { text({ $0.right.text }, { $0.left }) }

  /// The derivation with signs of paper.
  public var unicode: String {
    text({ $0.right.unicode }, { Self.unicodeLeft($0) })
  }

  private static func unicodeLeft(_ line: Line) -> String {
    switch line.subject {
    case .formula(let formula): formula.unicode
    case .adjoint(let name): Names.unicode("delta_\(name)")
    case .derivative, .stationary: line.left
    }
  }

  private func text(_ right: (Line) -> String, _ left: (Line) -> String) -> String {
    var result: [String] = []
    var last = ""
    for (number, line) in zip(1..., lines) {
      let subject = left(line)
      let margin = "\(number). "
      // Long left sides are not repeated, and short ones are not either: the eye follows the equals signs.
      let shown =
        subject == last ? String(repeating: " ", count: min(subject.count, 24)) : subject
      last = subject
      result.append("\(margin)\(shown) = \(right(line))    [\(line.sayings.joined(separator: "; "))]")
    }
    return result.joined(separator: "\n")
  }

  /// The derivation as an `align*` environment.
  public var latex: String {
    var last: Subject?
    let rows = lines.map { line in
      let left = line.subject == last ? "" : line.leftInLaTeX
      last = line.subject
      let reason = line.sayings.joined(separator: "; ").filter { !"\\{}$&#^_%~".contains($0) }
      return "  \(left) &= \(line.right.latex) && \\text{\(reason)}"
    }
    return "\\begin{align*}\n" + rows.joined(separator: " \\\\\n") + "\n\\end{align*}"
  }
}
