import NablaTypes

/// Shrinks an expression to a smaller one with the same violation.
struct FuzzShrinker {
  /// Number of smaller expressions tried.
  static let tries = 1_500

  /// The smallest expression found, with its violation.
  static func smallest(
    _ tree: FuzzTree, _ finding: FuzzFinding, _ check: (FuzzTree) -> FuzzFinding?
  ) -> (tree: FuzzTree, finding: FuzzFinding) {
    var (best, reason) = (tree, finding)
    var tried = 0
    var isNew = true
    while isNew {
      isNew = false
      for candidate in candidates(best) where tried < tries {
        tried += 1
        guard let found = check(candidate), found.kind == reason.kind else { continue }
        (best, reason) = (candidate, found)
        isNew = true
        break
      }
    }
    return (best, reason)
  }

  /// Smaller expressions, the smallest first.
  private static func candidates(_ tree: FuzzTree) -> [FuzzTree] {
    let all = tree.children + variants(tree)
    return all.filter { smaller($0, tree) }.sorted { $0.count < $1.count }
  }

  private static func smaller(_ a: FuzzTree, _ b: FuzzTree) -> Bool {
    (a.count, a.text.utf8.count) < (b.count, b.text.utf8.count)
  }

  /// The expression with one node replaced by a simpler one of its shape.
  private static func variants(_ tree: FuzzTree) -> [FuzzTree] {
    var result = [FuzzVocabulary.plain(tree.shape)] + descendants(of: tree, shape: tree.shape)
    if tree.shape.isScalar { result.append(FuzzTree(.leaf("2"), [], .scalar)) }
    for (index, child) in tree.children.enumerated() {
      for variant in variants(child) {
        var children = tree.children
        children[index] = variant
        result.append(FuzzTree(tree.form, children, tree.shape))
      }
    }
    return result.filter { smaller($0, tree) }
  }

  private static func descendants(of tree: FuzzTree, shape: Shape) -> [FuzzTree] {
    tree.children.flatMap { child in
      (child.shape == shape ? [child] : []) + descendants(of: child, shape: shape)
    }
  }
}
