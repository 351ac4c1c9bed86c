import NablaCompile
import NablaCore
import NablaNumerics

/// The combinations of branches at which a claim has been compared.
struct BranchCoverage {
  private var combinations: Set<[Set<Int>]> = []
  private var entries: Set<[[Int]]> = []
  private let limit: Int

  /// `limit` bounds the points that are new for a single entry, and separately those that are new for all entries
  /// together.
  init(limit: Int) { self.limit = limit }

  var isFull: Bool { combinations.count >= limit }

  /// Whether a place lies on a new combination of branches, or any of its entries does.
  mutating func isNew(_ place: Branches.Place) -> Bool {
    if combinations.count < limit, combinations.insert(place.sides.map(Set.init)).inserted {
      entries.insert(place.sides)
      return true
    }
    return entries.count < limit && entries.insert(place.sides).inserted
  }
}

/// Draws points until every reachable combination of branches has been visited.
struct BranchSearch {
  private let places: [(program: CompiledProgram, sizes: [String: Int])]
  private let branches: [Branches]
  private var coverages: [BranchCoverage]
  private var left: Int
  private var drawn = 0

  /// Limits on the points drawn and on the nanoseconds that they take together.
  private static let (draws, work) = (600, 3e7)

  /// `limit` bounds the points that `next` returns.
  init(
    _ formulas: [Formula], moving: [Formula],
    places: [(program: CompiledProgram, sizes: [String: Int])], limit: Int, options: Compiler.Options
  ) {
    let all = places.map { Branches(formulas, moving: moving, $0.sizes, options) }
    let known = all.indices.filter { all[$0].areKnown }
    self.places = places
    branches = all
    coverages = all.map { _ in BranchCoverage(limit: limit / max(known.count, 1) + 1) }
    let each = places.reduce(1_000) { max($0, $1.program.nanoseconds) }
    left = known.isEmpty ? 0 : min(Self.draws, Int(Self.work / each))
  }

  /// A point on an unvisited combination of branches and the index of its place; `nil` if none is found.
  mutating func next(
    _ source: inout Sampler
  ) -> (point: (values: [Formula: Matrix], outputs: [Matrix]), place: Int)? {
    while left > 0 {
      left -= 1
      let index = drawn % places.count
      drawn += 1
      if coverages[index].isFull || !branches[index].areKnown { continue }
      let (program, sizes) = places[index]
      guard let point = source.nextPoint(program, sizes, among: Sampling.distributionsOfBranches),
        let place = branches[index].place(of: point.values), !place.isOnKink, coverages[index].isNew(place)
      else { continue }
      return (point, index)
    }
    return nil
  }
}
