@testable import NablaCompile
@testable import NablaCore
@testable import NablaNumerics
@testable import NablaTypes

/// Formulas for tests, and their values by the simplest possible means.
enum Make {
  static func variable(_ name: String, _ shape: Shape, _ properties: Set<Property> = []) -> Formula {
    .variable(Variable(name: name, shape: shape, properties: properties, role: .declared))
  }
  static func index(_ name: String) -> Formula {
    .variable(Variable(name: name, shape: .scalar, properties: [], role: .index))
  }
  static func apply(_ name: String, _ arguments: Formula...) -> Formula {
    .apply(.elementwise(name), arguments, arguments.first { !$0.isScalar }?.shape ?? .scalar)
  }
  static func array(_ operation: ArrayOperation, _ arguments: Formula..., shape: Shape = .scalar) -> Formula {
    .apply(.array(operation), arguments, shape)
  }
  static func sum(_ a: Formula) -> Formula {
    .product([.ones(.row(a.shape.rows)), a, .ones(.vector(a.shape.columns))])
  }
  static func random(_ rows: Int, _ columns: Int, _ seed: UInt64, _ low: Double = -1, _ high: Double = 1)
    -> Matrix
  {
    var generator = SplitMix64(seed: seed)
    return Matrix(rows: rows, columns: columns).map { _ in generator.uniform(low, high) }
  }
  static func value(
    _ formula: Formula, _ sizes: [String: Int], _ values: [Formula: Matrix], stable: Bool = true
  ) throws -> Matrix {
    try Compiler.compile([formula], sizes: sizes, stable: stable).run(values)[0]
  }
}

/// Node by node, on matrices, with nothing shared, reordered or looked through.
struct Reference {
  var sizes: [String: Int]
  var values: [Formula: Matrix]

  func shape(_ f: Formula) -> (Int, Int) {
    (f.shape.rows.value(sizes) ?? 0, f.shape.columns.value(sizes) ?? 0)
  }

  func value(_ f: Formula) -> Matrix {
    let (m, n) = shape(f)
    func wide(_ a: Matrix) -> Matrix {
      a.count == m * n ? a : Matrix(rows: m, columns: n, repeating: a[0, 0])
    }
    switch f.kind {
    case .number(let x): return Matrix(x.double)
    case .constant(let c): return Matrix(c == .pi ? Double.pi : 2.718281828459045)
    case .dimension(let name): return Matrix(Double(sizes[name] ?? 0))
    case .variable: return values[f] ?? Matrix(.nan)
    case .zeros: return Matrix(rows: m, columns: n)
    case .ones: return Matrix(rows: m, columns: n, repeating: 1)
    case .identity: return .identity(m)
    case .sum(let parts): return parts.map(value).reduce(Matrix(rows: m, columns: n)) { $0 + $1 }
    case .times(let parts):
      return parts.map { wide(value($0)) }.reduce(Matrix(rows: m, columns: n, repeating: 1)) {
        $0.hadamard($1)
      }
    case .product(let chain):
      return chain.dropFirst().map(value).reduce(value(chain[0])) { $0 * $1 }
    case .power(let base, let exponent):
      return wide(value(base)).zip(wide(value(exponent))) { LibraryFunction.power.evaluate($0, $1) }
    case .inverse(let inner): return value(inner).inverse ?? Matrix(.nan)
    case .transpose(let inner): return value(inner).transposed
    case .apply(.elementwise(let name), let arguments):
      let parts = arguments.map { wide(value($0)) }
      if name == "less" { return parts[0].zip(parts[1]) { $0 < $1 ? 1 : 0 } }
      if name == "lessequal" { return parts[0].zip(parts[1]) { $0 <= $1 ? 1 : 0 } }
      guard let function = LibraryFunction(rawValue: name) else {
        let definition = RuleBook.standard.numericDefinitions(name)
        return definition?.body.flatMap { definition?.applied($0, arguments, f.shape) }.map(value)
          ?? Matrix(.nan)
      }
      return parts.count == 1
        ? parts[0].map { function.evaluate($0) } : parts[0].zip(parts[1]) { function.evaluate($0, $1) }
    case .apply(.slice(let rows, let columns), let arguments):
      let a = value(arguments[0])
      let (i, j) = ((rows.first.value(sizes) ?? 1) - 1, (columns.first.value(sizes) ?? 1) - 1)
      var result = Matrix(rows: m, columns: n)
      for r in 0..<m { for c in 0..<n { result[r, c] = a[i + r, j + c] } }
      return result
    case .apply(.indexSum(let name, let lower, let upper), let arguments):
      var result = Matrix(rows: m, columns: n)
      let (first, last) = (lower.value(sizes) ?? 1, upper.value(sizes) ?? 0)
      for i in stride(from: first, through: last, by: 1) {
        var inner = self
        inner.sizes[name] = i
        inner.values[Make.index(name)] = Matrix(Double(i))
        result = result + inner.value(arguments[0])
      }
      return result
    case .apply(.blocks(let blockRows, let blockColumns), let arguments):
      var result = Matrix(rows: m, columns: n)
      var top = 0
      for r in 0..<blockRows {
        var left = 0
        let row = (0..<blockColumns).map { value(arguments[r * blockColumns + $0]) }
        for block in row {
          for i in 0..<block.rows { for j in 0..<block.columns { result[top + i, left + j] = block[i, j] } }
          left += block.columns
        }
        top += row[0].rows
      }
      return result
    case .apply(.array(let operation), let arguments): return array(operation, arguments, m, n)
    case .apply(.defined(let operation), let arguments):
      return operation.unfolded(arguments).map(value) ?? Matrix(.nan)
    case .apply, .differential: return Matrix(.nan)
    }
  }

