import NablaLanguage
import NablaNumerics
import NablaTypes

/// A random expression as a user would type it; it can be written, rearranged and shrunk before it is read.
struct FuzzTree: Sendable {
  enum Form: Sendable {
    /// A number, a size, a constant array.
    case leaf(String)
    /// A declared name.
    case name(Declaration)
    case call(String)
    /// A declared function, or a derivative of it: `phi'`, `grad(f)`.
    case declared(String, Declaration)
    case infix(String)
    case prefix(String)
    /// A suffix of the operand: `'`, `.^2`, `[1:n]`.
    case suffix(String)
    case blocks(columns: Int)
    /// `sum(i = 1:n, e)`, with an index that may occur in e.
    case indexSum(String)
  }

  let form: Form
  let children: [FuzzTree]
  let shape: Shape

  init(_ form: Form, _ children: [FuzzTree] = [], _ shape: Shape) {
    self.form = form
    self.children = children
    self.shape = shape
  }

  /// The text with all brackets.
  var text: String {
    let parts = children.map(\.text)
    switch form {
    case .leaf(let text): return text
    case .name(let declaration): return declaration.name
    case .call(let name), .declared(let name, _): return "\(name)(\(parts.joined(separator: ", ")))"
    // A transpose after an exponent would apply to the whole power.
    case .infix(".^"): return "(\(parts[0]) .^ (\(parts[1])))"
    case .infix(let symbol): return "(\(parts.joined(separator: " \(symbol) ")))"
    case .prefix(let symbol): return "(\(symbol)\(parts.joined()))"
    // Powers associate to the right, so a power of a power needs brackets.
    case .suffix(let symbol) where symbol.contains("^"): return "((\(parts.joined()))\(symbol))"
    case .suffix(let symbol):
      if case .name = children.first?.form { return parts.joined() + symbol }
      return "(\(parts.joined()))\(symbol)"
    case .blocks(let columns):
      let rows = stride(from: 0, to: parts.count, by: max(columns, 1)).map {
        parts[$0..<min($0 + columns, parts.count)].joined(separator: ", ")
      }
      return "[\(rows.joined(separator: "; "))]"
    case .indexSum(let range): return "sum(\(range), \(parts.joined()))"
    }
  }

  /// The number of nodes.
  var count: Int { children.reduce(1) { $0 + $1.count } }

  /// The declarations that it needs, sorted by name.
  var declarations: [Declaration] {
    var found: [String: Declaration] = [:]
    collect(&found)
    return found.keys.sorted().compactMap { found[$0] }
  }

  private func collect(_ found: inout [String: Declaration]) {
    switch form {
    case .name(let declaration), .declared(_, let declaration): found[declaration.name] = declaration
    case .leaf, .call, .infix, .prefix, .suffix, .blocks, .indexSum: break
    }
    for child in children { child.collect(&found) }
  }

  /// The names of variables in it, in the order of the declarations.
  var variables: [Declaration] {
    declarations.filter { if case .value = $0.type { true } else { false } }
  }

  /// A formula file that simplifies it.
  var file: String { file(["simplify \(text)"]) }

  /// A formula file that asks these questions about it.
  func file(_ questions: [String]) -> String {
    (declarations.map(\.description) + questions).joined(separator: "\n") + "\n"
  }

  /// The same value written in another order: commuting operands are swapped, sums and products are bracketed
  /// differently.
  func rearranged(_ random: inout SplitMix64) -> FuzzTree {
    let parts = children.map { $0.rearranged(&random) }
    let plain = FuzzTree(form, parts, shape)
    guard parts.count == 2 else { return plain }
    let swapped = FuzzTree(form, [parts[1], parts[0]], shape)
    switch form {
    case .infix(let symbol):
      let hasScalar = parts.contains { $0.shape.isScalar }
      switch symbol {
      case "+", ".*": break
      case "*" where hasScalar: break
      case "-":
        if random.coin() { return plain }
        return FuzzTree(.infix("+"), [FuzzTree(.prefix("-"), [parts[1]], parts[1].shape), parts[0]], shape)
      default: return plain
      }
      // (a + b) + c becomes a + (b + c), unless a scalar would then widen something else.
      if random.coin(), case .infix(symbol) = parts[0].form, parts[0].children.count == 2,
        ([parts[1]] + parts[0].children).allSatisfy({ $0.shape == shape })
      {
        let inner = FuzzTree(.infix(symbol), [parts[0].children[1], parts[1]], shape)
        return FuzzTree(form, [parts[0].children[0], inner], shape)
      }
      return random.coin() ? swapped : plain
    case .call("dot"), .call("max"), .call("min"): return random.coin() ? swapped : plain
    case .leaf, .name, .call, .declared, .prefix, .suffix, .blocks, .indexSum: return plain
    }
  }
}
