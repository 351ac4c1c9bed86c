extension InferenceEngine {
  /// An undeclared name such as `Xw` in an expression that is differentiated with respect to w, where it is
  /// a vector or a scalar, as the product would be.
  ///
  /// A matrix of such a name, as in `Wx*x`, precedes a factor.
  func runTogether(
    with variable: String, in tree: SyntaxTree, isFollowed: Bool = false
  ) -> (name: String, range: SourceRange)? {
    if let name = tree.name {
      guard name.isRunTogether(with: variable), let place = state.undeclaredIndex[name],
        !isFollowed || kind(of: state.undeclared[place].shape) != .matrix
      else { return nil }
      return (name, tree.range)
    }
    if case .binary(let operation, let a, let b) = tree.kind,
      operation == .multiply || operation == .centeredDot
    {
      return runTogether(with: variable, in: a, isFollowed: true)
        ?? runTogether(with: variable, in: b, isFollowed: isFollowed)
    }
    var found: (name: String, range: SourceRange)?
    tree.forEachChild { if found == nil { found = runTogether(with: variable, in: $0) } }
    return found
  }
}

extension String {
  /// Whether it is a capital followed by a variable, with no sign between them.
  func isRunTogether(with variable: String) -> Bool {
    utf8.count == 2 && variable.utf8.count == 1 && hasSuffix(variable) && Letters.isCapital(self)
  }
}
