import NablaArrays
import NablaKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The singular value decomposition of an upper bidiagonal n×n matrix by division into halves.
///
/// A matrix of r rows is divided at its middle row: B = [B1; middle row; B2], where B1 has a column more than it has rows.
/// The decompositions of both reduce it to a matrix with one row and a diagonal, whose singular values are the roots of a
/// secular equation. Source: Gu and Eisenstat, A divide-and-conquer algorithm for the bidiagonal SVD, SIAM J. Matrix
/// Anal. Appl. 16 (1995). Small parts are rotated.
struct BidiagonalSVD {
  /// The singular vectors to compute.
  enum Vectors {
    /// U and V, which begin as zeros and have these distances of columns.
    case all(UnsafeMutablePointer<Double>, Int, UnsafeMutablePointer<Double>, Int)
    /// Only the first and the last row of V, which the division needs, with n entries each.
    case ends(UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>)
  }

  /// The diagonal, then the singular values, in no order.
  let diagonal: UnsafeMutablePointer<Double>
  /// The entries above it.
  let above: UnsafePointer<Double>
  let vectors: Vectors
  let memory: MergeMemory
  private let leaf: UnsafeMutablePointer<Double>

  /// Rows of a part that is not divided.
  private static let leafRows = 12
  private static let leafPlaces = (leafRows + 1) * (3 * leafRows + 3)

  static func workspace(_ n: Int, vectors: Bool) -> Int {
    MergeMemory.workspace(n, vectors: vectors) &+ leafPlaces
  }

  init(
    _ n: Int, diagonal: UnsafeMutablePointer<Double>, above: UnsafePointer<Double>, _ vectors: Vectors,
    _ memory: UnsafeMutablePointer<Double>
  ) {
    self.diagonal = diagonal
    self.above = above
    self.vectors = vectors
    leaf = memory
    self.memory = MergeMemory(n, memory + Self.leafPlaces)
  }

  /// Decomposes rows from `start`, with one column more than rows if `extra` is 1.
  func solve(_ start: Int, _ rows: Int, extra: Int) {
    guard rows > Self.leafRows else { return rotate(start, rows, extra) }
    let upper = rows / 2
    let (alpha, beta) = (diagonal[start &+ upper], above[start &+ upper])
    solve(start, upper, extra: 1)
    solve(start &+ upper &+ 1, rows &- upper &- 1, extra: extra)
    merge(start, rows, upper, extra, alpha, beta)
  }

  /// Decomposes a small part by rotations.
  private func rotate(_ start: Int, _ rows: Int, _ extra: Int) {
    let columns = rows &+ extra
    let u = leaf
    let values = u + rows &* rows
    let w = values + rows
    let basis = w + rows &* rows
    Kernels.fill(rows &* rows, 0, into: u)
    for i in 0..<rows {
      u[i &* (rows &+ 1)] = diagonal[start &+ i]
      if i &+ 1 < rows { u[i &+ (i &+ 1) &* rows] = above[start &+ i] }
    }
    Kernels.identity(columns, into: basis)
    if extra == 1 {
      // Rotates the additional column away, from its last row up.
      var entry = rows > 0 ? above[start &+ rows &- 1] : 0
      let last = basis + rows &* columns
      for back in 0..<rows where entry != 0 {
        let i = rows &- 1 &- back
        let norm = hypot(u[i &* (rows &+ 1)], entry)
        let (c, s) = (u[i &* (rows &+ 1)] / norm, -entry / norm)
        u[i &* (rows &+ 1)] = norm
        Rotation.apply(columns, basis + i &* columns, last, c, s)
        guard i > 0 else { break }
        entry = s * u[i &- 1 &+ i &* rows]
        u[i &- 1 &+ i &* rows] *= c
      }
    }
    SVD.rotate(rows, rows, u, values, w)
    for j in 0..<rows { diagonal[start &+ j] = values[j] }
    for j in 0..<columns {
      // A column of basis*[W 0; 0 1].
      func entry(_ i: Int) -> Double {
        if j == rows { return basis[i &+ j &* columns] }
        var sum = 0.0
        for q in 0..<rows { sum += basis[i &+ q &* columns] * w[q &+ j &* rows] }
        return sum
      }
      switch vectors {
      case .all(_, _, let v, let ldv):
        for i in 0..<columns { v[start &+ i &+ (start &+ j) &* ldv] = entry(i) }
      case .ends(let first, let last):
        first[start &+ j] = entry(0)
        last[start &+ j] = entry(columns &- 1)
      }
    }
    if case .all(let target, let ldu, _, _) = vectors {
      for j in 0..<rows { Kernels.copy(rows, u + j &* rows, into: target + (start &+ (start &+ j) &* ldu)) }
    }
  }

