import NablaTypes

/// Trees in the text notation.
extension SyntaxTree {
  private enum Level: Int, Comparable {
    case sum, product, sign, postfix, atom
    static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  /// The tree in the text notation; the shapes that `shape` finds decide the meaning of bars.
  package func plainText(shape: (SyntaxTree) -> Shape?) -> String { written(shape).text }

  private func written(_ shape: (SyntaxTree) -> Shape?) -> (text: String, level: Level) {
    func part(_ tree: SyntaxTree, _ least: Level) -> String {
      let (text, level) = tree.written(shape)
      return level < least ? "(\(text))" : text
    }
    func list(_ trees: [SyntaxTree]) -> String { trees.map { part($0, .sum) }.joined(separator: ", ") }
    switch kind {
    case .number(let value):
      let text = value.description
      return (text, text.contains("/") ? .product : .atom)
    case .name(let name): return (name, .atom)
    case .negate(let a): return ("-" + part(a, .sign), .sign)
    case .binary(let operation, let a, let b):
      switch operation {
      case .add: return (part(a, .sum) + " + " + part(b, .product), .sum)
      case .subtract: return (part(a, .sum) + " - " + part(b, .product), .sum)
      case .multiply: return (part(a, .product) + "*" + part(b, .postfix), .product)
      case .centeredDot: return (part(a, .product) + "·" + part(b, .postfix), .product)
      case .divide: return (part(a, .product) + "/" + part(b, .postfix), .product)
      case .elementwiseMultiply: return (part(a, .postfix) + " .* " + part(b, .postfix), .product)
      case .elementwiseDivide: return (part(a, .postfix) + " ./ " + part(b, .postfix), .product)
      case .kronecker: return ("kron(" + list([a, b]) + ")", .atom)
      case .power: return (part(a, .atom) + "^" + part(b, .atom), .postfix)
      case .elementwisePower: return (part(a, .atom) + ".^" + part(b, .atom), .postfix)
      case .compare(let comparison):
        return ("(\(part(a, .sum)) \(comparison.rawValue) \(part(b, .sum)))", .atom)
      }
    case .transpose(let a): return (part(a, .atom) + "'", .postfix)
    case .inverseTranspose(let a): return ("inv(" + part(a, .sum) + ")'", .postfix)
    case .norm(let a): return ("norm2(" + part(a, .sum) + ")", .atom)
    case .call(let name, _, let isGreek, let arguments):
      if name == Signature.openZeros { return ("vector(0)", .atom) }
      if let bars = Bars(rawValue: name), let inner = arguments.first {
        return (bars.written(part(inner, .sum), isMatrix: shape(inner).map(\.isMatrix)), .atom)
      }
      return ((isGreek && name == "sigma" ? "sigmoid" : name) + "(" + list(arguments) + ")", .atom)
    case .derivative(let derivative, let name, _, let arguments):
      let head =
        switch derivative {
        case .value: name
        case .prime(let order): name + String(repeating: "'", count: order)
        case .gradient: "grad(\(name))"
        case .jacobian: "jac(\(name))"
        case .hessian: "hess(\(name))"
        }
      return (head + "(" + list(arguments) + ")", .atom)
    case .blocks(let rows): return ("[" + rows.map(list).joined(separator: "; ") + "]", .atom)
    case .entry(let array, let subscripts):
      let places = subscripts.map { part -> String in
        switch part {
        case .index(let tree): tree.written(shape).text
        case .range(let a, let b): a.written(shape).text + ":" + b.written(shape).text
        case .all: ":"
        }
      }
      return (part(array, .atom) + "[" + places.joined(separator: ", ") + "]", .atom)
    case .sum(let index, _, let lower, let upper, let body):
      return ("sum(\(index) = \(part(lower, .sum)):\(part(upper, .sum)), \(part(body, .sum)))", .atom)
    }
  }
}

extension Bars {
  /// The function that bars denote at a shape; bars again if the shape is unknown.
  fileprivate func written(_ inner: String, isMatrix: Bool?) -> String {
    switch self {
    case .absolute: isMatrix.map { ($0 ? "det" : "abs") + "(\(inner))" } ?? "|(\(inner))|"
    case .logAbsolute: isMatrix.map { ($0 ? "logdet(\(inner))" : "log(abs(\(inner)))") } ?? "log|(\(inner))|"
    case .euclidean: isMatrix.map { ($0 ? "specnorm" : "norm2") + "(\(inner))" } ?? "||\(inner)||_2"
    case .sum: "norm1(\(inner))"
    case .largest: "norminf(\(inner))"
    }
  }
}
