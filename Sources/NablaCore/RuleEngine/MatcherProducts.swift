/// Matrix products, matched by runs of factors.
extension Matcher {
  /// Matches a whole chain; scalars that scale it go to its first bare variable. A 1 × 1 chain is tried in both
  /// orientations.
  mutating func matchChain(_ patterns: [Formula], _ subject: Formula, _ next: Goal) -> Bool {
    let (scalars, array) = subject.isScalar ? ([], subject) : subject.splitScalars
    guard let array else { return false }
    var chain = array.chain
    if !scalars.isEmpty {
      // In a linear map the scalars have rules of their own, and the differential may be among them.
      if separatesDifferential { return false }
      guard let index = patterns.firstIndex(where: { Self.isBare($0) && bindings[$0] == nil }) else {
        return false
      }
      // The scalars go to the variable that takes the corresponding end of the chain.
      let position = index == 0 ? 0 : chain.count - 1
      chain[position] = .times(scalars + [chain[position]])
    }
    let mark = bindings.mark
    if Self.mayMatch(patterns, in: chain[...]), matchRun(patterns[...], chain[...], wholly: true, next) {
      return true
    }
    bindings.undo(to: mark)
    guard subject.isScalar, chain.count > 1 else { return false }
    return matchRun(patterns[...], chain.reversed().map(\.transposed)[...], wholly: true, next)
  }

  mutating func matchRun(
    _ patterns: ArraySlice<Formula>, _ chain: ArraySlice<Formula>, wholly: Bool, _ next: Goal
  ) -> Bool {
    budget -= 1
    if budget < 0 { return false }
    guard let pattern = patterns.first else {
      if wholly { return chain.isEmpty && proceed(next) }
      rest = Array(chain)
      return proceed(next)
    }
    let others = patterns.dropFirst()
    guard chain.count > others.count else { return false }
    var most = chain.count - others.count
    if separatesDifferential, Self.isBare(pattern), pattern.isVariable {
      // Parts without the differential end before it.
      let place = chain.firstIndex(where: \.containsDifferential) ?? chain.endIndex
      most = min(most, place - chain.startIndex)
      if most == 0 || others.isEmpty && wholly && most < chain.count { return false }
    }
    for length in lengths(pattern, most: most, isLast: others.isEmpty && wholly) {
      if let follower = others.first {
        let next = chain[chain.startIndex + length]
        if !Self.mayMatch(follower, next) { continue }
        // Before Q the run of Q' ends with the transpose of the first factor of Q.
        if Self.areTransposes(pattern, follower), chain[chain.startIndex + length - 1].transposed !== next {
          continue
        }
      }
      let run = length == 1 ? chain[chain.startIndex] : Formula.product(Array(chain.prefix(length)))
      let mark = bindings.mark
      if match(pattern, run, .run(others, chain.dropFirst(length), wholly: wholly, next)) { return true }
      bindings.undo(to: mark)
    }
    return false
  }

  /// Whether two patterns are a variable and its transpose.
  private static func areTransposes(_ a: Formula, _ b: Formula) -> Bool {
    if case .transpose(let inner) = a.kind, inner === b { return isBare(b) }
    if case .transpose(let inner) = b.kind, inner === a { return isBare(a) }
    return false
  }

  /// The most factors that a variable takes if others follow; in long chains every run would otherwise be tried at
  /// every position.
  private static let longestRun = 12

  /// How many factors a pattern may take: a bare variable takes a run, anything else takes one.
  func lengths(_ pattern: Formula, most: Int, isLast: Bool) -> [Int] {
    var inner = pattern
    if case .transpose(let part) = pattern.kind { inner = part }
    if Self.isBare(inner), let known = bindings[inner] {
      return known.chain.count <= most ? [known.chain.count] : []
    }
    guard Self.isBare(inner) else { return [1] }
    if isLast { return [most] }
    // The part that contains the differential is taken as long as possible, as is the part before it.
    return separatesDifferential ? (1...most).reversed() : Array(1...min(most, Self.longestRun))
  }
}
