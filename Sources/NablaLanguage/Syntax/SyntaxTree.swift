import NablaTypes

/// An operator between two expressions.
package enum BinaryOperator: Sendable, Hashable {
  case add, subtract, multiply, divide, elementwiseMultiply, elementwiseDivide, kronecker
  /// `x·y`: the inner product of two vectors, otherwise the product.
  case centeredDot
  case power, elementwisePower
  case compare(Comparison)

  /// As written in the language.
  package var text: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .centeredDot: "·"
    case .divide: "/"
    case .elementwiseMultiply: ".*"
    case .elementwiseDivide: "./"
    case .kronecker: "⊗"
    case .power: "^"
    case .elementwisePower: ".^"
    case .compare(let comparison): comparison.rawValue
    }
  }
}

/// A comparison, which is 1 where it holds and 0 elsewhere.
package enum Comparison: String, Sendable, Hashable, CaseIterable {
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}

/// The part of a declared function in question: its value or one of its derivatives.
package enum FunctionDerivative: Sendable, Hashable {
  case value
  /// The derivative of this order with respect to a scalar, or elementwise: `phi'(z)`, `Y''(t)`.
  case prime(Int)
  case gradient, jacobian, hessian
}

/// An expression as typed, before names and shapes are looked up; brackets are dropped.
package final class SyntaxTree: Sendable {
  package let kind: Kind
  package let range: SourceRange
  /// The length of the longest path to a leaf, to bound recursion.
  let depth: Int

  package indirect enum Kind: Sendable {
    case number(Rational)
    /// A name in ASCII.
    case name(String)
    case negate(SyntaxTree)
    case binary(BinaryOperator, SyntaxTree, SyntaxTree)
    case transpose(SyntaxTree)
    /// `X^-T` written with the mark (`⁻ᵀ`, `^-⊤`).
    case inverseTranspose(SyntaxTree)
    /// `name(arguments)`; `isGreekLetter` if the name is one Greek letter.
    case call(String, nameRange: SourceRange, isGreekLetter: Bool, [SyntaxTree])
    /// `phi'(z)`, `grad(f)(x)` and their like.
    case derivative(FunctionDerivative, of: String, nameRange: SourceRange, [SyntaxTree])
    case norm(SyntaxTree)
    case blocks([[SyntaxTree]])
    case entry(SyntaxTree, [SubscriptTree])
    case sum(index: String, indexRange: SourceRange, lower: SyntaxTree, upper: SyntaxTree, SyntaxTree)
  }

  package enum SubscriptTree: Sendable {
    case index(SyntaxTree)
    case range(SyntaxTree, SyntaxTree)
    case all(SourceRange)

    /// The location in the source.
    package var range: SourceRange {
      switch self {
      case .index(let tree): tree.range
      case .range(let lower, let upper): lower.range.joined(with: upper.range)
      case .all(let range): range
      }
    }
  }

  package init(_ kind: Kind, range: SourceRange) {
    self.kind = kind
    self.range = range
    var depth = 0
    Self.forEachChild(of: kind) { depth = max(depth, $0.depth) }
    self.depth = depth + 1
  }

  /// Calls `body` with every part, left to right.
  func forEachChild(_ body: (SyntaxTree) -> Void) { Self.forEachChild(of: kind, body) }

  private static func forEachChild(of kind: Kind, _ body: (SyntaxTree) -> Void) {
    switch kind {
    case .number, .name: break
    case .negate(let a), .transpose(let a), .inverseTranspose(let a), .norm(let a): body(a)
    case .binary(_, let a, let b):
      body(a)
      body(b)
    case .call(_, _, _, let arguments), .derivative(_, _, _, let arguments):
      for argument in arguments { body(argument) }
    case .blocks(let rows):
      for row in rows { for block in row { body(block) } }
    case .entry(let array, let subscripts):
      body(array)
      for part in subscripts {
        switch part {
        case .index(let tree): body(tree)
        case .range(let lower, let upper):
          body(lower)
          body(upper)
        case .all: break
        }
      }
    case .sum(_, _, let lower, let upper, let summand):
      body(lower)
      body(upper)
      body(summand)
    }
  }

  /// The integer literal that it is, with an optional sign.
  var integerLiteral: Int? {
    switch kind {
    case .number(let value): value.integer
    case .negate(let a):
      if case .number(let value) = a.kind, let integer = value.integer { -integer } else { nil }
    case .name, .binary, .transpose, .inverseTranspose, .call, .derivative, .norm, .blocks,
      .entry,
      .sum:
      nil
    }
  }

  /// The factor of a product over an index, at its place in the vector of them all: E times a column of I.
  func atPlace(of index: String, _ indexRange: SourceRange) -> SyntaxTree {
    let identity = SyntaxTree(.name("I"), range: indexRange)
    let place = SubscriptTree.index(SyntaxTree(.name(index), range: indexRange))
    let column = SyntaxTree(.entry(identity, [.all(indexRange), place]), range: indexRange)
    return SyntaxTree(.binary(.multiply, self, column), range: range)
  }

  /// The last factor of a product; any other tree is its own only factor.
  var lastFactor: SyntaxTree {
    if case .binary(.multiply, _, let right) = kind { right.lastFactor } else { self }
  }

  /// The name, if it is one.
  var name: String? { if case .name(let name) = kind { name } else { nil } }
}
