import NablaCore
import NablaLanguage
import NablaNumerics
import NablaTypes

/// Random typed expressions over the whole catalogue: every function available to users, according to its signature,
/// and every construct of the language.
struct FuzzGenerator {
  var random: SplitMix64
  let functions: [(name: String, signature: Signature)]
  /// The index sums around the current position.
  var indices: [(name: String, size: Dimension)] = []

  init(seed: UInt64, book: RuleBook) {
    random = SplitMix64(seed: seed)
    functions = Self.catalogue(book)
  }

  init(random: SplitMix64, functions: [(name: String, signature: Signature)]) {
    self.random = random
    self.functions = functions
  }

  /// Every function available to users, sorted by name.
  static func catalogue(_ book: RuleBook) -> [(name: String, signature: Signature)] {
    let all = Signature.builtins.merging(book.userSignatures) { builtin, _ in builtin }
    return all.keys.sorted().compactMap { name in all[name].map { (name, $0) } }
  }

  mutating func chance(_ one: Int, in all: Int) -> Bool { random.integer(in: 1...all) <= one }

  mutating func size() -> Dimension { FuzzVocabulary.sizes.randomElement(using: &random) ?? "n" }

  /// A size that is certainly greater than 1.
  mutating func several() -> Dimension {
    FuzzVocabulary.sizes.filter { $0 != 1 }.randomElement(using: &random) ?? "n"
  }

  mutating func shape() -> Shape {
    switch random.integer(in: 0...5) {
    case 0, 1: .scalar
    case 2: .vector(size())
    case 3: .row(size())
    case 4: square()
    default: Shape(size(), size())
    }
  }

  mutating func square() -> Shape {
    let size = size()
    return Shape(size, size)
  }

  /// An expression of any shape.
  mutating func next() -> FuzzTree { open(random.integer(in: 1...5)) }

  /// An expression of any shape, including sizes that stacking produces.
  mutating func open(_ depth: Int) -> FuzzTree {
    guard depth > 0, chance(1, in: 3) else { return tree(shape(), depth) }
    switch random.integer(in: 0...4) {
    case 0: return call("vec", [tree(shape(), depth - 1)]) { .vector($0[0].rows * $0[0].columns) }
    case 1:
      let name = chance(1, in: 2)
      let parts = [tree(shape(), depth - 1), tree(shape(), depth - 1)]
      let whole = Shape(
        parts[0].shape.rows * parts[1].shape.rows, parts[0].shape.columns * parts[1].shape.columns)
      return FuzzTree(name ? .call("kron") : .infix("⊗"), parts, whole)
    case 2:
      let (m, n) = (size(), size())
      let inner = call("vec", [tree(Shape(m, n), depth - 1)]) { .vector($0[0].rows * $0[0].columns) }
      let swap = FuzzTree(.leaf("commutation(\(m), \(n))"), [], Shape(m * n, m * n))
      return FuzzTree(.infix("*"), [swap, inner], .vector(m * n))
    default: return blocks(depth)
    }
  }

  private func call(_ name: String, _ parts: [FuzzTree], _ shape: ([Shape]) -> Shape) -> FuzzTree {
    FuzzTree(.call(name), parts, shape(parts.map(\.shape)))
  }

  /// Blocks side by side, stacked, or both.
  mutating func blocks(_ depth: Int) -> FuzzTree {
    let (heights, widths) = ([size(), size()], [size(), size()])
    switch random.integer(in: 0...2) {
    case 0:
      let parts = widths.map { tree(Shape(heights[0], $0), depth - 1) }
      return FuzzTree(.blocks(columns: 2), parts, Shape(heights[0], widths[0] + widths[1]))
    case 1:
      let parts = heights.map { tree(Shape($0, widths[0]), depth - 1) }
      return FuzzTree(.blocks(columns: 1), parts, Shape(heights[0] + heights[1], widths[0]))
    default:
      let parts = heights.flatMap { height in widths.map { Shape(height, $0) } }.map { tree($0, depth - 1) }
      return FuzzTree(.blocks(columns: 2), parts, Shape(heights[0] + heights[1], widths[0] + widths[1]))
    }
  }

