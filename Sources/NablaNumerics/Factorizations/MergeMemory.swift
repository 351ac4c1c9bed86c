import NablaArrays
import NablaKernels

/// Memory for the merges of a divided problem with n columns, and the products that make merged vectors.
struct MergeMemory {
  /// The part of a merged matrix from which the vector of a column comes: its first rows, its last rows, or both.
  enum Part {
    case first, both, last
  }

  /// The vector of a merge, by columns.
  let z: UnsafeMutablePointer<Double>
  /// The numbers and entries of z of the kept columns, ascending by numbers.
  let keptNumbers: UnsafeMutablePointer<Double>
  let keptZ: UnsafeMutablePointer<Double>
  let squares: UnsafeMutablePointer<Double>
  let roots: UnsafeMutablePointer<Double>
  /// Columns in the order of their numbers, kept ones, the others, and the indices of kept ones in the order of parts.
  let order: UnsafeMutablePointer<Int>
  let kept: UnsafeMutablePointer<Int>
  let deflated: UnsafeMutablePointer<Int>
  let grouped: UnsafeMutablePointer<Int>
  let parts: UnsafeMutablePointer<Part>
  /// Poles less roots.
  let differences: UnsafeMutablePointer<Double>
  /// The vectors of an update, and the columns that they combine.
  let vectors: UnsafeMutablePointer<Double>
  let columns: UnsafeMutablePointer<Double>

  /// The places for vectors, or for their first and last entries.
  static func workspace(_ n: Int, vectors: Bool) -> Int {
    vectors ? (3 &* n &+ 10) &* n : (n &+ 13) &* n
  }

  init(_ n: Int, _ memory: UnsafeMutablePointer<Double>) {
    func bound<T>(_ index: Int, to type: T.Type) -> UnsafeMutablePointer<T> {
      UnsafeMutableRawPointer(memory + index &* n).bindMemory(to: type, capacity: n)
    }
    z = memory
    keptNumbers = memory + n
    keptZ = memory + 2 &* n
    squares = memory + 3 &* n
    roots = memory + 4 &* n
    order = bound(5, to: Int.self)
    kept = bound(6, to: Int.self)
    deflated = bound(7, to: Int.self)
    grouped = bound(8, to: Int.self)
    parts = bound(9, to: Part.self)
    differences = memory + 10 &* n
    vectors = differences + n &* n
    columns = vectors + n &* n
  }

  /// Sorts the first `count` columns in `order` by their numbers, of which few are out of order.
  func sort(_ count: Int, by numbers: UnsafePointer<Double>) {
    for i in 1..<Swift.max(count, 1) {
      let column = order[i]
      var place = i
      while place > 0, numbers[order[place &- 1]] > numbers[column] {
        order[place] = order[place &- 1]
        place &-= 1
      }
      order[place] = column
    }
  }

  /// The parts of two columns after a rotation.
  func mix(_ i: Int, _ j: Int) {
    guard parts[i] != parts[j] else { return }
    parts[i] = .both
    parts[j] = .both
  }

  /// The places of the kept columns that have last rows, and of those that have first rows.
  private func places(_ count: Int) -> (last: Range<Int>, first: Range<Int>) {
    var (begin, end) = (0, 0)
    for i in 0..<count {
      switch parts[kept[i]] {
      case .first: (begin, end) = (begin &+ 1, end &+ 1)
      case .both: end &+= 1
      case .last: break
      }
    }
    return (begin..<count, 0..<end)
  }

  /// Puts the kept columns in the order of their parts.
  func group(_ count: Int) {
    let (last, first) = places(count)
    var next = (first: 0, both: last.lowerBound, last: first.upperBound)
    for i in 0..<count {
      switch parts[kept[i]] {
      case .first: (grouped[next.first], next.first) = (i, next.first &+ 1)
      case .both: (grouped[next.both], next.both) = (i, next.both &+ 1)
      case .last: (grouped[next.last], next.last) = (i, next.last &+ 1)
      }
    }
  }

  /// Copies `total` columns: the kept ones, in the order of their parts, then the others.
  func gather(
    _ count: Int, of total: Int, _ matrix: UnsafePointer<Double>, _ stride: Int, _ length: Int
  ) {
    for place in 0..<total {
      let column = place < count ? kept[grouped[place]] : deflated[place &- count]
      Kernels.copy(length, matrix + column &* stride, into: columns + place &* length)
    }
  }

  /// Makes unit vectors, one for each root, with entries given by the index of a kept column and its difference.
  @inline(__always)
  func setVectors(_ count: Int, _ entry: (Int, Double) -> Double) {
    for j in 0..<count {
      let (vector, column) = (vectors + j &* count, differences + j &* count)
      for place in 0..<count { vector[place] = entry(grouped[place], column[grouped[place]]) }
      Kernels.scale(count, 1 / Kernels.norm(count, vector), vector, into: vector)
    }
  }

  /// Writes the gathered columns times the vectors, then the other columns. The first rows of a column of the last part
  /// are zero, and so on; `gap` rows after the first ones are left alone.
  func multiply(
    _ count: Int, of total: Int, _ matrix: UnsafeMutablePointer<Double>, _ stride: Int, _ length: Int,
    first rows: Int, gap: Int
  ) {
    let set = nabla_kernels_active()
    let (last, first) = places(count)
    let (skipped, below) = (last.lowerBound, rows &+ gap)
    nabla_gemm(
      set, rows, count, first.count, 1, columns, 1, length, vectors, 1, count, 0, matrix, stride,
      NABLA_WHOLE)
    nabla_gemm(
      set, length &- below, count, last.count, 1, columns + (below &+ skipped &* length), 1, length,
      vectors + skipped, 1, count, 0, matrix + below, stride, NABLA_WHOLE)
    for place in count..<Swift.max(total, count) {
      Kernels.copy(length, columns + place &* length, into: matrix + place &* stride)
    }
  }

  /// Does the same for the first and the last row alone.
  func combineEnds(
    _ count: Int, of total: Int, _ first: UnsafeMutablePointer<Double>,
    _ last: UnsafeMutablePointer<Double>
  ) {
    let (vector, firsts) = (vectors, vectors + total)
    let lasts = firsts + total
    for place in 0..<total {
      let column = place < count ? kept[place] : deflated[place &- count]
      firsts[place] = first[column]
      lasts[place] = last[column]
    }
    for place in count..<Swift.max(total, count) {
      first[place] = firsts[place]
      last[place] = lasts[place]
    }
    for j in 0..<count {
      let column = differences + j &* count
      for i in 0..<count { vector[i] = keptZ[i] / column[i] }
      let norm = Kernels.norm(count, vector)
      first[j] = Kernels.dot(count, vector, firsts) / norm
      last[j] = Kernels.dot(count, vector, lasts) / norm
    }
  }
}
