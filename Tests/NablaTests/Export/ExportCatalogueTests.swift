import Nabla
import NablaCore
import NablaExport
import NablaLanguage
import Testing

/// Every operation and every function is written in every language.
struct ExportCatalogueTests {
  private static func exported(_ expression: String, _ target: ExportTarget) throws -> String {
    let source = SourceText(Catalogue.declarations + "simplify \(expression)\n")
    let session = Session(source, options: options)
    #expect(session.diagnostics.isEmpty, "\(session.diagnostics)")
    return try session.exported(to: target, name: "f").text
  }

  private static let options: SessionOptions = {
    var options = SessionOptions()
    options.checks = false
    return options
  }()

  @Test(arguments: ExportTarget.allCases)
  func everyArrayOperation(_ target: ExportTarget) throws {
    for operation in ArrayOperation.allCases {
      let text = try Self.exported(Catalogue.expression(operation), target)
      #expect(text.contains(target.opening), "\(operation)")
    }
  }

  @Test(arguments: ExportTarget.allCases)
  func everyKindOfFormula(_ target: ExportTarget) throws {
    for expression in Catalogue.others {
      let text = try Self.exported(expression, target)
      #expect(text.contains(target.opening), "\(expression)")
    }
  }

  /// Only functions that users can type, so that those with a body are included.
  @Test(arguments: ExportTarget.allCases)
  func everyFunction(_ target: ExportTarget) throws {
    for call in Catalogue.functionCalls {
      let text = try Self.exported(call, target)
      #expect(text.contains(target.opening), "\(call)")
    }
  }

  @Test func whatHasNoBodyIsRefusedWithItsPlace() throws {
    let source = SourceText("f : vector(n) -> scalar\nx : vector(n)\ngradient sum(x) + f(x) wrt x\n")
    do {
      _ = try Session(source, options: Self.options).exported(to: .c, name: "g")
      Issue.record("a function without a body was exported")
    } catch {
      guard case .problem(.functionWithoutBody("f"), let range?) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(source.position(at: range.start).line == 3)
    }
  }

  @Test func nothingIsRefused() {
    let session = Session(SourceText("check 1 + 1 == 2\n"), options: Self.options)
    do {
      _ = try session.exported(to: .numpy, name: "g")
      Issue.record("nothing was exported")
    } catch {
      guard case .problem(.nothing, _) = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func aFormulaIsExportedWithItsGradients() throws {
    let design = Formula.matrix("X", "n", "d")
    let w = Formula.vector("w", "d")
    let code = try pow(norm2(design * w), 2).exported(to: .numpy, name: "energy", gradients: [w])
    #expect(code.parameters.map(\.name) == ["X", "w"])
    #expect(code.outputs.map(\.name) == ["value", "gradient_w"])
    #expect(code.text.contains("gradient_w = 2 * (X.T @ t1)"))
  }
}

extension ExportTarget {
  /// The first line of the function `f`.
  fileprivate var opening: String {
    switch self {
    case .numpy, .jax, .torch: "\ndef f("
    case .julia: "function f("
    case .matlab: "function "
    case .c: "\nint f("
    case .swift: "\nfunc f("
    }
  }
}
