@testable import NablaCore
@testable import NablaLanguage
@testable import NablaTypes

/// The values of small random formulas, with `n` = 2, to compare formulas that are equal but not the same.
struct Evaluation {
  private var memo: [Formula: [Double]] = [:]

  static func agree(_ a: Formula, _ b: Formula) -> Bool {
    if a.isInvalid || b.isInvalid || a.shape != b.shape { return a.isInvalid == b.isInvalid }
    var evaluation = Evaluation()
    let (x, y) = (evaluation.value(a), evaluation.value(b))
    return zip(x, y).allSatisfy { p, q in
      !p.isFinite || !q.isFinite || abs(p - q) <= 1e-6 * (1 + max(abs(p), abs(q)))
    }
  }

  private func size(_ dimension: Dimension) -> Int { dimension.value(["n": 2]) ?? 1 }

  mutating func value(_ formula: Formula) -> [Double] {
    for node in formula.nodesChildrenFirst where memo[node] == nil { memo[node] = compute(node) }
    return memo[formula] ?? []
  }

  private func known(_ formula: Formula) -> [Double] { memo[formula] ?? [] }

  /// Entry by entry, row by row; a scalar applies to every entry.
  private func spread(_ formula: Formula, _ arguments: [Formula], _ body: ([Double]) -> Double) -> [Double] {
    let values = arguments.map { known($0) }
    return (0..<size(formula.shape.rows) * size(formula.shape.columns)).map { index in
      body(values.map { $0.count == 1 ? $0[0] : $0[index] })
    }
  }

  private func compute(_ formula: Formula) -> [Double] {
    let (rows, columns) = (size(formula.shape.rows), size(formula.shape.columns))
    func filled(_ body: (Int, Int) -> Double) -> [Double] {
      (0..<rows).flatMap { row in (0..<columns).map { body(row, $0) } }
    }
    switch formula.kind {
    case .number(let value): return [value.double]
    case .constant(let constant): return [constant == .pi ? Double.pi : 2.718281828459045]
    case .dimension: return [2]
    case .variable(let variable):
      let seed = variable.name.unicodeScalars.reduce(7) { ($0 * 31 + Int($1.value)) % 1009 }
      return filled { row, column in Double((seed * (2 * row + column + 3)) % 97) / 40 - 1.1 }
    case .zeros: return filled { _, _ in 0 }
    case .ones: return filled { _, _ in 1 }
    case .identity: return filled { $0 == $1 ? 1 : 0 }
    case .sum(let terms): return spread(formula, terms) { $0.reduce(0, +) }
    case .times(let factors): return spread(formula, factors) { $0.reduce(1, *) }
    case .product(let chain): return multiplied(chain)
    case .power(let base, let exponent):
      return spread(formula, [base, exponent]) { raised($0[0], $0[1]) }
    case .inverse(let inner):
      let m = known(inner)
      let determinant = m[0] * m[3] - m[1] * m[2]
      return [m[3] / determinant, -m[1] / determinant, -m[2] / determinant, m[0] / determinant]
    case .transpose(let inner):
      let m = known(inner)
      return filled { row, column in m[column * rows + row] }
    case .apply(let operation, let arguments): return applied(formula, operation, arguments)
    case .differential: return []
    }
  }

  private func multiplied(_ chain: [Formula]) -> [Double] {
    var left = known(chain[0])
    let rows = size(chain[0].shape.rows)
    for factor in chain.dropFirst() {
      let (inner, columns) = (size(factor.shape.rows), size(factor.shape.columns))
      let right = known(factor)
      left = (0..<rows).flatMap { row in
        (0..<columns).map { column in
          (0..<inner).reduce(0.0) { $0 + left[row * inner + $1] * right[$1 * columns + column] }
        }
      }
    }
    return left
  }

  private func applied(_ formula: Formula, _ operation: Operation, _ arguments: [Formula]) -> [Double] {
    switch operation {
    case .elementwise(let name):
      return spread(formula, arguments) { values in
        switch name {
        case "exp": exponential(values[0])
        case "sigmoid": 1 / (1 + exponential(-values[0]))
        case "abs": abs(values[0])
        case "max": max(values[0], values[1])
        case "less": values[0] < values[1] ? 1 : 0
        case "lessequal": values[0] <= values[1] ? 1 : 0
        default: Double.nan
        }
      }
    case .defined(let defined): return known(defined.unfolded(arguments) ?? formula)
    case .function(_, let derivative):
      let order = derivative == .prime(1) ? 1.0 : derivative == .prime(2) ? 2.0 : 3.0
      return spread(formula, arguments) { order + $0[0] / (1 + $0[0] * $0[0]) }
    case .array(let array):
      let m = known(arguments[0])
      switch array.rawValue {
      case "norm2": return [m.reduce(0) { $0 + $1 * $1 }.squareRoot()]
      case "tr": return [m[0] + m[3]]
      case "diag": return [m[0], 0, 0, m[1]]
      default: return [.nan]
      }
    case .blocks, .slice, .indexSum: return [.nan]
    }
  }

  /// The exponential by its series, so that no library is needed.
  private func exponential(_ x: Double) -> Double {
    if !x.isFinite || abs(x) > 200 { return .nan }
    var (term, sum) = (1.0, 1.0)
    for count in 1..<40 {
      term *= x / 1024 / Double(count)
      sum += term
    }
    for _ in 0..<10 { sum *= sum }
    return sum
  }

  /// Powers with exponents that are halves.
  private func raised(_ base: Double, _ exponent: Double) -> Double {
    let halves = Int((exponent * 2).rounded())
    guard abs(Double(halves) - exponent * 2) < 1e-9, abs(halves) < 200 else { return .nan }
    let root = halves.isMultiple(of: 2) ? base : base.squareRoot()
    let count = halves.isMultiple(of: 2) ? abs(halves) / 2 : abs(halves)
    let value = (0..<count).reduce(1.0) { product, _ in product * root }
    return halves < 0 ? 1 / value : value
  }
}