  /// An expression of this shape.
  mutating func tree(_ shape: Shape, _ depth: Int) -> FuzzTree {
    if depth <= 0 || chance(1, in: 12) { return leaf(shape) }
    switch random.integer(in: 0...26) {
    case 0...2: return binary("+", shape, depth)
    case 3, 4: return binary("-", shape, depth)
    case 5: return FuzzTree(.prefix("-"), [tree(shape, depth - 1)], shape)
    case 6: return binary(".*", shape, depth)
    case 7: return binary("./", shape, depth)
    case 8: return FuzzTree(.infix("*"), [tree(.scalar, depth - 1), tree(shape, depth - 1)], shape)
    case 9: return FuzzTree(.infix("/"), [tree(shape, depth - 1), tree(.scalar, depth - 1)], shape)
    case 10: return power(shape, depth)
    case 11: return binary(["<", "<=", ">", ">="].randomElement(using: &random) ?? "<", shape, depth)
    case 12: return FuzzTree(.suffix("'"), [tree(shape.transposed, depth - 1)], shape)
    case 13...15: return product(shape, depth)
    case 16, 24: return sliced(shape, depth)
    case 17: return summed(shape, depth)
    case 18: return declared(shape, depth)
    case 25: return pointed(shape, depth)
    default: return applied(shape, depth)
    }
  }

  /// An elementwise operator; one side may be a scalar.
  private mutating func binary(_ symbol: String, _ shape: Shape, _ depth: Int) -> FuzzTree {
    var parts = [tree(shape, depth - 1), tree(shape, depth - 1)]
    // A quotient by an array needs a dotted scalar too: `1 ./ x`.
    if !shape.isScalar, chance(1, in: 5) { parts[random.integer(in: 0...1)] = tree(.scalar, depth - 1) }
    return FuzzTree(.infix(symbol), parts, shape)
  }

  private mutating func power(_ shape: Shape, _ depth: Int) -> FuzzTree {
    let base = tree(shape, depth - 1)
    if shape.isMatrix, shape.isSquare, chance(1, in: 2) {
      return FuzzTree(
        .suffix(["^2", "^3", "^-1", "^-2", "^0", "^-T"].randomElement(using: &random) ?? "^2"), [base], shape)
    }
    if chance(1, in: 4) { return FuzzTree(.infix(".^"), [base, tree(.scalar, depth - 2)], shape) }
    let exponents = ["2", "3", "-1", "-2", "0", "1", "(1/2)", "(-1/2)", "(3/2)", "(1/3)", "1.5"]
    return FuzzTree(.suffix(".^" + (exponents.randomElement(using: &random) ?? "2")), [base], shape)
  }

  private mutating func product(_ shape: Shape, _ depth: Int) -> FuzzTree {
    let inner = size()
    return FuzzTree(
      .infix("*"), [tree(Shape(shape.rows, inner), depth - 1), tree(Shape(inner, shape.columns), depth - 1)],
      shape)
  }

  /// A slice of a larger array.
  private mutating func sliced(_ shape: Shape, _ depth: Int) -> FuzzTree {
    if shape.isScalar {
      let (rows, columns) = (several(), several())
      let places = [place(in: rows), place(in: columns)]
      if chance(1, in: 2) {
        return FuzzTree(.suffix("[\(places[0])]"), [tree(.vector(rows), depth - 1)], shape)
      }
      return FuzzTree(
        .suffix("[\(places[0]), \(places[1])]"), [tree(Shape(rows, columns), depth - 1)], shape)
    }
    let (extra, isBefore) = (several(), chance(1, in: 2))
    func range(_ size: Dimension) -> String { isBefore ? "\(extra + 1):\(extra + size)" : "1:\(size)" }
    if shape.isVector {
      let whole = tree(.vector(shape.rows + extra), depth - 1)
      return FuzzTree(.suffix("[\(range(shape.rows))]"), [whole], shape)
    }
    if shape.isRow {
      let whole = tree(Shape(extra, shape.columns), depth - 1)
      return FuzzTree(.suffix("[\(place(in: extra)), :]"), [whole], shape)
    }
    let whole = tree(Shape(shape.rows, shape.columns + extra), depth - 1)
    return FuzzTree(.suffix("[:, \(range(shape.columns))]"), [whole], shape)
  }

