import NablaCore
import NablaLanguage
import NablaTypes

extension Formula {
  /// A matrix variable; `Formula.matrix("A", "n", "n", .symmetric)`.
  ///
  /// Sizes are numbers, names or polynomials such as `"h + 1"`. Names are spelled as in the language, so `"λ"` is
  /// `"lambda"`. Traps if the declaration is invalid; `declared(_:)` throws instead.
  public static func matrix(
    _ name: String, _ rows: Dimension, _ columns: Dimension, _ properties: Property...
  ) -> Formula {
    declaredOrTrap(name, "matrix(\(rows), \(columns))", properties)
  }

  /// A column vector variable of shape `size` × 1; names, sizes and traps as in `matrix`.
  public static func vector(_ name: String, _ size: Dimension, _ properties: Property...) -> Formula {
    declaredOrTrap(name, "vector(\(size))", properties)
  }

  /// A row vector variable of shape 1 × `size`; names, sizes and traps as in `matrix`.
  public static func row(_ name: String, _ size: Dimension, _ properties: Property...) -> Formula {
    declaredOrTrap(name, "row(\(size))", properties)
  }

  /// A scalar variable; names and traps as in `matrix`.
  public static func scalar(_ name: String, _ properties: Property...) -> Formula {
    declaredOrTrap(name, "scalar", properties)
  }

  /// The size of a name, or a polynomial in such sizes, as a scalar: the `n` of `norm2(r)^2 / n`.
  ///
  /// Traps if the text is not a size.
  public static func dimension(_ size: String) -> Formula {
    let variable = declaredOrTrap("x", "matrix(\(size), 2)", [])
    return dimension(variable.shape.rows)
  }

  /// The variables of a declaration of the language, such as `A, B : matrix(n, n), symmetric`.
  ///
  /// Use this for names that are known only at run time; throws the errors of the language.
  public static func declared(_ text: String) throws(FormulaError) -> [Formula] {
    let source = SourceText(text, name: "<declaration>")
    do throws(NablaError) {
      var environment = Environment()
      var result: [Formula] = []
      for declaration in try parseDeclaration(source) {
        do throws(Diagnostic) { try environment.declare(declaration) } catch {
          throw NablaError(diagnostics: [error])
        }
        guard case .value(let shape) = declaration.type else {
          let range = declaration.range ?? SourceRange(start: 0, end: 0)
          let message = "`\(declaration.name)` is a function, not a variable"
          throw NablaError(diagnostics: [Diagnostic(message: message, range: range)])
        }
        result.append(
          .variable(
            Variable(name: declaration.name, shape: shape, properties: declaration.properties.closed)))
      }
      return result
    } catch {
      throw FormulaError(source, error.diagnostics)
    }
  }

  private static func declaredOrTrap(_ name: String, _ type: String, _ properties: [Property]) -> Formula {
    let text = ([name + " : " + type] + properties.map(\.rawValue)).joined(separator: ", ")
    do throws(FormulaError) {
      let variables = try declared(text)
      if variables.count == 1 { return variables[0] }
      fatalError("'\(name)' is not one name")
    } catch {
      fatalError("\n\(error)")
    }
  }
}
