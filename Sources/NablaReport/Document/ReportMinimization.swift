import Nabla
import NablaNumerics

extension Report {
  /// Adds the result of a minimization and its progress.
  package mutating func add(
    _ found: Minimization, of objective: String, _ history: [MinimizationProgress], reason: String
  ) {
    let names = found.variables.map(\.text).joined(separator: ", ")
    var section = Section(
      heading: [.code("minimize \(objective) wrt \(names)"), .words(" by \(found.method.rawValue)")])
    var rows = found.variables.map { variable in
      let value = found.point[variable] ?? Matrix(0)
      return (name: variable.text, value: Self.text(value, isNumber: variable.shape.isScalar))
    }
    rows.append(("value", Matrix.text(of: found.value, digits: 10)))
    rows.append(("gradient norm", Matrix.text(of: found.gradientNorm, digits: 3)))
    rows.append(("iterations", "\(found.iterations)"))
    section.blocks.append(.table(rows))
    if !found.notes.isEmpty { section.blocks.append(.list(found.notes.map { [.words($0)] })) }
    section.blocks.append(.verdict(found.hasConverged ? .verified : .refuted, reason))
    if let picture = ConvergencePicture(history) {
      section.blocks.append(
        .picture(svg: picture.svg, caption: "the norm of the gradient at each step"))
    }
    sections.append(section)
  }

  /// Limit on the entries of a minimizer that are shown.
  private static let mostEntries = 100

  private static func text(_ value: Matrix, isNumber: Bool) -> String {
    value.count > mostEntries
      ? "\(value.rows) × \(value.columns) entries" : VerdictText.inline(value, isNumber: isNumber)
  }
}
