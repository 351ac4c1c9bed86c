import Foundation
import NablaNumerics

/// The part of a long table that one run of the tests covers: all of it with `NABLA_TESTS=full`, as in CI, and a seeded
/// sample otherwise. `NABLA_SEED` chooses another sample.
package enum Sample {
  package static let isFull = environment["NABLA_TESTS"] == "full"
  package static let seed = environment["NABLA_SEED"].flatMap(UInt64.init) ?? 20_261_130
  private static let environment = ProcessInfo.processInfo.environment

  /// One element of every `step` in turn, drawn at random.
  package static func of<Element>(_ all: some Collection<Element>, oneIn step: Int) -> [Element] {
    let all = Array(all)
    if isFull { return all }
    var generator = SplitMix64(seed: seed)
    return stride(from: 0, to: all.count, by: step).compactMap { start in
      all[start..<min(start + step, all.count)].randomElement(using: &generator)
    }
  }

  /// The number of cases, of which there are `all` in a full run.
  package static func count(_ few: Int, of all: Int) -> Int { isFull ? all : few }
}
