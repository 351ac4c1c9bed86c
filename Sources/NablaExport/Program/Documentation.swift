import NablaTypes

extension ExportProgram {
  /// The documentation in the file: formulas, declarations, conditions.
  func documentation(parameters: [String], note: String) -> [String] {
    let outputs = request.outputs
    let values = outputs.map(\.name)
    var lines = ["\(Self.list(values)) for given \(Self.list(request.variables.map(\.name))).", ""]
    if request.variables.isEmpty { lines[0] = "\(Self.list(values))." }
    lines += outputs.map { "    \($0.name) = \($0.text)" }
    lines += request.explanations.map { "    where \($0.name) = \($0.text)" }
    if !request.variables.isEmpty {
      lines.append("")
      for (variable, name) in zip(request.variables, parameters) {
        let properties = variable.properties.strongest.map { ", \($0.rawValue)" }.joined()
        let renamed = name == variable.name ? "" : " (here \(name))"
        lines.append("    \(variable.name) : \(variable.shape.declaration)\(properties)\(renamed)")
      }
    }
    if !request.remarks.isEmpty { lines += [""] + request.remarks }
    return lines + ["", note]
  }

  private static func list(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }
}

extension Set<Property> {
  /// The properties not implied by others, sorted.
  fileprivate var strongest: [Property] {
    let implied = reduce(into: Set()) { $0.formUnion(Set($1.implies).closed) }
    return subtracting(implied).sorted()
  }
}
