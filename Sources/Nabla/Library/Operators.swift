import NablaCore
import NablaTypes

/// The elementwise product.
infix operator .* : MultiplicationPrecedence
/// The elementwise quotient.
infix operator ./ : MultiplicationPrecedence

// Shapes that do not fit are a programming error: they trap, with the message for typed text.

extension Formula {
  /// The sum of two formulas of one shape; a scalar next to an array is added to every entry.
  public static func + (a: Formula, b: Formula) -> Formula {
    isEntrywise(a, b) ? checked(.adding(a, b)) : form("%1+%2", a, b)
  }

  /// The difference of two formulas of one shape; a scalar next to an array applies to every entry.
  public static func - (a: Formula, b: Formula) -> Formula {
    isEntrywise(a, b) ? checked(.adding(a, b.negated)) : form("%1-%2", a, b)
  }

  /// The matrix product m × k times k × n, or scaling by a scalar.
  public static func * (a: Formula, b: Formula) -> Formula {
    let fits = a.isScalar || b.isScalar || a.shape.columns == b.shape.rows
    return fits ? checked(.product([a, b])) : form("%1*%2", a, b)
  }

  /// A formula divided by a scalar; for elementwise quotients see `./`.
  public static func / (a: Formula, b: Formula) -> Formula {
    b.isScalar ? checked(.times([a, .power(b, .number(-1))])) : form("%1/%2", a, b)
  }

  /// The elementwise product of two formulas of one shape, or of a scalar and an array.
  public static func .* (a: Formula, b: Formula) -> Formula {
    a.shape == b.shape ? checked(.times([a, b])) : form("%1.*%2", a, b)
  }

  /// The elementwise quotient of two formulas of one shape, or of a scalar and an array.
  public static func ./ (a: Formula, b: Formula) -> Formula { form("%1./%2", a, b) }

  /// The formula with the sign of every entry changed.
  public static prefix func - (a: Formula) -> Formula { checked(a.negated) }

  /// Adds a formula of the same shape, or a scalar to every entry.
  public static func += (a: inout Formula, b: Formula) { a = a + b }

  /// Subtracts a formula of the same shape, or a scalar from every entry.
  public static func -= (a: inout Formula, b: Formula) { a = a - b }

  /// 1 where an entry of `a` is less than that of `b`, 0 elsewhere.
  public static func .< (a: Formula, b: Formula) -> Formula { form("%1<%2", a, b) }
  /// 1 where an entry of `a` is at most that of `b`, 0 elsewhere.
  public static func .<= (a: Formula, b: Formula) -> Formula { form("%1<=%2", a, b) }
  /// 1 where an entry of `a` is greater than that of `b`, 0 elsewhere.
  public static func .> (a: Formula, b: Formula) -> Formula { form("%1>%2", a, b) }
  /// 1 where an entry of `a` is at least that of `b`, 0 elsewhere.
  public static func .>= (a: Formula, b: Formula) -> Formula { form("%1>=%2", a, b) }

  private static func isEntrywise(_ a: Formula, _ b: Formula) -> Bool {
    a.shape == b.shape || a.isScalar || b.isScalar
  }

  private static func checked(_ result: Formula) -> Formula {
    // Not a precondition: optimized builds would lose its message.
    if !result.isInvalid { return result }
    fatalError("a division by zero, or an exact number that does not fit in 128 bits")
  }
}

extension Formula {
  /// The transpose: n × m for m × n.
  public var transpose: Formula { transposed }

  /// The inverse of a square matrix, the reciprocal of a scalar; traps for another shape.
  public var inverse: Formula { Formula.form("inv(%1)", self) }

  // As those of `Matrix`, indices count from 0 here; in the texts of the language they count from 1.

  /// An entry of a vector or a row.
  ///
  /// Indices count from 0, as all do in Swift, so `x[0]` prints as `x[1]` and the last entry is `x["n" - 1]`.
  public subscript(index: Dimension) -> Formula { Formula.form("%1[\(index + 1)]", self) }

  /// The entry at a row and a column, counted from 0: `A[0, 1]` prints as `A[1, 2]`.
  public subscript(row: Dimension, column: Dimension) -> Formula {
    Formula.form("%1[\(row + 1), \(column + 1)]", self)
  }

  /// A row, counted from 0, of shape 1 × n.
  public func row(_ index: Dimension) -> Formula { Formula.form("%1[\(index + 1), :]", self) }

  /// A column, counted from 0, of shape m × 1.
  public func column(_ index: Dimension) -> Formula { Formula.form("%1[:, \(index + 1)]", self) }

  /// Rows `first` to `last`, both counted from 0 and both in the result.
  public func rows(_ first: Dimension, through last: Dimension) -> Formula {
    Formula.form("%1[\(first + 1):\(last + 1), :]", self)
  }

  /// Columns `first` to `last`, both counted from 0 and both in the result.
  public func columns(_ first: Dimension, through last: Dimension) -> Formula {
    Formula.form("%1[:, \(first + 1):\(last + 1)]", self)
  }

  /// A block matrix, row by row: `.blocks([[A, B], [C, D]])`. Traps if the sizes do not fit.
  public static func blocks(_ rows: [[Formula]]) -> Formula {
    var place = 0
    let lines = rows.map { row in
      row.map { _ in
        place += 1
        return "%\(place)"
      }.joined(separator: ", ")
    }
    return form("[" + lines.joined(separator: "; ") + "]", rows.flatMap { $0 })
  }

  /// A function of the language or of `Functions.rules` by its name: `Formula.call("erf", x)`.
  ///
  /// Traps for an unknown name, a wrong number of arguments, or shapes that do not fit.
  public static func call(_ name: String, _ arguments: Formula...) -> Formula {
    let places = arguments.indices.map { "%\($0 + 1)" }.joined(separator: ", ")
    return form("\(name)(\(places))", arguments)
  }
}
