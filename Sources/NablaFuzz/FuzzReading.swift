import NablaCore
import NablaLanguage
import NablaTypes

/// Reads random expressions the way a session reads typed ones.
struct FuzzReader {
  private var environment = Environment()
  private(set) var names: Lowering

  /// A reader of expressions in these declared names.
  init(_ declarations: [Declaration], book: RuleBook) throws(NablaError) {
    names = Lowering(operations: book.notation)
    environment.functions.merge(book.userSignatures) { builtin, _ in builtin }
    for declaration in declarations {
      do throws(Diagnostic) { try environment.declare(declaration) } catch {
        throw NablaError(diagnostics: [error])
      }
      switch declaration.type {
      case .value(let shape):
        names.names[declaration.name] = .variable(
          Variable(name: declaration.name, shape: shape, properties: declaration.properties.closed))
      case .function(let parameter, let result, let isElementwise):
        names.functions[declaration.name] = DeclaredFunction(
          name: declaration.name, parameter: parameter, result: result, isElementwise: isElementwise)
      }
    }
    environment.dimensions.formUnion(FuzzVocabulary.sizes.flatMap(\.names))
    environment.infersUndeclared = false
  }

  func typed(_ text: String) throws(NablaError) -> TypedExpression {
    let source = SourceText(text)
    return try infer([try parseExpression(source)], in: environment, source: source).expressions[0]
  }

  /// The formula of a text; it may be invalid.
  func formula(_ text: String) throws(NablaError) -> Formula { names.formula(try typed(text)) }

  /// Reads a printed text, in which neighbours determine the sizes of identities.
  func printed(_ text: String, like shape: Shape) throws(NablaError) -> Formula {
    // Next to an array of zeros every size is determined.
    let zeros = "zeros(\(shape.rows), \(shape.columns))"
    let source = SourceText(text)
    let sides = try infer(
      [try parseExpression(source), try parseExpression(SourceText(zeros))], in: environment, source: source,
      expectedEqualShapes: true)
    return names.formula(sides.expressions[0])
  }

  /// Reads printed LaTeX, in which neighbours determine the sizes of identities.
  func latex(_ text: String, like shape: Shape) throws(NablaError) -> Formula {
    let source = SourceText(text)
    var environment = environment
    let tree = try parseLaTeX(source, in: &environment)
    let zeros = try parseExpression(SourceText("zeros(\(shape.rows), \(shape.columns))"))
    let sides = try infer([tree, zeros], in: environment, source: source, expectedEqualShapes: true)
    return names.formula(sides.expressions[0])
  }
}
