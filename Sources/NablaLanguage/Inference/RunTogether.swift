extension InferenceEngine {
  /// An undeclared name such as `Xw` in an expression differentiated with respect to w, where it would be a vector or a
  /// scalar, like the product.
  func runTogether(with variable: String, in tree: SyntaxTree) -> (name: String, range: SourceRange)? {
    if let name = tree.name {
      guard name.isRunTogether(with: variable), let place = state.undeclaredIndex[name],
        kind(of: state.undeclared[place].shape) != .matrix
      else { return nil }
      return (name, tree.range)
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
