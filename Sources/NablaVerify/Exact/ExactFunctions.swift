import NablaCore
import NablaLanguage
import NablaNumerics

// Elementwise functions: a few by their laws, others by their bodies in the book, the rest as unknowns with the
// derivatives that the book gives.

extension ExactEvaluator {
  mutating func elementwise(_ name: String, _ arguments: [DualMatrix]) throws(ExactProblem) -> DualMatrix {
    if let known = try lawful(name, arguments) { return known }
    guard let function = functions[name], function.parameters.count == arguments.count else {
      throw .notApplicable("the function \(name) is not known")
    }
    if let body = function.body {
      return try nested(body, function.parameters, arguments)
    }
    return try unknown(function, arguments)
  }

  /// Functions made of signs, exponentials, logarithms and angles; `nil` for all others.
  private mutating func lawful(_ name: String, _ arguments: [DualMatrix]) throws(ExactProblem) -> DualMatrix?
  {
    guard let x = arguments.first else { return nil }
    if arguments.count == 2 {
      let y = arguments[1]
      try checkAlike(x, y)
      switch name {
      case "less": return try step(y - x)
      case "lessequal": return DualMatrix(1) - (try step(x - y))
      case "max": return halved(x + y + (try absolute(x - y)))
      case "min": return halved(x + y - (try absolute(x - y)))
      case "leakyrelu", "elu":
        let positive = try step(x)
        let below: DualMatrix
        if name == "elu" {
          below = try hadamard(y, try exponential(x) - DualMatrix(1))
        } else {
          below = try hadamard(y, x)
        }
        return try sum([try hadamard(positive, x), try hadamard(DualMatrix(1) - positive, below)])
      default: return nil
      }
    }
    guard arguments.count == 1 else { return nil }
    switch name {
    case "exp": return try exponential(x)
    case "expm1": return try exponential(x) - DualMatrix(1)
    case "log": return marked(try logarithmOfAbsolute(x), ofNegative: x)
    case "log1p":
      let argument = x + DualMatrix(1)
      return marked(try logarithmOfAbsolute(argument), ofNegative: argument)
    case "sign": return try sign(x)
    case "abs": return try absolute(x)
    case "step": return try step(x)
    case "relu": return try hadamard(x, try step(x))
    case "sin": return try angle(x).sine
    case "cos": return try angle(x).cosine
    case "tan":
      let (cosine, sine) = try angle(x)
      return try hadamard(sine, try reciprocal(cosine))
    case "sinh", "cosh", "tanh", "sech":
      let (up, down) = (try exponential(x), try exponential(-x))
      if name == "sinh" { return halved(up - down) }
      if name == "cosh" { return halved(up + down) }
      let over = try reciprocal(up + down)
      return name == "sech" ? over + over : try hadamard(up - down, over)
    default: return nil
    }
  }

  private func halved(_ x: DualMatrix) -> DualMatrix { x.scaled(by: TranscendentalSymbols.half) }

  private mutating func exponential(_ x: DualMatrix) throws(ExactProblem) -> DualMatrix {
    try spend(100 * x.count)
    let value = x.value.map { unknowns.exp($0) }
    return x.composed(value: value, slope: value, curvature: value)
  }

  private mutating func angle(_ x: DualMatrix) throws(ExactProblem) -> (cosine: DualMatrix, sine: DualMatrix)
  {
    try spend(100 * x.count)
    var (cosine, sine) = (x.value, x.value)
    for (index, entry) in x.value.storage.enumerated() {
      guard let both = unknowns.cosineAndSine(entry) else { throw .noValue }
      cosine.storage[index] = both.cosine
      sine.storage[index] = both.sine
    }
    return (
      x.composed(value: cosine, slope: -sine, curvature: -cosine),
      x.composed(value: sine, slope: cosine, curvature: -sine)
    )
  }

  /// Locally constant away from 0, and 0 at 0.
  mutating func sign(_ x: DualMatrix) throws(ExactProblem) -> DualMatrix {
    try spend(80 * x.count)
    return DualMatrix(x.value.map { unknowns.sign($0) })
  }

  /// 1 for positive entries, otherwise 0.
  private mutating func step(_ x: DualMatrix) throws(ExactProblem) -> DualMatrix {
    let signs = try sign(x).value
    return DualMatrix(signs.map { $0 == 1 ? 1 : 0 })
  }

  mutating func absolute(_ x: DualMatrix) throws(ExactProblem) -> DualMatrix {
    try hadamard(try sign(x), x)
  }

  // MARK: Functions of the book

  private mutating func nested(
    _ formula: Formula, _ parameters: [Formula], _ arguments: [DualMatrix]
  ) throws(ExactProblem) -> DualMatrix {
    guard depth < ExactLimits.depth else { throw .notApplicable("a function is defined in terms of itself") }
    depth += 1
    defer { depth -= 1 }
    var leaves: [Formula: DualMatrix] = [:]
    for (parameter, argument) in zip(parameters, arguments) { leaves[parameter] = argument }
    return try value(of: formula, at: leaves)
  }

