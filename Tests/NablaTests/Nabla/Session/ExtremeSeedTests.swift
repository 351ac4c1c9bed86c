import Foundation
import TestSupport
import Testing

@testable import Nabla
@testable import NablaCore
@testable import NablaLanguage
@testable import NablaNumerics
@testable import NablaVerify

/// The answers of the example files and the seed documents on numbers of extreme size.
@Suite("Extreme: examples and seeds") struct ExtremeSeedTests {
  private static let root = Repository.root.appendingPathComponent("Examples")

  private static func files() throws -> [URL] {
    let folders = [root, root.appendingPathComponent("seeds")]
    return try folders.flatMap { folder in
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".nabla") }
        .sorted()
        .map(folder.appendingPathComponent)
    }
  }

  /// Answers with cancellation, computed with more digits as in `nabla eval`.
  private static let certified: Set = ["cancellation.nabla"]

  private static let scales = [0, 1e-300, 1e-150, 1e-8, 1, 1e3, 1e100, 1e300]

  @Test("each answer that the reference knows") func answers() throws {
    var options = SessionOptions()
    options.checks = false
    let seed: UInt64 = 7
    print("seed \(seed)")
    var tally = ExtremeTally()
    var (unknown, place) = (0, 0)
    for file in try Self.files() {
      let session = Session(SourceText(try String(contentsOf: file, encoding: .utf8)), options: options)
      for question in session.questions where question.question.kind != .check {
        place += 1
        if !Sample.isFull, place % 7 != 0 { continue }
        guard case .answers(let answers) = session.answer(question) else { continue }
        for answer in answers {
          let formula = answer.expanded
          var generator = SplitMix64(seed: seed)
          let variables = [formula].freeVariables
          guard let sizes = InstanceSizes([formula] + variables).choice(attempt: 0, &generator),
            !formula.containsDifferential,
            let function = try? Formula.compiled(
              [formula], checkingProperties: false, functions: RandomFunctions(seed: seed).provider)
          else {
            unknown += 1
            continue
          }
          // The random functions that replace declared ones oscillate: far out doubles cannot resolve them.
          let isDeclared = formula.nodesChildrenFirst.contains { node in
            if case .apply(.function, _) = node.kind { true } else { false }
          }
          for scale in Self.scales where scale <= 1 || !isDeclared {
            var values: [Formula: Matrix] = [:]
            for variable in variables {
              guard let known = variable.variable else { continue }
              let value = Instance.value(of: known, sizes, .normal, &generator)
              values[variable] = known.properties.isEmpty ? value?.map { $0 * scale } : value
            }
            guard
              let truth = BallValues(sizes: sizes, values: values, functions: RandomFunctions(seed: seed))
                .entries(formula)
            else {
              unknown += 1
              break
            }
            let size = BallValues.size(truth)
            let isCertified = Self.certified.contains(file.lastPathComponent)
            let computed =
              try isCertified
              ? function.certified(values, sizes: sizes)[0] : function(values, sizes: sizes)[0]
            for (value, entry) in zip(computed.storage, truth) {
              tally.add(
                "\(file.lastPathComponent): \(formula) at the scale \(scale) is \(value)",
                BallValues.compare(value, entry, size: size))
            }
          }
          tally.formulas += 1
        }
      }
    }
    #expect(unknown == 0, "answers that the reference does not know")
    tally.report("examples and seeds")
  }
}
