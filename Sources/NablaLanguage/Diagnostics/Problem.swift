import NablaTypes

/// The problems an input can have, as facts; `Wording` turns them into sentences.
package indirect enum Problem: Sendable, Hashable {
  /// A part of an expression with its shape, as messages show it.
  package struct Operand: Sendable, Hashable {
    package let text: String
    package let shape: Shape

    package init(text: String, shape: Shape) {
      self.text = text
      self.shape = shape
    }
  }

  // Characters
  case unknownCharacter(String)
  case notText(byte: UInt8)
  case foreignOperator(String, instead: String)
  case unknownSuperscript
  case numberTooLarge(String)
  // Limits
  case tooLong(what: String, limit: Int, unit: String)
  case tooDeep(limit: Int)
  case tooManyErrors(limit: Int)
  case tooManyUndeclared(limit: Int)
  case undecided(limit: Int)
  /// Two interpretations of the undeclared names, each as declarations.
  case ambiguous([String], [String])
  // Syntax
  case unexpected(found: String, wanted: String)
  case unexpectedEnd(wanted: String)
  case unclosed(String)
  case missingOperator(left: String, right: String)
  /// `1/2x`.
  case fractionBefore(fraction: String, factor: String)
  /// `tr A*B`.
  case operandOrFactor(function: String, operand: String, rest: String)
  /// `[a + b c]`, `[2x]`.
  case blocksOrFactors(left: String, right: String)
  /// `[A -B]`.
  case blocksOrSum(left: String, sign: String, right: String)
  /// A function that other systems have and Nabla lacks.
  case absent(String, instead: String?)
  case chainedComparison
  /// `sum(x, axis=0)`.
  case keyword(String)
  /// `A(:, 1)`.
  case colonInCall
  case productFromOne
  /// `Norm[x]`.
  case functionInBrackets(String)
  case wordInExpression(String)
  /// A question inside an expression.
  case derivativeInside(String)
  case derivativeOfNoFunction(String)
  case derivativeOfBuiltin(String)
  case rangeNeedsTwoEnds
  case emptyBlocks
  case tooManySubscripts(Int)
  // Statements
  case notAStatement
  case unknownQuestion(String, nearest: String?)
  case functionDefinition(String)
  case singleEquals
  case checkNeedsTwoSides
  case missingVariables(String)
  case needlessVariables(String)
  // Declarations
  case unknownType(String, nearest: String?)
  case unknownProperty(String, nearest: String?)
  case sizeCount(type: String, wanted: Int, found: Int)
  case notASize(String)
  case sizeNotPositive(String)
  case propertyOfFunction(String)
  case propertyNeedsSquare(String, Shape)
  case propertyNeedsArray(String)
  /// A remark next to a formula gives a property to a name that is declared without it.
  case propertyNotDeclared(String, String)
  case contradiction(String, String)
  case reservedName(String, isFunction: Bool)
  case declaredTwice(String)
  case dimensionDeclared(String)
  case declaredIsNoSize(String)
  // Names
  case unknownName(String, nearest: String?)
  case unknownFunction(String, nearest: String?)
  case functionWithoutArguments(String)
  case valueCalled(String, isArray: Bool)
  case usedBeforeItsLine(String, line: Int)
  case cyclic(String)
  case dependsOnFaulty(String)
  case dimensionAsVariable(String)
  case functionAsVariable(String)
  case variableTwice(String)
  /// `Xw`, where the question is about w.
  case runTogether(String)
  /// More variables after `wrt` than a question, or a side of a claim, allows.
  case tooManyVariables(most: Int, side: Bool)
  /// The name of a variable's differential already has a meaning.
  case differentialTaken(String, variable: String)
  case indexTaken(String)
  case indexWithoutRange(String)
  case sizeUnknown(String)
  case badSubscript(String)
  // Shapes
  case argumentCount(String, wanted: String, found: Int)
  case product(Operand, Operand)
  case sameShape(operation: String, Operand, Operand)
  case broadcast(operation: String, Operand, Operand)
  case divisionByArray(Operand, Operand)
  case powerBase(Operand, exponent: String)
  case powerExponent(Operand)
  /// `(X*w - y)^2` of undeclared names.
  case powerOfVector(String)
  /// `A^(1/2)` of an undeclared capital.
  case rootOfMatrix(String)
  /// `x - x'` of an undeclared name.
  case addedToTranspose(String)
  case transposeByName(String)
  /// `(1 + y)^T`, where T was to be a number.
  case numberTransposed(String)
  /// `sum(i = 1:n, y_i)` and `sum(c_t/(1 + r)^t)`.
  case indexedName(String, entry: String, index: String)
  /// `sum(x*log(x))`.
  case lowerMatrix(String)
  /// A vector added to a matrix by broadcasting, or a number.
  case numberBesideMatrix(String)
  /// `x[i]'*w` and `norm2(x[i] - c)`, where x[i] was to be a row of a matrix.
  case entryAsArray(String)
  /// `x^H`.
  case conjugateTranspose(String)
  case notSquare(what: String, Operand)
  case notScalar(what: String, Operand)
  case notVector(what: String, Operand)
  case rowDiagonal(Operand)
  case diagonalOfNumber(Int)
  case blockSizes(isRow: Bool, Operand, Operand)
  case needsTwoSubscripts(Operand)
  case outOfRange(index: String, size: String)
  case entryOfNumber(String)
  case indexAgainstSize(index: String, upper: String, size: String, Operand)
  case parameter(function: String, wanted: Shape, Operand)
  case noPrime(String)
  case noGradient(String, wanted: String)
  case sizeNotFixed(String)
  case equalSides(Operand, Operand)
  case noGradientShape(Operand, by: Operand, isUndeclared: Bool)
  case matrixNorm(Operand, order: String)
  case needsScalar(question: String, Operand)
  case barsOfMatrix(Operand)
  case normOfMatrix(Operand)
}

extension Problem {
  /// Two interpretations of undeclared names, shown by the names that differ; `nil` if there is only one.
  static func ambiguity(between assumed: [Declaration], and alternative: [Declaration]) -> Problem? {
    let pairs = assumed.compactMap { declaration in
      alternative.first { $0.name == declaration.name && $0.type != declaration.type }.map {
        (declaration, $0)
      }
    }
    return pairs.isEmpty ? nil : .ambiguous(pairs.map(\.0.description), pairs.map(\.1.description))
  }
}