  private func array(_ operation: ArrayOperation, _ arguments: [Formula], _ m: Int, _ n: Int) -> Matrix {
    let a = value(arguments[0])
    let b = arguments.count > 1 ? value(arguments[1]) : Matrix(0)
    func perRow(_ function: ([Double]) -> [Double]) -> Matrix {
      if !arguments[0].shape.isMatrix { return Matrix(rows: m, columns: n, storage: function(a.storage)) }
      let rows = (0..<a.rows).map { i in function((0..<a.columns).map { a[i, $0] }) }
      return Matrix(rows: rows)
    }
    func lse(_ x: [Double]) -> Double {
      LibraryFunction.log.evaluate(x.reduce(0) { $0 + LibraryFunction.exp.evaluate($1) })
    }
    func masked(_ keep: (Int, Int) -> Double) -> Matrix {
      var result = a
      for i in 0..<m { for j in 0..<n { result[i, j] *= keep(i, j) } }
      return result
    }
    switch operation {
    case .trace: return Matrix(a.trace)
    case .determinant: return Matrix(a.determinant)
    case .logDeterminant: return Matrix(LibraryFunction.log.evaluate(a.determinant.magnitude))
    case .norm1: return Matrix(a.storage.reduce(0) { $0 + $1.magnitude })
    case .norm2: return Matrix(a.storage.reduce(0) { $0 + $1 * $1 }.squareRoot())
    case .norminf: return Matrix(a.maxAbs)
    case .specnorm: return Matrix(SVD(a).values[0])
    case .nucnorm: return Matrix(SVD(a).values.reduce(0, +))
    case .maximum: return Matrix(a.storage.max() ?? 0)
    case .minimum: return Matrix(a.storage.min() ?? 0)
    case .dot: return Matrix(a.hadamard(b).sum)
    case .logsumexp: return perRow { [lse($0)] }
    case .softmax: return perRow { x in x.map { LibraryFunction.exp.evaluate($0 - lse(x)) } }
    case .logsoftmax: return perRow { x in x.map { $0 - lse(x) } }
    case .pseudoInverse: return (a.transposed * a).inverse.map { $0 * a.transposed } ?? Matrix(.nan)
    case .adjugate: return a.determinant * (a.inverse ?? Matrix(.nan))
    case .exponential:
      var (term, sum) = (Matrix.identity(m), Matrix.identity(m))
      for k in 1..<40 {
        term = (term * a) / Double(k)
        sum = sum + term
      }
      return sum
    case .cholesky: return Cholesky((a + a.transposed) / 2)?.lower ?? Matrix(.nan)
    case .diagonalMatrix: return Matrix(diagonal: a.storage)
    case .diagonalVector: return Matrix(column: a.diagonal)
    case .vec: return a.vectorized
    case .kron:
      var result = Matrix(rows: m, columns: n)
      for i in 0..<m {
        for j in 0..<n { result[i, j] = a[i / b.rows, j / b.columns] * b[i % b.rows, j % b.columns] }
      }
      return result
    case .tril: return masked { $0 >= $1 ? 1 : 0 }
    case .triu: return masked { $0 <= $1 ? 1 : 0 }
    case .lowhalf: return masked { $0 > $1 ? 1 : $0 == $1 ? 0.5 : 0 }
    case .commutation: return .commutation(Int(a[0, 0]), Int(b[0, 0]))
    case .argmaxhot: return a.map { $0 == a.storage.max() ? 1 : 0 }
    case .polar:
      let svd = SVD(a)
      return svd.u * svd.v.transposed
    case .leftsv: return a.leadingSingularVectors.u
    case .rightsv: return a.leadingSingularVectors.v
    }
  }
}