  /// A position along an axis: the first, the last, or an index in scope that runs over it.
  private mutating func place(in size: Dimension) -> String {
    let open = indices.filter { $0.size == size }
    if let index = open.randomElement(using: &random), chance(3, in: 4) { return index.name }
    return chance(1, in: 2) ? "1" : "\(size)"
  }

  private mutating func summed(_ shape: Shape, _ depth: Int) -> FuzzTree {
    guard let name = ["i", "j"].first(where: { name in !indices.contains { $0.name == name } }) else {
      return leaf(shape)
    }
    let size = several()
    indices.append((name, size))
    defer { indices.removeLast() }
    return FuzzTree(.indexSum("\(name) = 1:\(size)"), [tree(shape, depth - 1)], shape)
  }

  /// A function without a body, or a derivative of one.
  private mutating func declared(_ shape: Shape, _ depth: Int) -> FuzzTree {
    let size = several()
    func made(_ name: (String) -> String, _ function: Declaration, _ argument: FuzzTree) -> FuzzTree {
      FuzzTree(.declared(name(function.name), function), [argument], shape)
    }
    if shape.isVector, chance(1, in: 3) {
      let function = FuzzVocabulary.function(.vector(shape.rows), .scalar, false)
      return made({ "grad(\($0))" }, function, tree(.vector(shape.rows), depth - 1))
    }
    if shape.isMatrix, shape.isSquare, chance(1, in: 3) {
      let function = FuzzVocabulary.function(.vector(shape.rows), .scalar, false)
      return made({ "hess(\($0))" }, function, tree(.vector(shape.rows), depth - 1))
    }
    if shape.isMatrix, chance(1, in: 3) {
      let function = FuzzVocabulary.function(.vector(shape.columns), .vector(shape.rows), false)
      return made({ "jac(\($0))" }, function, tree(.vector(shape.columns), depth - 1))
    }
    if chance(1, in: 2) {
      let primes = ["", "'", "''"].randomElement(using: &random) ?? ""
      return made({ $0 + primes }, FuzzVocabulary.function(.scalar, .scalar, true), tree(shape, depth - 1))
    }
    if shape.isScalar || shape.isVector {
      return made(
        { $0 }, FuzzVocabulary.function(.vector(size), shape, false), tree(.vector(size), depth - 1))
    }
    let primes = chance(1, in: 2) ? "'" : ""
    return made({ $0 + primes }, FuzzVocabulary.function(.scalar, shape, false), tree(.scalar, depth - 1))
  }

  mutating func leaf(_ shape: Shape) -> FuzzTree {
    if let index = indices.randomElement(using: &random), chance(1, in: 4) {
      if shape.isScalar { return FuzzTree(.leaf(index.name), [], shape) }
      if shape.isRow {
        let whole = FuzzVocabulary.variable(Shape(index.size, shape.columns), &random)
        return FuzzTree(.suffix("[\(index.name), :]"), [whole], shape)
      }
      if shape.isVector {
        let whole = FuzzVocabulary.variable(Shape(shape.rows, index.size), &random)
        return FuzzTree(.suffix("[:, \(index.name)]"), [whole], shape)
      }
    }
    if shape.isScalar, chance(1, in: 2) {
      let texts = ["0", "1", "2", "3", "0.5", "10", "pi", "e", "n", "m", "(-1)", "(2/3)"]
      return FuzzTree(.leaf(texts.randomElement(using: &random) ?? "1"), [], shape)
    }
    if chance(1, in: 6), !shape.isScalar {
      if shape.isSquare, chance(1, in: 2) { return FuzzTree(.leaf("eye(\(shape.rows))"), [], shape) }
      let name = chance(1, in: 3) ? "zeros" : "ones"
      return FuzzTree(.leaf("\(name)(\(shape.rows), \(shape.columns))"), [], shape)
    }
    return FuzzVocabulary.variable(shape, &random)
  }
}
