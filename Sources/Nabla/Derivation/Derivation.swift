import NablaCore
import NablaOutput

/// A derivation as written on paper: equations from the expression to its derivative, each with its rules.
///
/// It can be replayed: every line records its evidence, and `replayed(with:)` repeats it step by step.
public struct Derivation: Sendable {
  /// The lines, in order.
  public let lines: [Line]
  /// The derived result, without names of intermediates.
  public let result: Formula
  /// The context that the question gave to the simplifier.
  var surroundings = Surroundings()

  /// One equation.
  public struct Line: Sendable {
    let subject: Subject
    /// The right side with names of intermediates.
    public let right: Formula
    /// The names of the rules used, in order and without repetition.
    public let rules: [String]
    /// The words for these rules; a rule without words is shown by its name.
    public let sayings: [String]
    /// The right side as derived, in terms of symbols for adjoints and for the vector u.
    let value: Formula
    let evidence: Evidence
  }

  /// The subject of a line.
  enum Subject: Sendable, Hashable {
    /// A differential, or an expression.
    case formula(Formula)
    /// The adjoint of a named intermediate.
    case adjoint(of: String)
    /// The derivative, or its product with the vector u.
    case derivative(Kind, of: Formula, by: Formula, times: Formula?)
    /// The zero of the gradient.
    case stationary(Formula)

    enum Kind: String, Sendable {
      case gradient, jacobian, hessian
    }
  }

  /// The evidence for a line.
  enum Evidence: Sendable {
    /// The differential on the left, with these rules applied in turn.
    case differentials(of: Formula, by: [Formula], [RuleUse])
    /// The differentials on the right sides of earlier lines, paired with the adjoints there and moved across; the
    /// value is the sum of the contributions to this part.
    case adjoints(at: Formula, sources: [Source], [RuleUse])
    /// Earlier lines substituted for the symbols.
    case insertion(of: Formula, [Formula: Formula])
    /// The formula, simplified by these rewrites without using the properties of `free`.
    case rewrites(of: Formula, [Rewrite], free: [Formula])
    /// The matrix of this linear map of u.
    case matrix(ofMap: Formula, u: Formula)
    /// The matrix that maps the vec of the variable's differential to the vec of this one.
    case vecMatrix(ofChange: Formula, by: Formula)
    /// The zero of this formula in the variable.
    case zero(of: Formula, Formula)
    /// The transpose of the previous line.
    case transposed(of: Formula)
    /// Equality with this formula, which both arms of the check confirm.
    case equality(Formula)
  }

  /// A node, its adjoint, and its differential.
  struct Source: Sendable {
    let node: Formula
    let adjoint: Formula
    let change: Formula
  }
}

extension Derivation.Line {
  /// The equation in the language; a continuation line repeats the left side of the line before.
  public var text: String { "\(subject.text) = \(right.text)" }
  /// The equation for LaTeX's math mode.
  public var latex: String { "\(subject.latex) = \(right.latex)" }
  /// The words of these rules, without repetition, as shown after the line.
  public var reason: String {
    var seen: Set<String> = []
    return sayings.filter { seen.insert($0).inserted }.joined(separator: "; ")
  }
  /// The left side alone.
  public var left: String { subject.text }
  package var leftMarks: [Mark] { subject.marks ?? [.function("\\text{\(subject.text)}")] }

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

  /// The marks for LaTeX and MathML; `nil` if the formula is too large to print.
  fileprivate var marks: [Mark]? {
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
  /// The numbered lines with their rules; repeated left sides are left out.
  public var description: String { text({ $0.right.text }, { $0.left }) }

  /// The derivation with typographic signs.
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
      // Repeated left sides are left out, including short ones: the equals signs guide the eye.
      let shown =
        subject == last ? String(repeating: " ", count: min(subject.count, 24)) : subject
      last = subject
      result.append("\(margin)\(shown) = \(right(line))    [\(line.reason)]")
    }
    return result.joined(separator: "\n")
  }

  /// The derivation as one `math` element, with lines aligned at the equals signs and their rules.
  public var mathML: String {
    var last: Subject?
    let rows = lines.map { line in
      let left = line.subject == last ? "" : line.subject.mathMLRow
      last = line.subject
      let reason = MathML.escaped(line.reason)
      return [
        left, MathML.row([.symbol(.equals)]), line.right.mathMLRow(), "<mtext>\(reason)</mtext>",
      ]
    }
    return MathML.block(MathML.aligned(rows))
  }

  /// The derivation as an `align*` environment for a page of 15 cm, with its rules.
  public var latex: String {
    var last: Subject?
    let rows = lines.map { line in
      defer { last = line.subject }
      let reason = line.reason.filter { !"\\{}$&#^_%~".contains($0) }
      return LaTeXAlignment.Row(
        left: line.subject == last ? nil : line.leftMarks,
        right: line.right.printedMarks(functionNames: RuleBook.standard.latexNames),
        reason: "\\text{\(reason)}")
    }
    return LaTeXAlignment(rows).latex
  }
}