  /// Merges `upper` rows, a row with entries alpha and beta, and the rows below it.
  private func merge(
    _ start: Int, _ rows: Int, _ upper: Int, _ extra: Int, _ alpha: Double, _ beta: Double
  ) {
    let numbers = diagonal + start
    let z = memory.z
    let bottom = upper &+ 1
    // The middle row in terms of V; column `upper` has the number zero.
    switch vectors {
    case .all(_, _, let v, let ldv):
      let corner = v + start &* (ldv &+ 1)
      for c in 0...upper { z[c] = alpha * corner[upper &+ c &* ldv] }
      for c in bottom..<(rows &+ extra) { z[c] = beta * corner[bottom &+ c &* ldv] }
    case .ends(let first, let last):
      for c in 0...upper {
        z[c] = alpha * last[start &+ c]
        last[start &+ c] = 0
      }
      for c in bottom..<(rows &+ extra) {
        z[c] = beta * first[start &+ c]
        first[start &+ c] = 0
      }
    }
    numbers[upper] = 0
    for c in 0..<rows { memory.parts[c] = c <= upper ? .first : .last }
    if extra == 1 {
      // One combination of the two columns without numbers takes part, the other does not.
      let norm = hypot(z[upper], z[rows])
      if norm > 0 { rotateRight(start, rows &+ extra, rows, upper, z[upper] / norm, z[rows] / norm) }
      z[upper] = norm
      memory.parts[upper] = .both
    }
    var unit = Swift.max(alpha.magnitude, beta.magnitude)
    for c in 0..<rows { unit = Swift.max(unit, numbers[c]) }
    unit = unit > 0 ? unit.binade : 1
    for c in 0..<rows {
      numbers[c] /= unit
      z[c] /= unit
    }
    let count = deflate(start, rows, upper, extra)
    let vanishes = memory.keptZ[0].magnitude < Self.leastZ
    if vanishes { memory.keptZ[0] = Self.leastZ }
    RankOneUpdate(
      poles: .squares, count: count, d: memory.keptNumbers, z: memory.keptZ, differences: memory.differences
    ).solve(roots: memory.roots, squares: memory.squares)
    if vanishes { memory.roots[0] = 0 }
    combine(start, rows, upper, extra, count)
    for i in count..<Swift.max(rows, count) { memory.roots[i] = numbers[memory.deflated[i &- count]] }
    for i in 0..<rows { numbers[i] = memory.roots[i] * unit }
  }

  /// The size below which a number counts as zero, relative to the largest.
  private static let tolerance = 8 * Double.ulpOfOne
  /// Replaces a zero in the row, which would be a singular value of zero, and is small enough not to matter.
  private static let leastZ = 1e-60

