import Nabla
import NablaCompile
import NablaCore
import NablaNumerics
import NablaOutput
import NablaTypes
import NablaVerify

/// The nonzero entries of a matrix at small sizes and random values, with its known properties.
package struct StructurePicture {
  package let svg: String
  /// `at d = 4, n = 3: symmetric, positive semidefinite`.
  package let caption: String

  /// Sizes that show a pattern and are still legible.
  private static let (fewest, most) = (4, 48)
  private static let tries = 12

  /// Nil if the formula is not a matrix, or no values are found.
  init?(of formula: Formula, definitions: [(name: String, formula: Formula)], book: RuleBook) {
    // Named intermediates are substituted, last first, since each may use earlier ones.
    let whole = definitions.reversed().reduce(formula) { result, definition in
      result.replacing(
        result.variables.reduce(into: [:]) { names, variable in
          if variable.variable?.name == definition.name, variable.variable?.role == .definition {
            names[variable] = definition.formula
          }
        })
    }
    guard whole.shape.isMatrix, let found = Self.value(of: whole, book) else { return nil }
    svg = Self.drawn(found.matrix, title: "entries of \(formula.text)")
    let sizes = found.sizes.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
    let facts = Self.facts(whole, book)
    let place = sizes.isEmpty ? "" : "at \(sizes.joined(separator: ", "))"
    caption = [place, facts.joined(separator: ", ")].filter { !$0.isEmpty }.joined(separator: ": ")
  }

  /// The structure of a Jacobian or a Hessian; nil for any other answer.
  package init?(of answer: Answer, in session: Session) {
    guard [.jacobian, .hessian].contains(answer.kind) else { return nil }
    self.init(of: answer.formula, definitions: answer.definitions, book: session.options.book)
  }

  /// Values at the first sizes at which the matrix is neither tiny nor huge.
  private static func value(of formula: Formula, _ book: RuleBook) -> (matrix: Matrix, sizes: [String: Int])?
  {
    let options = Compiler.Options(book)
    var source = Sampler([formula], variables: formula.variables, options: options, seed: 1)
    for _ in 0..<tries {
      guard case .success(let (program, sizes)) = source.nextProgram([formula]) else { return nil }
      guard let point = source.nextPoint(program, sizes), let matrix = point.outputs.first else { continue }
      let (smaller, larger) = (min(matrix.rows, matrix.columns), max(matrix.rows, matrix.columns))
      if smaller >= fewest || sizes.isEmpty, larger <= most { return (matrix, sizes) }
    }
    return nil
  }

  private static func facts(_ formula: Formula, _ book: RuleBook) -> [String] {
    guard formula.shape.isSquare else { return [] }
    let knowledge = Knowledge(book)
    var facts: [String] = []
    func add(_ property: Property, _ words: String) {
      if knowledge.truth(property, of: formula) == .yes { facts.append(words) }
    }
    add(.diagonal, "diagonal")
    if facts.isEmpty { add(.symmetric, "symmetric") }
    let count = facts.count
    add(.spd, "positive definite")
    if facts.count == count { add(.psd, "positive semidefinite") }
    return facts
  }

  private static func drawn(_ matrix: Matrix, title: String) -> String {
    let side = max(4, min(24, 320 / Double(max(matrix.rows, matrix.columns))))
    let (width, height) = (Double(matrix.columns) * side, Double(matrix.rows) * side)
    var picture = SVG(width: width + 4, height: height + 4)
    let largest = matrix.storage.map(\.magnitude).max() ?? 0
    for i in 0..<matrix.rows {
      for j in 0..<matrix.columns where matrix[i, j] != 0 {
        // Small entries stay visible.
        let opacity = largest > 0 ? 0.15 + 0.75 * (matrix[i, j].magnitude / largest).squareRoot() : 0
        picture.cell(
          2 + Double(j) * side + 0.5, 2 + Double(i) * side + 0.5, side - 1, side - 1, opacity: opacity)
      }
    }
    picture.frame(1, 1, width + 2, height + 2)
    return picture.text(title: title)
  }
}
