/// Parses one expression, in the text notation or in LaTeX.
package func parseExpression(_ source: SourceText) throws(NablaError) -> SyntaxTree {
  let range = SourceRange(start: 0, end: source.bytes.count)
  if LaTeXDetection.isLaTeX(source, range) {
    var environment = Environment()
    return try parseLaTeX(source, in: &environment)
  }
  do throws(Diagnostic) { return try Parser.expression(in: source) } catch {
    throw NablaError(diagnostics: [error])
  }
}

/// Parses one LaTeX expression. Fonts of names unknown to the environment are noted there.
/// A letter of `freeIndices` is an index wherever it is a subscript.
package func parseLaTeX(
  _ source: SourceText, in environment: inout Environment, freeIndices: Set<String> = []
) throws(NablaError) -> SyntaxTree {
  do throws(Diagnostic) {
    let range = SourceRange(start: 0, end: source.bytes.count)
    var names = LaTeXNames(environment)
    names.freeIndices = freeIndices
    var parser = try LaTeXParser(source, in: range, names: names)
    let tree = try parser.wholeExpression()
    if let derivative = parser.derivatives.first {
      throw LaTeXProblem.derivativeInside.diagnostic(at: derivative.range)
    }
    environment.fontHints.merge(parser.fontHints) { first, _ in first }
    return tree
  } catch {
    throw NablaError(diagnostics: [error])
  }
}

/// Parses one expression whose names may be those of an environment.
package func parseExpression(_ source: SourceText, in environment: inout Environment) throws(NablaError)
  -> SyntaxTree
{
  let isLaTeX = LaTeXDetection.isLaTeX(source, SourceRange(start: 0, end: source.bytes.count))
  return isLaTeX ? try parseLaTeX(source, in: &environment) : try parseExpression(source)
}

/// Parses one declaration, such as `A, B : matrix(n, n), symmetric`.
package func parseDeclaration(_ source: SourceText) throws(NablaError) -> [Declaration] {
  let tokens = Lexer.tokens(of: source).filter { $0.kind != .newline }
  do throws(Diagnostic) {
    var parser = try Parser(source, tokens: tokens, 0..<max(tokens.count - 1, 0))
    return try parser.declaration()
  } catch {
    throw NablaError(diagnostics: [error])
  }
}

/// Parses a formula file; a line with an error is reported and skipped.
package func parseFile(_ source: SourceText) -> (statements: [Statement], diagnostics: [Diagnostic]) {
  let tokens = Lexer.tokens(of: source)
  var statements: [Statement] = []
  var diagnostics: [Diagnostic] = []
  var latex = LaTeXStatements(source, tokens: tokens)
  for line in LogicalLines.ranges(of: tokens) {
    do throws(Diagnostic) {
      var parser = try Parser(source, tokens: tokens, line)
      let range = SourceRange(start: parser.token.range.start, end: tokens[line.upperBound - 1].range.end)
      let statement =
        LaTeXDetection.isLaTeX(source, range)
        ? try latex.statement(range, text: parser.oneLine(line)) : try parser.statement(line)
      latex.note(statement)
      statements.append(statement)
    } catch {
      diagnostics.append(error)
      if diagnostics.count == Limits.diagnostics {
        diagnostics.append(Diagnostic(.tooManyErrors(limit: Limits.diagnostics), at: error.range))
        break
      }
    }
  }
  return (statements, diagnostics)
}
