/// The candidate closest to a misspelled name, the first among equals; `nil` if all are too different.
package func nearestName(to name: String, among candidates: [String]) -> String? {
  let target = Array(name.utf8)
  guard target.count <= 64 else { return nil }
  var best: (distance: Int, name: String)?
  for candidate in candidates where candidate != name {
    let letters = Array(candidate.utf8)
    let allowed = max(1, min(target.count, letters.count) / 3)
    guard letters.count <= 64, target.count > 1, abs(letters.count - target.count) <= allowed else {
      continue
    }
    let distance = editDistance(target, letters)
    if distance <= allowed, distance < best?.distance ?? Int.max { best = (distance, candidate) }
  }
  return best?.name
}

/// The number of letters to add, drop, change or swap with a neighbour.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var current = [i + 1]
    for j in b.indices {
      var best = min(last[j + 1] + 1, current[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
      current.append(best)
    }
    beforeLast = last
    last = current
  }
  return last[b.count]
}
