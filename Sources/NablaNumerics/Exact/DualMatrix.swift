/// A matrix of truncated polynomials in two infinitesimals: value + first*s + second*t + mixed*s*t, with s² = t² = 0.
/// Its arithmetic computes exact directional derivatives: along one direction in s, along another in t, and along both
/// in st. A `nil` part is zero.
package struct DualMatrix: Hashable, Sendable {
  package var value: FieldMatrix
  package var first: FieldMatrix?
  package var second: FieldMatrix?
  package var mixed: FieldMatrix?

  package init(
    _ value: FieldMatrix, first: FieldMatrix? = nil, second: FieldMatrix? = nil, mixed: FieldMatrix? = nil
  ) {
    self.value = value
    self.first = first
    self.second = second
    self.mixed = mixed
  }

  package init(_ value: PrimeField) { self.init(FieldMatrix(value)) }

  package var rows: Int { value.rows }
  package var columns: Int { value.columns }
  package var count: Int { value.count }
  package var isConstant: Bool { first == nil && second == nil && mixed == nil }
  /// Whether it has a second-order part.
  package var isOfSecondOrder: Bool { mixed != nil || first != nil && second != nil }

  /// The image under a linear map.
  package func linear(_ map: (FieldMatrix) -> FieldMatrix) -> DualMatrix {
    DualMatrix(map(value), first: first.map(map), second: second.map(map), mixed: mixed.map(map))
  }

  /// The image under a bilinear map: the product rule, once and twice.
  package func bilinear(
    _ other: DualMatrix, _ map: (FieldMatrix, FieldMatrix) -> FieldMatrix
  ) -> DualMatrix {
    func part(_ a: FieldMatrix?, _ b: FieldMatrix?) -> FieldMatrix? {
      guard let a, let b else { return nil }
      return map(a, b)
    }
    func sum(_ parts: FieldMatrix?...) -> FieldMatrix? {
      parts.reduce(nil) { DualMatrix.sum($0, $1) }
    }
    return DualMatrix(
      map(value, other.value),
      first: sum(part(first, other.value), part(value, other.first)),
      second: sum(part(second, other.value), part(value, other.second)),
      mixed: sum(
        part(mixed, other.value), part(first, other.second), part(second, other.first),
        part(value, other.mixed)))
  }

  private static func sum(_ a: FieldMatrix?, _ b: FieldMatrix?) -> FieldMatrix? {
    guard let a else { return b }
    guard let b else { return a }
    return a + b
  }

  /// An elementwise function from its values, first and second derivatives at the entries, by Taylor's formula.
  package func composed(value: FieldMatrix, slope: FieldMatrix, curvature: FieldMatrix) -> DualMatrix {
    var result = DualMatrix(
      value, first: first.map(slope.hadamard), second: second.map(slope.hadamard),
      mixed: mixed.map(slope.hadamard))
    if let first, let second {
      result.mixed = Self.sum(result.mixed, curvature.hadamard(first.hadamard(second)))
    }
    return result
  }

  /// A number next to an array is added to every entry, in every part.
  package static func + (a: DualMatrix, b: DualMatrix) -> DualMatrix {
    let (x, y) = (a.widened(like: b), b.widened(like: a))
    return DualMatrix(
      x.value + y.value, first: sum(x.first, y.first), second: sum(x.second, y.second),
      mixed: sum(x.mixed, y.mixed))
  }

  private func widened(like other: DualMatrix) -> DualMatrix {
    if count != 1 || other.count == 1 { return self }
    return linear { FieldMatrix(rows: other.rows, columns: other.columns, repeating: $0.storage[0]) }
  }

  package static prefix func - (a: DualMatrix) -> DualMatrix { a.linear { -$0 } }
  package static func - (a: DualMatrix, b: DualMatrix) -> DualMatrix { a + -b }
  package static func * (a: DualMatrix, b: DualMatrix) -> DualMatrix { a.bilinear(b, *) }
  package func hadamard(_ other: DualMatrix) -> DualMatrix { bilinear(other) { $0.hadamard($1) } }
  package func scaled(by factor: PrimeField) -> DualMatrix { linear { $0.scaled(by: factor) } }
  package var transposed: DualMatrix { linear(\.transposed) }
  package var trace: DualMatrix { linear { FieldMatrix($0.trace) } }

  /// The reciprocal of each entry; `nil` if one is zero.
  package var reciprocal: DualMatrix? {
    var inverses: [PrimeField] = []
    for entry in value.storage {
      guard let inverse = entry.inverse else { return nil }
      inverses.append(inverse)
    }
    let over = FieldMatrix(rows: rows, columns: columns, storage: inverses)
    if isConstant { return DualMatrix(over) }
    return composed(value: over, slope: over.map { -($0 * $0) }, curvature: over.map { ($0 + $0) * $0 * $0 })
  }

  /// inv(A + sB) = inv(A) - s*inv(A)*B*inv(A), and the corresponding terms for t and st; `nil` if A is singular.
  package var inverse: DualMatrix? {
    guard let x = value.inverse else { return nil }
    func moved(_ part: FieldMatrix) -> FieldMatrix { -(x * part * x) }
    var result = DualMatrix(x, first: first.map(moved), second: second.map(moved), mixed: mixed.map(moved))
    if let first, let second {
      let (a, b) = (x * first, x * second)
      result.mixed = Self.sum(result.mixed, (a * b + b * a) * x)
    }
    return result
  }

  /// The determinant and the adjugate, which singular matrices have too.
  /// By the Faddeev-LeVerrier recursion, which divides only by the integers up to n.
  package var determinantAndAdjugate: (determinant: DualMatrix, adjugate: DualMatrix) {
    precondition(rows == columns, "Only a square matrix has a determinant.")
    let identity = DualMatrix(.identity(rows))
    var coefficient = DualMatrix(1)
    var power = identity
    for step in 0..<rows {
      if step > 0 { power = self * power + identity.hadamard(coefficient) }
      let over = PrimeField(step + 1).inverse ?? 1
      coefficient = (self * power).trace.scaled(by: -over)
    }
    let sign: PrimeField = rows % 2 == 0 ? 1 : -1
    return (coefficient.scaled(by: sign), power.scaled(by: -sign))
  }
}
