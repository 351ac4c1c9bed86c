import Nabla
import NablaCompile
import NablaCore
import NablaLanguage
import NablaNumerics
import NablaOutput
import NablaTypes
import NablaVerify

/// Values on random data, computed by programs and in ball arithmetic: of a formula as typed, of its canonical and
/// simplified forms, and of a derivative.
extension FuzzChecks {
  /// Relative differences below this are rounding.
  private static let tolerance = 1e-6

  /// Checks that `nabla eval` finds the value and the simplified form to agree, and that the program's value is true.
  func values(_ tree: FuzzTree, _ formula: Formula, _ reader: FuzzReader) -> FuzzFinding? {
    let question = "simplify \(tree.text)"
    var options = SessionOptions()
    options.book = book
    options.checks = false
    let session = Session(SourceText(tree.file([question])), options: options)
    guard let typed = session.questions.first else { return nil }
    for point in points([formula], leaves: tree.variables.compactMap { reader.names.names[$0.name] }) {
      var data: [String: Matrix] = [:]
      for (variable, value) in point.values { data[variable.variable?.name ?? ""] = value }
      do throws(EvaluationProblem) {
        _ = try Evaluation(session, data: data, sizes: point.sizes).results(typed)
      } catch {
        guard case .defect(_, let example) = error else { continue }
        return FuzzFinding(
          kind: .value, message: "its simplified form has another value: \(example.map { "\($0)" } ?? "")",
          questions: [question])
      }
    }
    return untrue(formula, [question])
  }

  /// Checks a program's value against ball arithmetic.
  func untrue(_ formula: Formula, _ ask: [String]) -> FuzzFinding? {
    if formula.containsDifferential { return nil }
    for point in points([formula], leaves: []) {
      let certified = BallValues(
        sizes: point.sizes, values: point.values, definitions: book.numericDefinitions,
        functions: RandomFunctions(seed: seed),
        places: [3, 6, 20], work: 4_000_000)
      guard let truth = certified.entries(formula) else { continue }
      let made = Correction.corrected(point.value, truth).value
      let (gap, scale) = ((made - point.value).maxAbs, max(made.maxAbs, point.value.maxAbs))
      // A formula without a value may get one by rounding near a singularity.
      if !made.isFinite || gap <= Self.tolerance * scale { continue }
      // A difference explained by rounding in the data or the summands is not a defect.
      if Conditioning.isRoundoff(gap, point.program, point.values, [point.value], checking: [0]) { continue }
      let example = Counterexample(
        point.values, sizes: point.sizes, left: point.value, right: made, shape: formula.shape)
      return FuzzFinding(
        kind: .value, message: "'\(formula.text)' is computed wrongly: \(example)", questions: ask)
    }
    return nil
  }

  private struct Point {
    let program: CompiledProgram
    let sizes: [String: Int]
    let values: [Formula: Matrix]
    let value: Matrix
  }

  /// Data at which a formula has a value, for sizes from 1 up.
  private func points(_ formulas: [Formula], leaves: [Formula]) -> [Point] {
    var options = Compiler.Options(book)
    options.functions = RandomFunctions(seed: seed).provider
    let variables = Set(formulas.freeVariables + leaves).sorted()
    var source = Sampler(formulas, variables: variables, options: options, seed: seed)
    return (0..<2).compactMap { _ in
      guard case .success(let (program, sizes)) = source.nextProgram(formulas),
        let point = source.nextPoint(program, sizes, tries: 8)
      else { return nil }
      return Point(program: program, sizes: sizes, values: point.values, value: point.outputs[0])
    }
  }
}
