/// How the undeclared names of a formula that have an index are used.
///
/// In `\sum_i (y_i - w^\top x_i)^2` the x_i are vectors, since one follows a transposed vector, while the y_i
/// are numbers. In `e^{z_k} / \sum_j e^{z_j}` z_k is an entry of z too.
struct LaTeXIndexUses {
  /// Names of which there is a vector for each index.
  private(set) var samples: Set<String> = []
  /// Names with an index that moves.
  private(set) var indexed: Set<String> = []
  private let isUndeclared: (String) -> Bool

  /// Letters that are usual for an index.
  static let letters: Set<String> = ["i", "j", "k", "l", "m", "n", "p", "q", "r", "s", "t"]

  init(_ trees: [SyntaxTree], isUndeclared: @escaping (String) -> Bool) {
    self.isUndeclared = isUndeclared
    for tree in trees { walk(tree) }
  }

  private mutating func walk(_ tree: SyntaxTree) {
    switch tree.kind {
    case .transpose(let a): noteVectors(in: a)
    case .binary(.multiply, _, _), .binary(.centeredDot, _, _):
      var factors: [SyntaxTree] = []
      Self.collectFactors(tree, into: &factors)
      // A number has no place behind a row, nor between a vector and its transpose.
      for (a, b) in zip(factors, factors.dropFirst()) {
        if case .transpose = a.kind { note(b) }
        if case .transpose(let row) = b.kind, let name = row.entryName, name == a.entryName { note(a) }
      }
      if case .binary(.centeredDot, let a, let b) = tree.kind, let name = a.name, NameHabit(name) == .vector {
        // `w \cdot x_i` is an inner product.
        note(b)
      }
    case .call(let name, _, _, let arguments):
      if Self.functionsOfVectors.contains(name) { for argument in arguments { noteVectors(in: argument) } }
    case .entry(let array, let places):
      if let name = array.name, isUndeclared(name), case .index(let place) = places[0], place.name != nil {
        if places.count == 1 { indexed.insert(name) }
        // A bold x_i has become a row of X.
        if places.count == 2, case .all = places[1] {
          indexed.insert(name.prefix(1).lowercased() + name.dropFirst())
        }
      }
    case .number, .name, .negate, .binary, .inverseTranspose, .derivative, .norm, .blocks, .sum: break
    }
    tree.forEachChild { walk($0) }
  }

  private static let functionsOfVectors: Set<String> = [
    "norm2", "norm1", "norminf", "dot", "softmax", "logsumexp", Bars.euclidean.rawValue, Bars.sum.rawValue,
    Bars.largest.rawValue,
  ]

  /// Notes the terms of a vector that are entries of names.
  private mutating func noteVectors(in tree: SyntaxTree) {
    switch tree.kind {
    case .binary(.add, let a, let b), .binary(.subtract, let a, let b):
      noteVectors(in: a)
      noteVectors(in: b)
    case .negate(let a): noteVectors(in: a)
    case .binary(.multiply, _, let b): noteVectors(in: b)
    case .binary(.divide, let a, _): noteVectors(in: a)
    case .entry: note(tree)
    case .number, .name, .binary, .transpose, .inverseTranspose, .call, .derivative, .norm, .blocks, .sum:
      break
    }
  }

  private mutating func note(_ tree: SyntaxTree) {
    if case .entry(let array, let places) = tree.kind, places.count == 1, case .index = places[0],
      let name = array.name, isUndeclared(name), !Letters.isCapital(name)
    {
      samples.insert(name)
    }
  }

  private static func collectFactors(_ tree: SyntaxTree, into factors: inout [SyntaxTree]) {
    switch tree.kind {
    case .binary(.multiply, let a, let b), .binary(.centeredDot, let a, let b):
      collectFactors(a, into: &factors)
      collectFactors(b, into: &factors)
    case .negate(let a): collectFactors(a, into: &factors)
    case .number, .name, .binary, .transpose, .inverseTranspose, .call, .derivative, .norm, .blocks, .entry,
      .sum:
      factors.append(tree)
    }
  }
}
