import Foundation
import Testing

@testable import Nabla
@testable import NablaCompile
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaOutput
@testable import NablaPage
@testable import NablaVerify

/// The numbers of `Documentation/Limits.md` are those of the constants that it names.
@Suite struct LimitsDocumentTests {
  private static let folder = Repository.root

  /// Of a release build, where they differ.
  private static let constants: [String: Int] = [
    "Limits.nesting": Limits.nesting == 250 ? 1000 : Limits.nesting,
    "Limits.statementTokens": Limits.statementTokens, "Limits.nameLength": Limits.nameLength,
    "Limits.diagnostics": Limits.diagnostics, "Limits.undeclaredNames": Limits.undeclaredNames,
    "Limits.inferenceSteps": Limits.inferenceSteps,
    "Lowering.largestMatrixPower": Lowering.largestMatrixPower,
    "PrintLimit.symbols": PrintLimit.symbols, "PrintLimit.height": PrintLimit.height,
    "Differentiator.mostNodes": Differentiator.mostNodes, "Factoring.longestSum": Factoring.longestSum,
    "Distribution.mostTerms": Distribution.mostTerms, "SizeReader.largestSize": SizeReader.largestSize,
    "CompileLimits.array": CompileLimits.array, "CompileLimits.workspace": CompileLimits.workspace,
    "CompileLimits.steps": CompileLimits.steps, "CompileLimits.iterations": CompileLimits.iterations,
    "CompileLimits.iterationsOfChecks": CompileLimits.iterationsOfChecks,
    "ExactLimits.array": ExactLimits.array,
    "ExactLimits.work": ExactLimits.work, "MinimizationTask.mostEntries": MinimizationTask.mostEntries,
    "NewtonDescent.largest": NewtonDescent.largest, "HTTPReader.largestHead": HTTPReader.largestHead,
    "HTTPReader.largestBody": HTTPReader.largestBody,
  ]

  /// The command's own, which the tests cannot import, from its sources.
  private func ofCommand(_ name: String) throws -> Int? {
    let parts = name.split(separator: ".")
    let file = parts[0] == "DataLimits" ? "NablaData/DataArray" : "NablaCLI/Arguments"
    let text = try String(
      contentsOf: Self.folder.appendingPathComponent("Sources/\(file).swift"), encoding: .utf8)
    guard let place = text.range(of: "static let \(parts[1]) = ") else { return nil }
    let value = text[place.upperBound...].prefix { $0 != "\n" }.filter { $0 != "_" }
    let factors = value.split(separator: " ").compactMap { Int($0) }
    return factors.count == 2 ? factors[0] << factors[1] : factors.first
  }

  @Test func numbersOfTheDocument() throws {
    let document = try String(
      contentsOf: Self.folder.appendingPathComponent("Documentation/Limits.md"), encoding: .utf8)
    var stated: Set<String> = []
    for line in document.split(separator: "\n") where line.contains("`") && line.hasPrefix("|") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let name = cells[2].filter { $0 != "`" }
      let number = try #require(Int(cells[1]), "\(line)")
      #expect(try Self.constants[name] ?? ofCommand(name) == number, "\(name)")
      stated.insert(name)
    }
    #expect(stated.isSuperset(of: Self.constants.keys))
    #expect(stated.count == Self.constants.count + 4)
  }
}
