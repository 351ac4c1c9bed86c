import NablaCore
import NablaTypes

/// Chooses letters for the indices of components.
/// Free indices are `i` and `j`, and those of sums continue from there. Sums that are not nested may share a letter. If
/// the free indices only count columns, as in `sum(i = 1:N, r_i*X_ik)`, the sums take `i` and `j`, and the free indices
/// `k` and `l`. Letters already in use are skipped.
struct IndexNaming {
  private static let letters = "ijklmpqrstuvabcgh".map(String.init)
  private let taken: Set<String>

  /// `used` are the names of variables, sizes and functions.
  init(used: Set<String>) {
    // With a variable s_i, the entry i of s would look the same.
    let lowered = used.flatMap { $0.split(separator: "_").dropFirst().joined().map(String.init) }
    taken = used.union(lowered)
  }

  /// Whether free indices count columns, and no rows, next to a sum.
  static func countsColumns(_ body: Formula, _ free: [IndexRange]) -> Bool {
    let names = Set(free.map(\.name))
    var (hasSum, hasColumn) = (false, false)
    for node in body.nodesChildrenFirst {
      if case .apply(.indexSum, _) = node.kind { hasSum = true }
      guard case .apply(.slice(let rows, let columns), let arguments) = node.kind, node.isEntry,
        arguments[0].shape.isMatrix, !arguments[0].isIdentity
      else { continue }
      if !names.isDisjoint(with: rows.first.names) { return false }
      if !names.isDisjoint(with: columns.first.names) { hasColumn = true }
    }
    return hasSum && (hasColumn || free.isEmpty) && free.count <= 2
  }

  /// A name for each free index and each index of a sum.
  func names(
    _ body: Formula, _ free: [IndexRange], wishes: [String: String], columnsOnly: Bool
  ) -> [String: String] {
    let (bound, conflicts) = scopes(body)
    var names: [String: String] = [:]
    // Names chosen by the user are kept.
    for index in bound {
      guard let wish = wishes[index], !taken.contains(wish), wish.first?.isLetter == true else { continue }
      if !(conflicts[index] ?? []).contains(where: { names[$0] == wish }) { names[index] = wish }
    }
    let chosen = Set(names.values)
    var used = taken.union(chosen)
    let letters = columnsOnly ? Array(Self.letters.dropFirst(2)) : Self.letters
    for range in free {
      let name = first(letters, without: used)
      names[range.name] = name
      used.insert(name)
    }
    let outer = taken.union(free.compactMap { names[$0.name] })
    for index in bound where names[index] == nil {
      let near = (conflicts[index] ?? []).compactMap { names[$0] }
      names[index] = first(Self.letters, without: outer.union(near))
    }
    return names
  }

  private func first(_ letters: [String], without used: Set<String>) -> String {
    if let letter = letters.first(where: { !used.contains($0) }) { return letter }
    var number = 1
    while used.contains("i\(number)") { number += 1 }
    return "i\(number)"
  }

  /// The indices of sums, outer ones first, with the indices around or inside each sum.
  private func scopes(_ body: Formula) -> (bound: [String], conflicts: [String: Set<String>]) {
    var bound: [String] = []
    var conflicts: [String: Set<String>] = [:]
    var scope: [Formula: Set<String>] = [:]
    for node in body.nodesChildrenFirst.reversed() {
      var inside = scope[node] ?? []
      if case .apply(.indexSum(let index, _, _), _) = node.kind {
        if conflicts[index] == nil {
          bound.append(index)
          conflicts[index] = []
        }
        for other in inside where other != index {
          conflicts[index, default: []].insert(other)
          conflicts[other, default: []].insert(index)
        }
        inside.insert(index)
      }
      for child in node.children { scope[child, default: []].formUnion(inside) }
    }
    return (bound, conflicts)
  }
}

extension Formula {
  /// The names of variables, sizes and functions in the formula.
  package var namesInUse: Set<String> {
    var names: Set<String> = []
    for node in nodesChildrenFirst {
      names.formUnion(node.shape.rows.names)
      names.formUnion(node.shape.columns.names)
      switch node.kind {
      case .variable(let variable): if variable.role != .index { names.insert(variable.name) }
      case .dimension(let name): names.insert(name)
      case .differential(let inner): names.formUnion(inner.namesInUse)
      case .apply(.function(let function, _), _): names.insert(function.name)
      case .apply(.slice(let rows, let columns), _):
        for place in [rows.first, rows.last, columns.first, columns.last] { names.formUnion(place.names) }
      case .apply(.indexSum(_, let first, let last), _): names.formUnion(first.names + last.names)
      case .number, .constant, .zeros, .ones, .identity, .sum, .times, .product, .power, .inverse, .transpose,
        .apply:
        break
      }
    }
    // The indices of sums may be renamed.
    for node in nodesChildrenFirst {
      if case .apply(.indexSum(let name, _, _), _) = node.kind { names.remove(name) }
    }
    return names
  }
}
