import NablaArrays
import NablaKernels

/// The eigenvalues and eigenvectors of a symmetric tridiagonal n×n matrix by division into halves.
///
/// The matrix is a block diagonal one plus a product b*w*w', where w has two entries that are not zero. Sources: Cuppen, A
/// divide and conquer method for the symmetric tridiagonal eigenproblem, Numer. Math. 36 (1981), and those of
/// `RankOneUpdate`. Small parts are rotated.
struct TridiagonalEigen {
  /// The diagonal, then the eigenvalues, in no order.
  let diagonal: UnsafeMutablePointer<Double>
  /// The entries beside it.
  let beside: UnsafePointer<Double>
  /// The eigenvectors, n×n, which begin as zeros.
  let vectors: UnsafeMutablePointer<Double>
  let n: Int
  let memory: MergeMemory
  private let leaf: UnsafeMutablePointer<Double>

  /// Rows of a part that is not divided.
  private static let leafRows = 12
  private static let leafPlaces = leafRows * (2 * leafRows + 1)

  static func workspace(_ n: Int) -> Int { MergeMemory.workspace(n, vectors: true) &+ leafPlaces }

  init(
    _ n: Int, diagonal: UnsafeMutablePointer<Double>, beside: UnsafePointer<Double>,
    vectors: UnsafeMutablePointer<Double>, _ memory: UnsafeMutablePointer<Double>
  ) {
    self.n = n
    self.diagonal = diagonal
    self.beside = beside
    self.vectors = vectors
    leaf = memory
    self.memory = MergeMemory(n, memory + Self.leafPlaces)
  }

  /// Decomposes rows from `start`.
  func solve(_ start: Int, _ rows: Int) {
    guard rows > Self.leafRows else { return rotate(start, rows) }
    let upper = rows / 2
    let middle = start &+ upper
    let joint = beside[middle &- 1]
    diagonal[middle &- 1] -= joint.magnitude
    diagonal[middle] -= joint.magnitude
    solve(start, upper)
    solve(middle, rows &- upper)
    merge(start, rows, upper, joint)
  }

  /// Decomposes a small part by rotations.
  private func rotate(_ start: Int, _ rows: Int) {
    let v = leaf + rows &* rows
    let values = v + rows &* rows
    Kernels.fill(rows &* rows, 0, into: leaf)
    for i in 0..<rows {
      leaf[i &* (rows &+ 1)] = diagonal[start &+ i]
      guard i &+ 1 < rows else { break }
      leaf[i &+ (i &+ 1) &* rows] = beside[start &+ i]
      leaf[i &+ 1 &+ i &* rows] = beside[start &+ i]
    }
    SymmetricEigen.rotate(rows, leaf, values: values, vectors: v)
    Kernels.copy(rows, values, into: diagonal + start)
    for j in 0..<rows {
      Kernels.copy(rows, v + j &* rows, into: vectors + (start &+ (start &+ j) &* n))
    }
  }

  /// Merges `upper` rows and those below them, which the entry `joint` connects.
  private func merge(_ start: Int, _ rows: Int, _ upper: Int, _ joint: Double) {
    let (numbers, z) = (diagonal + start, memory.z)
    let corner = vectors + start &* (n &+ 1)
    var unit = joint.magnitude
    for c in 0..<rows { unit = Swift.max(unit, numbers[c].magnitude) }
    unit = unit > 0 ? unit.binade : 1
    // The vector of the product, so that its factor is 1.
    let factor = (joint.magnitude / unit).squareRoot()
    for c in 0..<rows {
      let sign: Double = c >= upper && joint < 0 ? -1 : 1
      z[c] = sign * factor * corner[(c < upper ? upper &- 1 : upper) &+ c &* n]
      numbers[c] /= unit
      memory.parts[c] = c < upper ? .first : .last
    }
    let count = deflate(numbers, corner, rows, factor)
    RankOneUpdate(
      poles: .numbers, count: count, d: memory.keptNumbers, z: memory.keptZ, differences: memory.differences
    ).solve(roots: memory.roots, squares: memory.squares)
    memory.group(count)
    memory.gather(count, of: rows, corner, n, rows)
    memory.setVectors(count) { memory.keptZ[$0] / $1 }
    memory.multiply(count, of: rows, corner, n, rows, first: upper, gap: 0)
    for i in count..<Swift.max(rows, count) { memory.roots[i] = numbers[memory.deflated[i &- count]] }
    for i in 0..<rows { numbers[i] = memory.roots[i] * unit }
  }

  /// The size below which a number counts as zero, relative to the largest.
  private static let tolerance = 8 * Double.ulpOfOne

  /// Finds the columns that take part; of columns with nearly equal numbers, all but one are rotated out of the product.
  private func deflate(
    _ numbers: UnsafeMutablePointer<Double>, _ corner: UnsafeMutablePointer<Double>, _ rows: Int,
    _ factor: Double
  ) -> Int {
    let z = memory.z
    for c in 0..<rows { memory.order[c] = c }
    memory.sort(rows, by: numbers)
    var (count, gone) = (0, 0)
    for index in 0..<rows {
      let c = memory.order[index]
      if factor * z[c].magnitude <= Self.tolerance {
        memory.deflated[gone] = c
        gone &+= 1
        continue
      }
      memory.kept[count] = c
      count &+= 1
      guard count > 1 else { continue }
      let before = memory.kept[count &- 2]
      let norm = (z[before] * z[before] + z[c] * z[c]).squareRoot()
      let (cosine, sine) = (z[c] / norm, z[before] / norm)
      let gap = numbers[c] - numbers[before]
      guard (gap * cosine * sine).magnitude <= Self.tolerance else { continue }
      nabla_rotate(nabla_kernels_active(), rows, cosine, sine, corner + before &* n, corner + c &* n)
      memory.mix(c, before)
      (z[c], z[before]) = (norm, 0)
      numbers[c] -= gap * sine * sine
      numbers[before] += gap * sine * sine
      memory.deflated[gone] = before
      gone &+= 1
      count &-= 1
      memory.kept[count &- 1] = c
    }
    for i in 0..<count {
      memory.keptNumbers[i] = numbers[memory.kept[i]]
      memory.keptZ[i] = z[memory.kept[i]]
    }
    return count
  }
}
