/// The meanings of names in an expression.
package struct Environment: Sendable {
  package var declarations: [String: Declaration] = [:]
  package var definitions: [String: TypedExpression] = [:]
  /// The names of sizes, including those in declarations.
  package var dimensions: Set<String> = []
  package var functions: [String: Signature] = Signature.builtins
  /// Whether `d(E)` is the differential of E.
  package var allowsDifferentials = false
  /// Whether an undeclared name is typed from its use; otherwise it is an error.
  package var infersUndeclared = true
  /// Whether other notations than the language's own are read.
  package var respells = true
  /// Shapes of undeclared names suggested by their fonts.
  package var fontHints: [String: FontHint] = [:]

  package init() {}

  /// Adds a declaration and its sizes; throws if the name is taken or reserved.
  package mutating func declare(_ declaration: Declaration) throws(Diagnostic) {
    let range = declaration.range ?? SourceRange(start: 0, end: 0)
    if let problem = problem(naming: declaration.name) { throw Diagnostic(problem, at: range) }
    for name in declaration.type.dimensionNames {
      if declarations[name] != nil || definitions[name] != nil || name == declaration.name {
        throw Diagnostic(.declaredIsNoSize(name), at: range)
      }
    }
    declarations[declaration.name] = declaration
    dimensions.formUnion(declaration.type.dimensionNames)
  }

  /// The problem with giving a name a meaning; `nil` if there is none.
  package func problem(naming name: String) -> Problem? {
    if functions[name] != nil, !Words.types.contains(name) { return .reservedName(name, isFunction: true) }
    if Words.isReserved(name) { return .reservedName(name, isFunction: false) }
    if declarations[name] != nil || definitions[name] != nil { return .declaredTwice(name) }
    if dimensions.contains(name) { return .dimensionDeclared(name) }
    return nil
  }

  /// All names with a meaning, sorted, for suggestions.
  var knownNames: [String] {
    (Array(declarations.keys) + Array(definitions.keys) + Array(dimensions)).sorted()
  }
  /// All functions, sorted, for suggestions.
  var knownFunctions: [String] {
    (Array(functions.keys) + declarations.keys.filter { isFunction($0) }).sorted()
  }

  func isFunction(_ name: String) -> Bool {
    if case .function = declarations[name]?.type { return true }
    return false
  }
}
