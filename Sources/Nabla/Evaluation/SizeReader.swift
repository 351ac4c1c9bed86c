import NablaCompile
import NablaCore
import NablaNumerics
import NablaTypes

/// Infers sizes from data: `X : matrix(n, d)` given as 5 x 3 has n = 5 and d = 3.
struct SizeReader {
  private(set) var sizes: [String: Int]
  /// The data that fixed each size, for messages.
  private var origins: [String: String] = [:]

  /// The sizes that are given explicitly.
  init(given: [String: Int]) {
    sizes = given
    for name in given.keys { origins[name] = "the given sizes" }
  }

  /// The largest size that may be given.
  static let largestSize = 1 << 31

  /// Bounds sizes such as n - 2*m*m, so that solving for them cannot overflow.
  private func checkMagnitude(
    _ variables: [Formula], _ values: [Formula: Matrix]
  ) throws(EvaluationError) {
    for name in sizes.keys.sorted() where sizes[name] ?? 0 > Self.largestSize {
      throw .notComputable(.impossibleSize(dimension: name))
    }
    let largest = Double((values.values.flatMap { [$0.rows, $0.columns] } + sizes.values).max() ?? 1)
    for dimension in variables.flatMap({ [$0.shape.rows, $0.shape.columns] }) {
      var bound = 0.0
      for term in dimension.terms {
        bound += term.names.reduce(Double(term.coefficient.magnitude)) { product, _ in
          product * max(largest, 2)
        }
      }
      if bound > 0x1p61 { throw .notComputable(.impossibleSize(dimension: dimension.description)) }
    }
  }

  /// Reads all data, with variables in a fixed order so that messages do not depend on hashing.
  mutating func read(_ variables: [Formula], _ values: [Formula: Matrix]) throws(EvaluationError) {
    try checkMagnitude(variables, values)
    var open: [(size: Dimension, count: Int, name: String)] = []
    for formula in variables {
      guard let variable = formula.variable, let value = values[formula] else { continue }
      for (size, count) in [(variable.shape.rows, value.rows), (variable.shape.columns, value.columns)] {
        if let name = size.name {
          fix(name, count, variable.name)
        } else if size.constant == nil {
          open.append((size, count, variable.name))
        }
      }
    }
    // The rest are polynomials such as h + 1, each of which can determine one unknown size once the others are known.
    var isNew = true
    while isNew {
      isNew = false
      for (size, count, name) in open {
        let unknown = size.names.filter { sizes[$0] == nil }
        guard unknown.count == 1, let solution = solve(size, unknown[0], count) else { continue }
        fix(unknown[0], solution, name)
        isNew = true
      }
    }
    for formula in variables {
      if let variable = formula.variable, let value = values[formula] { try check(variable, value) }
    }
  }

  private mutating func fix(_ name: String, _ count: Int, _ variable: String) {
    if sizes[name] != nil { return }
    sizes[name] = count
    origins[name] = variable
  }

  /// The positive size at which a polynomial of degree one in it has a given value.
  private func solve(_ size: Dimension, _ unknown: String, _ count: Int) -> Int? {
    var trial = sizes
    func value(_ x: Int) -> Int? {
      trial[unknown] = x
      return size.value(trial)
    }
    guard let constant = value(0), let next = value(1), let second = value(2) else { return nil }
    let (slope, o1) = next.subtractingReportingOverflow(constant)
    let (step, o2) = second.subtractingReportingOverflow(next)
    let (rest, o3) = count.subtractingReportingOverflow(constant)
    // Excludes slope -1 with the smallest integer, where the division would overflow; no count is that large.
    guard !o1, !o2, !o3, slope != 0, rest != .min, step == slope, rest.isMultiple(of: slope) else {
      return nil
    }
    let solution = rest / slope
    return solution > 0 ? solution : nil
  }

  private func check(_ variable: Variable, _ value: Matrix) throws(EvaluationError) {
    let shape = variable.shape
    let names = Set(shape.rows.names + shape.columns.names).sorted()
    for name in names where sizes[name] == nil { throw .unknownSize(name) }
    let (rows, columns) = (shape.rows.value(sizes), shape.columns.value(sizes))
    if rows == value.rows, columns == value.columns { return }
    let reasons = names.filter { origins[$0] != variable.name }.map { name in
      "\(name) = \(sizes[name] ?? 0) from \(origins[name] ?? "")"
    }
    throw .wrongShape(
      name: variable.name, shape: shape,
      expected: "\(rows.map(String.init) ?? "?") x \(columns.map(String.init) ?? "?")",
      found: "\(value.rows) x \(value.columns)",
      because: reasons.isEmpty ? "" : ", with " + reasons.joined(separator: " and "))
  }
}
