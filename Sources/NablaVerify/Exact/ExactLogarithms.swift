import NablaCore
import NablaNumerics
import NablaTypes

extension ExactEvaluator {
  /// Takes the logarithm entry by entry. Negative entries have another one than their absolute values.
  mutating func logarithm(of formula: Formula) throws(ExactProblem) -> DualMatrix {
    marked(try logarithmOfAbsolute(of: formula), ofNegative: try value(formula))
  }

  /// Adds an unknown to the logarithms of negative entries, so log(-u) and log(u) differ wherever they are compared.
  mutating func marked(_ logarithm: DualMatrix, ofNegative argument: DualMatrix) -> DualMatrix {
    var result = logarithm
    guard result.value.count == argument.value.count else { return result }
    for (index, entry) in argument.value.storage.enumerated() {
      result.value.storage[index] += unknowns.logarithmOfSign(entry)
    }
    return result
  }

  /// Takes the logarithm of |x| entry by entry with the laws of logarithms; only irreducible arguments become unknowns.
  private mutating func logarithmOfAbsolute(of formula: Formula) throws(ExactProblem) -> DualMatrix {
    var result = DualMatrix(0)
    var open: [(part: Formula, coefficient: Rational)] = [(formula, 1)]
    while let (part, coefficient) = open.popLast() {
      let next: DualMatrix
      switch part.kind {
      case .times(let factors):
        open += factors.map { ($0, coefficient) }
        continue
      case .power(let base, let exponent):
        if let number = exponent.number, part.evenPowerOfNorm == nil, memo[base] != nil {
          open.append((base, coefficient * number))
          continue
        }
        next = try logarithmOfAbsolute(try value(part))
      case .apply(.elementwise("exp"), let arguments): next = try value(arguments[0])
      case .apply(.elementwise("sigmoid"), let arguments):
        // sigmoid(x) = 1/(1 + exp(-x))
        let exponential = try elementwise("exp", [-(try value(arguments[0]))])
        next = -(try logarithmOfAbsolute(exponential + DualMatrix(1)))
      case .apply(.array(.softmax), let arguments):
        next = try logsoftmax(try value(arguments[0]), isMatrix: arguments[0].shape.isMatrix)
      case .apply(.array(.determinant), let arguments): next = try logDeterminant(arguments[0])
      case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .product, .inverse,
        .transpose, .apply, .differential:
        next = try logarithmOfAbsolute(try value(part))
      }
      result = try sum([result, next.scaled(by: try element(coefficient))])
    }
    return result
  }

  /// log |det A|, expanded over products, inverses, multiples and Kronecker products.
  mutating func logDeterminant(_ formula: Formula) throws(ExactProblem) -> DualMatrix {
    var result = DualMatrix(0)
    var open: [(part: Formula, coefficient: Rational)] = [(formula, 1)]
    while let (part, coefficient) = open.popLast() {
      let next: DualMatrix
      switch part.kind {
      case .inverse(let inner):
        open.append((inner, -coefficient))
        continue
      case .transpose(let inner):
        open.append((inner, coefficient))
        continue
      case .product(let chain) where chain.allSatisfy(\.shape.isSquare):
        open += chain.map { ($0, coefficient) }
        continue
      case .times:
        guard let array = part.splitScalars.array, array !== part, array.shape.isSquare, memo[array] != nil
        else {
          next = try logarithmOfAbsolute(try determinant(try value(part)))
          break
        }
        let rows = try size(part.shape).rows
        for factor in part.splitScalars.scalars {
          let logarithm = try logarithmOfAbsolute(of: factor)
          result = try sum([
            result, logarithm.scaled(by: try element(coefficient * Rational(rows))),
          ])
        }
        open.append((array, coefficient))
        continue
      case .apply(.array(.diagonalMatrix), let arguments):
        next = try logarithmOfAbsolute(of: arguments[0]).linear { FieldMatrix($0.sum) }
      case .apply(.array(.kron), let arguments) where arguments.allSatisfy(\.shape.isSquare):
        let (a, b) = (try size(arguments[0].shape).rows, try size(arguments[1].shape).rows)
        open.append((arguments[0], coefficient * Rational(b)))
        open.append((arguments[1], coefficient * Rational(a)))
        continue
      case .number, .constant, .variable, .dimension, .zeros, .ones, .identity, .sum, .product, .power,
        .apply, .differential:
        next = try logarithmOfAbsolute(try determinant(try value(part)))
      }
      result = try sum([result, next.scaled(by: try element(coefficient))])
    }
    return result
  }
}
