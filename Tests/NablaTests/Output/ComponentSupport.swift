@testable import NablaCompile
@testable import NablaCore
@testable import NablaNumerics
@testable import NablaOutput
@testable import NablaTypes
@testable import NablaVerify

/// Compares the components of every entry with the value of the formula.
struct ComponentCheck {
  /// The result of a comparison.
  enum Outcome: Equatable {
    case agrees(entries: Int)
    /// The formula has no value at random points, so there is nothing to compare with.
    case unusable
    case differs(String)
  }

  let seed: UInt64

  func outcome(_ original: Formula, points: Int = 2) -> Outcome {
    let formula = Self.withoutDifferentials(original)
    guard let components = formula.components else { return .differs("no components") }
    for text in [components.text, components.latex] where text.contains("#") || text.isEmpty {
      return .differs("printed as \(text)")
    }
    var options = NumericCheck(seed: seed).options
    options.stable = false
    var source = Sampler(
      [formula], variables: [formula].freeVariables, options: options, seed: seed)
    var compared = 0
    for _ in 0..<points {
      guard case .success(let (program, sizes)) = source.nextProgram([formula]),
        let point = source.nextPoint(program, sizes)
      else { continue }
      let expected = point.outputs[0]
      if !Self.isRegular(formula, point.values, sizes, options) { continue }
      var covered: Set<Int> = []
      for equation in components.equations {
        for indices in Self.assignments(equation.ranges, sizes) {
          let all = sizes.merging(indices) { size, _ in size }
          guard let row = equation.row.value(all), let column = equation.column.value(all),
            (1...expected.rows).contains(row), (1...expected.columns).contains(column),
            covered.insert((row - 1) * expected.columns + column).inserted
          else { return .differs("place \(indices) of \(components.text)") }
          let value: Double
          do {
            value = try Compiler.compile([equation.formula], sizes: all, options: options).run(point.values)[
              0][0, 0]
          } catch {
            return .differs("\(components.text) at \(indices): \(error)")
          }
          let wanted = expected[row - 1, column - 1]
          guard abs(value - wanted) <= 1e-8 * max(1, expected.maxAbs) else {
            return .differs("\(components.text) is \(value) instead of \(wanted) at \(indices)")
          }
          compared += 1
        }
      }
      if covered.count != expected.count { return .differs("\(components.text) leaves entries out") }
    }
    return compared > 0 ? .agrees(entries: compared) : .unusable
  }

  /// Whether inverted matrices are far from singular, if that can be determined.
  private static func isRegular(
    _ formula: Formula, _ values: [Formula: Matrix], _ sizes: [String: Int], _ options: Compiler.Options
  ) -> Bool {
    for node in formula.nodesChildrenFirst {
      guard case .inverse(let inner) = node.kind,
        let pair = try? Compiler.compile([inner, node], sizes: sizes, options: options).run(values)
      else { continue }
      if (pair[0] * pair[1] - .identity(pair[0].rows)).maxAbs > 1e-9 { return false }
    }
    return true
  }

  /// Every choice of the free indices.
  private static func assignments(_ ranges: [IndexRange], _ sizes: [String: Int]) -> [[String: Int]] {
    ranges.reduce([[:]]) { known, range in
      known.flatMap { indices -> [[String: Int]] in
        guard let first = range.first.value(sizes), let last = range.last.value(sizes), first <= last else {
          return []
        }
        return (first...last).map { indices.merging([range.name: $0]) { one, _ in one } }
      }
    }
  }

  /// With a variable for each differential, which has no value.
  private static func withoutDifferentials(_ formula: Formula) -> Formula {
    var standIns: [Formula: Formula] = [:]
    for node in formula.nodesChildrenFirst {
      guard case .differential = node.kind else { continue }
      standIns[node] = .variable(
        Variable(name: "change\(standIns.count)", shape: node.shape, properties: [], role: .definition))
    }
    return formula.replacing(standIns)
  }
}
