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

  /// Whether sides are a new combination of branches, or those of any entry are.
  mutating func isNew(_ sides: [[Int]]) -> Bool {
    if combinations.count < limit, combinations.insert(sides.map(Set.init)).inserted {
      entries.insert(sides)
      return true
    }
    return entries.count < limit && entries.insert(sides).inserted
  }
}

/// Finds points until every reachable combination of branches has been visited. A border may be far from every number in
/// the formulas, so it tries random points and points between two on different combinations. A difference may be too
/// small to see away from a border, so points close to some of the borders are compared too.
struct BranchSearch {
  typealias Point = (values: [Formula: Matrix], outputs: [Matrix])

  /// A point off all kinks, with its branches.
  private struct Visit {
    let point: Point
    let sides: [[Int]]
  }

  /// Two points with a border between them.
  private struct Segment {
    let from: Visit
    let to: Visit
    /// The index of the place.
    let place: Int
    /// How often the pair may still be halved.
    let depth: Int
  }

  private let places: [(program: CompiledProgram, sizes: [String: Int])]
  /// The places, those of which points take the least work first.
  private let order: [Int]
  private let branches: [Branches]
  private var coverages: [BranchCoverage]
  private var left: Int
  private var drawn = 0
  /// The draws at each place.
  private var turns: [Int]
  /// The last point with a new combination, for each place.
  private var visits: [Int: Visit] = [:]
  /// The pairs to halve, in turn.
  private var segments: [Segment] = []
  /// Points close to borders, to be compared.
  private var close: [(point: Point, place: Int)] = []
  private var closeLeft = 8

  /// Limits on the points drawn for each that is wanted, and on the nanoseconds that they take together.
  private static let (draws, work) = (10, 3e7)
  /// How often a pair is halved.
  private static let depth = 16

  /// `limit` bounds the points with new combinations that `next` returns.
  init(
    _ formulas: [Formula], moving: [Formula],
    places: [(program: CompiledProgram, sizes: [String: Int])], limit: Int, options: Compiler.Options
  ) {
    let all = places.map { Branches(formulas, moving: moving, $0.sizes, options) }
    let known = all.indices.filter { all[$0].areKnown }
    self.places = places
    branches = all
    // The smallest arrays have the fewest combinations, and those of size 1 show the least.
    order = known.sorted { a, b in
      func rank(_ index: Int) -> Double {
        places[index].program.nanoseconds * (places[index].sizes.values.contains(1) ? 1_000 : 1)
      }
      return (rank(a), a) < (rank(b), b)
    }
    var limits = all.map { _ in 0 }
    for (place, index) in order.enumerated() { limits[index] = limit >> min(place + 1, 8) + 1 }
    coverages = limits.map(BranchCoverage.init)
    turns = all.map { _ in 0 }
    let each = places.reduce(1_000) { max($0, $1.program.nanoseconds) }
    left = known.isEmpty ? 0 : min(Self.draws * limit, Int(Self.work / each))
  }

  /// A point to compare and the index of its place; `nil` if none is found.
  mutating func next(_ source: inout Sampler) -> (point: Point, place: Int)? {
    while true {
      if let found = close.popLast() { return found }
      guard left > 0 else { return nil }
      left -= 1
      drawn += 1
      // Half of the draws at the first place, a quarter at the second, and so on.
      let index = order[min(drawn.trailingZeroBitCount, order.count - 1)]
      turns[index] += 1
      if turns[index].isMultiple(of: 2), let segment = takeSegment(index) {
        if let visit = halve(segment, &source) { return (visit.point, index) }
      } else if !coverages[index].isFull, let visit = draw(index, &source) {
        return (visit.point, index)
      }
    }
  }

  private func visit(_ point: Point, _ index: Int) -> Visit? {
    guard let place = branches[index].place(of: point.values), !place.isOnKink else { return nil }
    return Visit(point: point, sides: place.sides)
  }

  /// A random point, if its combination is new.
  private mutating func draw(_ index: Int, _ source: inout Sampler) -> Visit? {
    let (program, sizes) = places[index]
    guard let point = source.nextPoint(program, sizes, among: Sampling.distributionsOfBranches),
      let visit = visit(point, index), coverages[index].isNew(visit.sides)
    else { return nil }
    if let last = visits.updateValue(visit, forKey: index) {
      segments.append(Segment(from: last, to: visit, place: index, depth: Self.depth))
    }
    return visit
  }

  private mutating func takeSegment(_ index: Int) -> Segment? {
    segments.firstIndex { $0.place == index }.map { segments.remove(at: $0) }
  }

  /// The middle of a pair, if its combination is new. Its halves between which a border lies are halved later.
  private mutating func halve(_ segment: Segment, _ source: inout Sampler) -> Visit? {
    let (from, to, index) = (segment.from, segment.to, segment.place)
    if segment.depth == 0 {
      if closeLeft > 0 { close += [from, to].map { ($0.point, index) } }
      closeLeft -= 2
      return nil
    }
    let (program, sizes) = places[index]
    guard let point = source.point(program, sizes, between: from.point.values, to.point.values),
      let middle = visit(point, index)
    else { return nil }
    for (from, to) in [(from, middle), (middle, to)] where from.sides != to.sides {
      segments.append(Segment(from: from, to: to, place: index, depth: segment.depth - 1))
    }
    return coverages[index].isNew(middle.sides) ? middle : nil
  }
}
