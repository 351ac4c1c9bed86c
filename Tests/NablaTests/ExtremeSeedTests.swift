import Foundation
import NablaLanguage
import NablaNumerics
import Testing

@testable import Nabla

/// The answers of the example files and the seed documents on numbers of extreme size.
@Suite("Extreme: examples and seeds") struct ExtremeSeedTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Examples")

  private static func files() throws -> [URL] {
    let folders = [root, root.appendingPathComponent("seeds")]
    return try folders.flatMap { folder in
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".nabla") }
        .sorted()
        .map(folder.appendingPathComponent)
    }
  }

  private static let scales = [1e-150, 1e-8, 1, 1e3, 1e100]

  @Test("each answer that the reference knows") func answers() throws {
    var options = SessionOptions()
    options.checks = false
    let seed: UInt64 = 7
    print("seed \(seed)")
    var tally = ExtremeTally()
    var (unknown, place) = (0, 0)
    var compiling = Compiler.Options()
    compiling.definitions = RuleBook.standard.numericDefinitions
    compiling.functions = RandomSmoothFunction.provider(seed: seed)
    for file in try Self.files() {
      let session = Session(SourceText(try String(contentsOf: file, encoding: .utf8)), options: options)
      for question in session.questions where question.question.kind != .check {
        place += 1
        if !ExtremeTests.isComplete, place % 7 != 0 { continue }
        guard case .answers(let answers) = session.answer(question) else { continue }
        for answer in answers {
          let formula = answer.expanded
          var generator = SplitMix64(seed: seed)
          let variables = NumericCheck.variables([formula])
          guard let sizes = Instance.sizes([formula] + variables, attempt: 0, &generator),
            !formula.containsDifferential,
            let program = try? Compiler.compile([formula], sizes: sizes, options: compiling)
          else {
            unknown += 1
            continue
          }
          func certified(_ values: [Formula: Matrix], _ scale: Double) -> [Real]? {
            // The random functions that stand for declared ones swing, so far out no double tells where.
            CertifiedValues(sizes: sizes, values: values, functionSeed: scale > 1 ? nil : seed).entries(
              formula)
          }
          for scale in Self.scales {
            var values: [Formula: Matrix] = [:]
            for variable in variables {
              guard let known = variable.variable else { continue }
              let value = Instance.value(of: known, sizes, .normal, &generator)
              values[variable] = known.properties.isEmpty ? value?.map { $0 * scale } : value
            }
            guard let truth = certified(values, scale) else {
              unknown += 1
              print("unknown", formula.text.prefix(120))
              break
            }
            let size = CertifiedValues.size(truth)
            for (value, entry) in zip(try program.run(values)[0].storage, truth) {
              tally.add(
                "\(file.lastPathComponent): \(formula) at the scale \(scale) is \(value)",
                CertifiedValues.compare(value, entry, size: size))
            }
          }
          tally.formulas += 1
        }
      }
    }
    print("\(unknown) answers are not known to the reference")
    tally.report("examples and seeds")
  }
}