  /// An unknown for each entry. First derivatives come from the book, second ones by differentiating those.
  private mutating func unknown(
    _ function: FunctionDefinition, _ arguments: [DualMatrix]
  ) throws(ExactProblem) -> DualMatrix {
    let widest = arguments.max { $0.count < $1.count } ?? DualMatrix(0)
    for argument in arguments { try checkAlike(widest, argument) }
    try spend(16 * widest.count)
    let isOdd = Self.oddFunctions.contains(function.name)
    var values = widest.value
    for index in 0..<values.count {
      let key = arguments.map { $0.value.storage[$0.count == 1 ? 0 : index] }
      values.storage[index] =
        isOdd && key.count == 1
        ? unknowns.odd(function.name, key[0]) : unknowns.value(function.name, key.map(\.residue))
    }
    var result = DualMatrix(values)
    let zeros = FieldMatrix(rows: values.rows, columns: values.columns)
    if arguments.allSatisfy(\.isConstant) { return result }
    // The slopes need first derivatives only if second derivatives are wanted.
    let isFirst = !arguments.contains { $0.second != nil || $0.mixed != nil }
    let reduced = arguments.map { DualMatrix($0.value, first: isFirst ? nil : $0.first) }
    for (argument, derivative) in zip(arguments, function.derivatives) where !argument.isConstant {
      guard !derivative.isInvalid else {
        throw .notApplicable("\(function.name) has no derivative with respect to one of its arguments")
      }
      let slope = try nested(derivative, function.parameters, reduced)
      try checkAlike(slope, argument)
      func part(_ slope: FieldMatrix?, _ change: FieldMatrix?) -> FieldMatrix? {
        guard let slope, let change else { return nil }
        return slope.hadamard(change) + zeros
      }
      result =
        result
        + DualMatrix(
          zeros, first: part(slope.value, argument.first), second: part(slope.value, argument.second),
          mixed: part(slope.value, argument.mixed))
        + DualMatrix(zeros, mixed: part(slope.first, argument.second))
    }
    return result
  }

  /// Unknowns that are odd functions.
  private static let oddFunctions: Set = ["asin", "atan", "erf"]

  /// A declared function: unknowns for its values and all its derivatives, with symmetric second derivatives.
  mutating func declared(
    _ function: DeclaredFunction, _ derivative: FunctionDerivative, _ x: DualMatrix, _ node: Formula
  ) throws(ExactProblem) -> DualMatrix {
    let (rows, columns) = try size(node.shape)
    let count = rows * columns
    /// The unknown derivative with respect to the arguments at these places.
    func unknown(_ output: Int, _ point: [UInt64], _ places: [Int]) -> PrimeField {
      let key = [UInt64(output), UInt64(places.count)] + places.sorted().map { UInt64($0) } + point
      return unknowns.value("@" + function.name, key)
    }
    let point = x.value.storage.map(\.residue)
    var result = DualMatrix(FieldMatrix(rows: rows, columns: columns))
    if x.first != nil { result.first = result.value }
    if x.second != nil { result.second = result.value }
    if x.mixed != nil || x.isOfSecondOrder { result.mixed = result.value }
    for entry in 0..<count {
      var (output, places, arguments) = (entry, [Int](), Array(0..<x.count))
      var point = point
      if function.isElementwise {
        guard x.count == count else { throw .sizes }
        (output, arguments, point) = (0, [0], [point[entry]])
      }
      func part(_ matrix: FieldMatrix, _ argument: Int) -> PrimeField {
        matrix.storage[function.isElementwise ? entry : argument]
      }
      switch derivative {
      case .value: break
      case .prime(let order):
        guard arguments.count == 1, order >= 0, order < 1000 else { throw .sizes }
        places = Array(repeating: 0, count: order)
      case .gradient:
        guard count == x.count else { throw .sizes }
        (output, places) = (0, [entry])
      case .jacobian:
        let outputs = count / max(x.count, 1)
        guard outputs * x.count == count, outputs > 0 else { throw .sizes }
        (output, places) = (entry % outputs, [entry / outputs])
      case .hessian:
        guard x.count * x.count == count else { throw .sizes }
        (output, places) = (0, [entry % x.count, entry / x.count])
      }
      try spend(8 * (1 + arguments.count * (x.isOfSecondOrder ? arguments.count : 1)))
      result.value.storage[entry] = unknown(output, point, places)
      if x.isConstant { continue }
      for i in arguments {
        let slope = unknown(output, point, places + [i])
        if let first = x.first { result.first?.storage[entry] += slope * part(first, i) }
        if let second = x.second { result.second?.storage[entry] += slope * part(second, i) }
        if let mixed = x.mixed { result.mixed?.storage[entry] += slope * part(mixed, i) }
        guard let first = x.first, let second = x.second else { continue }
        for k in arguments {
          let bend = unknown(output, point, places + [i, k])
          result.mixed?.storage[entry] += bend * part(first, i) * part(second, k)
        }
      }
    }
    return result
  }
}