  /// Finds the columns that take part; of columns with nearly equal numbers, all but one are rotated out of the row.
  private func deflate(_ start: Int, _ rows: Int, _ upper: Int, _ extra: Int) -> Int {
    let (numbers, z) = (diagonal + start, memory.z)
    for c in 0..<upper { memory.order[c] = c }
    for c in upper..<(rows &- 1) { memory.order[c] = c &+ 1 }
    memory.sort(rows &- 1, by: numbers)
    var (count, gone) = (1, 0)
    memory.kept[0] = upper
    for index in 0..<(rows &- 1) {
      let c = memory.order[index]
      let before = memory.kept[count &- 1]
      if z[c].magnitude <= Self.tolerance {
        memory.deflated[gone] = c
        gone &+= 1
      } else if before == upper, numbers[c] <= Self.tolerance / 8 {
        // Two columns without numbers.
        let norm = hypot(z[before], z[c])
        rotateRight(start, rows &+ extra, c, before, z[before] / norm, z[c] / norm)
        memory.mix(c, before)
        (z[before], z[c], numbers[c]) = (norm, 0, 0)
        memory.deflated[gone] = c
        gone &+= 1
      } else if before != upper, numbers[c] - numbers[before] <= Self.tolerance {
        let norm = hypot(z[before], z[c])
        let (cosine, sine) = (z[c] / norm, z[before] / norm)
        rotateRight(start, rows &+ extra, before, c, cosine, sine)
        if case .all(let u, let ldu, _, _) = vectors {
          let corner = u + start &* (ldu &+ 1)
          nabla_rotate(
            nabla_kernels_active(), rows, cosine, sine, corner + before &* ldu, corner + c &* ldu)
        }
        memory.mix(c, before)
        (z[c], z[before]) = (norm, 0)
        memory.deflated[gone] = before
        gone &+= 1
        memory.kept[count &- 1] = c
      } else {
        memory.kept[count] = c
        count &+= 1
      }
    }
    for i in 0..<count {
      memory.keptNumbers[i] = numbers[memory.kept[i]]
      memory.keptZ[i] = z[memory.kept[i]]
    }
    return count
  }

  /// Replaces columns x and y of V by c*x - s*y and s*x + c*y.
  private func rotateRight(_ start: Int, _ length: Int, _ x: Int, _ y: Int, _ c: Double, _ s: Double) {
    switch vectors {
    case .all(_, _, let v, let ldv):
      let corner = v + start &* (ldv &+ 1)
      nabla_rotate(nabla_kernels_active(), length, c, s, corner + x &* ldv, corner + y &* ldv)
    case .ends(let first, let last):
      Rotation.apply(1, first + (start &+ x), first + (start &+ y), c, s)
      Rotation.apply(1, last + (start &+ x), last + (start &+ y), c, s)
    }
  }

  /// Multiplies the vectors with those of the update, and moves the others behind them.
  private func combine(_ start: Int, _ rows: Int, _ upper: Int, _ extra: Int, _ count: Int) {
    switch vectors {
    case .all(let u, let ldu, let v, let ldv):
      memory.group(count)
      let right = v + start &* (ldv &+ 1)
      let length = rows &+ extra
      memory.gather(count, of: rows, right, ldv, length)
      memory.setVectors(count) { memory.keptZ[$0] / $1 }
      memory.multiply(count, of: rows, right, ldv, length, first: upper &+ 1, gap: 0)
      let left = u + start &* (ldu &+ 1)
      memory.gather(count, of: rows, left, ldu, rows)
      // The first column is the middle row alone.
      for r in 0..<count where memory.grouped[r] == 0 {
        Kernels.fill(rows, 0, into: memory.columns + r &* rows)
      }
      memory.setVectors(count) { $0 == 0 ? -1 : memory.keptNumbers[$0] * (memory.keptZ[$0] / $1) }
      memory.multiply(count, of: rows, left, ldu, rows, first: upper, gap: 1)
      for place in 0..<count where memory.grouped[place] == 0 {
        for j in 0..<count { left[upper &+ j &* ldu] = memory.vectors[place &+ j &* count] }
      }
    case .ends(let first, let last):
      memory.combineEnds(count, of: rows, first + start, last + start)
    }
  }
}
