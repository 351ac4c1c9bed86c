import NablaTypes

/// The meanings of names, as far as reading LaTeX depends on them.
/// In LaTeX, different names may look alike (`W1` and `W_1` are both `W_1`), an entry looks like a name with an index,
/// and a product like a call. The declarations decide.
package struct LaTeXNames: Sendable {
  /// A name whose entries are defined by a formula: `p_i = \sigma(w^\top x_i)`.
  struct Family: Sendable {
    let indices: [String]
    let body: SyntaxTree
  }

  private(set) var shapes: [String: Shape] = [:]
  private(set) var values: Set<String> = []
  private(set) var functions: Set<String> = []
  private(set) var sizes: Set<String> = []
  /// The arguments in the definition of a function, `J(w) = ...`; none for `J = ...`.
  private(set) var parameters: [String: [String]] = [:]
  /// The names that a definition contains.
  private var made: [String: [String]] = [:]
  private(set) var families: [String: Family] = [:]
  /// Indices for all of whose values a formula holds.
  var freeIndices: Set<String> = []
  /// Undeclared names with an index for each of which there is a vector: the x of `w^\top x_i`.
  var samples: Set<String> = []
  /// Undeclared names that have an index that moves somewhere: the z of `\sum_j e^{z_j}`.
  var indexed: Set<String> = []
  private var spelled: [String: [String]] = [:]

  package init() {}

  /// The names of an environment.
  package init(_ environment: Environment) {
    for declaration in environment.declarations.values { add(declaration) }
    for (name, value) in environment.definitions { add(value: name, shape: value.shape) }
    for name in environment.dimensions { add(size: name) }
  }

  package mutating func add(_ declaration: Declaration) {
    switch declaration.type {
    case .value(let shape): add(value: declaration.name, shape: shape)
    case .function:
      functions.insert(declaration.name)
      note(declaration.name)
    }
    for size in declaration.type.dimensionNames { add(size: size) }
  }

  /// Adds a variable or definition, with its shape if known.
  package mutating func add(value name: String, shape: Shape? = nil) {
    values.insert(name)
    if let shape { shapes[name] = shape }
    note(name)
  }

  /// Adds a definition, with the names it contains and the arguments it is written with.
  mutating func add(definition name: String, of names: [String], parameters: [String], shape: Shape? = nil) {
    add(value: name, shape: shape)
    if shape == nil { shapes[name] = nil }
    self.parameters[name] = parameters
    made[name] = names
  }

  /// Whether a definition may be written as a function of names: its arguments, or the names it depends on.
  func isFunction(_ name: String, of arguments: [String]) -> Bool {
    guard let parameters = parameters[name] else { return false }
    if !parameters.isEmpty { return arguments == parameters }
    let reached = reached(from: name)
    return arguments.allSatisfy(reached.contains)
  }

  /// The names that a definition depends on, directly or indirectly.
  private func reached(from name: String) -> Set<String> {
    var result: Set<String> = []
    var open = made[name] ?? []
    while let next = open.popLast() {
      if result.insert(next).inserted { open += made[next] ?? [] }
    }
    return result
  }

  mutating func forgetShape(of name: String) { shapes[name] = nil }

  package mutating func add(size name: String) {
    sizes.insert(name)
    note(name)
  }

  mutating func add(family name: String, _ family: Family) { families[name] = family }

  private mutating func note(_ name: String) {
    let key = Self.key(name)
    if spelled[key]?.contains(name) != true { spelled[key, default: []].append(name) }
  }

  /// The known names that look like this one in LaTeX, sorted.
  func known(like name: String) -> [String] { (spelled[Self.key(name)] ?? []).sorted() }

  /// Whether nothing is known of a name but that it is asked for.
  func isOpen(_ name: String) -> Bool {
    known(like: name).allSatisfy { shapes[$0] == nil && !functions.contains($0) && !sizes.contains($0) }
  }

  func isArray(_ name: String) -> Bool { shapes[name].map { !$0.isScalar } ?? false }
  func isMatrix(_ name: String) -> Bool { shapes[name]?.isMatrix ?? false }

  /// A name without the parts that LaTeX does not show.
  private static func key(_ name: String) -> String { name.filter { $0 != "_" } }
}
