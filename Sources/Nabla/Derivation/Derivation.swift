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
    /// The formula, brought into its simplest form by these rewrites, the properties of `free` not used.
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

  /// The left side as the elements inside `math`.
  package var leftInMathML: String { subject.mathMLRow }

  /// The equation as a `math` element of MathML Core.
  public var mathML: String {
    MathML.block(subject.mathMLRow + MathML.row([.symbol(.equals)]) + right.mathMLRow())
  }
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

  /// What LaTeX and MathML spell; nil for what is too large to print.
  private var marks: [Mark]? {
    switch self {
    case .formula(let formula): return formula.marks()
    case .adjoint(let name): return [.name("delta_\(name)")]
    case .stationary(let variable): return variable.marks()
    case .derivative(let kind, let expression, let variable, let vector):
      guard let below = variable.marks() else { return nil }
      let sign: [Mark] =
        switch kind {
        case .gradient: [.symbol(.nabla)]
        case .jacobian: [.symbol(.jacobianOperator)]
        case .hessian: [.begin(.superscript), .symbol(.nabla), .next, .number("2"), .end]
        }
      let lowered = [.begin(.subscript(isBraced: true))] + sign + [.next] + below + [.end]
      let name = expression.variable == nil ? [] : [.symbol(.thinSpace)] + (expression.marks() ?? [])
      guard let vector else { return lowered + name }
      let map = [.begin(.fence(.round, isTall: false))] + lowered + name + [.end]
      return map + [.symbol(.thinSpace)] + (vector.marks() ?? [])
    }
  }

  var latex: String { marks.map(LaTeXSpeller.spell) ?? "\\text{\(text)}" }
  /// The elements inside `math`.
  var mathMLRow: String { marks.map(MathML.row) ?? "<mtext>\(MathML.escaped(text))</mtext>" }
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

  /// The derivation as one `math` element, its lines aligned at their signs, with the rules behind.
  public var mathML: String {
    var last: Subject?
    let rows = lines.map { line in
      let left = line.subject == last ? "" : line.subject.mathMLRow
      last = line.subject
      let reason = MathML.escaped(line.sayings.joined(separator: "; "))
      return [
        left, MathML.row([.symbol(.equals)]), line.right.mathMLRow(), "<mtext>\(reason)</mtext>",
      ]
    }
    return MathML.block(MathML.aligned(rows))
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
