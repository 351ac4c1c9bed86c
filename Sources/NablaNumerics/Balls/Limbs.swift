/// Integers as 64-bit limbs, lowest first.
enum Limbs {
  static func add(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
    var (long, short) = a.count >= b.count ? (a, b) : (b, a)
    var carry: UInt64 = 0
    for i in long.indices {
      if i >= short.count, carry == 0 { break }
      let (first, over) = long[i].addingReportingOverflow(i < short.count ? short[i] : 0)
      let (sum, more) = first.addingReportingOverflow(carry)
      long[i] = sum
      carry = over || more ? 1 : 0
    }
    if carry == 1 { long.append(1) }
    short = []
    return long
  }

  /// a - b for a ≥ b.
  static func subtract(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
    var result = a
    var borrow: UInt64 = 0
    for i in result.indices {
      if i >= b.count, borrow == 0 { break }
      let (first, under) = result[i].subtractingReportingOverflow(i < b.count ? b[i] : 0)
      let (difference, more) = first.subtractingReportingOverflow(borrow)
      result[i] = difference
      borrow = under || more ? 1 : 0
    }
    return result
  }

  static func multiply(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
    if a.isEmpty || b.isEmpty { return [] }
    var result = [UInt64](repeating: 0, count: a.count + b.count)
    result.withUnsafeMutableBufferPointer { z in
      for i in a.indices {
        var carry: UInt64 = 0
        let factor = a[i]
        for j in b.indices {
          let (high, low) = factor.multipliedFullWidth(by: b[j])
          let (first, over) = low.addingReportingOverflow(z[i + j])
          let (sum, more) = first.addingReportingOverflow(carry)
          z[i + j] = sum
          carry = high &+ (over ? 1 : 0) &+ (more ? 1 : 0)
        }
        z[i + b.count] = carry
      }
    }
    return result
  }

  /// Whether a < b; both may have leading zero limbs.
  static func less(_ a: [UInt64], _ b: [UInt64]) -> Bool {
    for i in stride(from: max(a.count, b.count) - 1, through: 0, by: -1) {
      let (x, y) = (i < a.count ? a[i] : 0, i < b.count ? b[i] : 0)
      if x != y { return x < y }
    }
    return false
  }

  static func shiftedLeft(_ a: [UInt64], _ bits: Int) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: a.count + 1) { result, count in
      var carry: UInt64 = 0
      for i in a.indices {
        result[i] = a[i] << UInt64(bits) | carry
        // A shift by all 64 bits is zero.
        carry = a[i] >> UInt64(64 - bits)
      }
      result[a.count] = carry
      count = a.count + 1
    }
  }

  /// The integer quotient of a and b, where the top limb of b is not zero (Knuth, The Art of Computer Programming 4.3.1
  /// D).
  static func divide(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
    let n = b.count
    guard n > 0, a.count >= n else { return [] }
    let shift = b[n - 1].leadingZeroBitCount
    let v = Array(shiftedLeft(b, shift)[..<n])
    var u = shiftedLeft(a, shift)
    if n == 1 {
      var quotient = [UInt64](repeating: 0, count: u.count)
      var rest: UInt64 = 0
      for i in u.indices.reversed() { (quotient[i], rest) = v[0].dividingFullWidth((rest, u[i])) }
      return quotient
    }
    var quotient = [UInt64](repeating: 0, count: u.count - n)
    let (top, next) = (v[n - 1], v[n - 2])
    for j in stride(from: u.count - n - 1, through: 0, by: -1) {
      var guess: UInt64 = .max
      if u[j + n] < top {
        var rest: UInt64
        (guess, rest) = top.dividingFullWidth((u[j + n], u[j + n - 1]))
        while true {
          let (high, low) = guess.multipliedFullWidth(by: next)
          guard high > rest || high == rest && low > u[j + n - 2] else { break }
          guess -= 1
          let (sum, over) = rest.addingReportingOverflow(top)
          if over { break }
          rest = sum
        }
      }
      var (carry, borrow): (UInt64, UInt64) = (0, 0)
      for i in 0..<n {
        let (high, low) = guess.multipliedFullWidth(by: v[i])
        let (product, over) = low.addingReportingOverflow(carry)
        carry = high &+ (over ? 1 : 0)
        let (first, under) = u[i + j].subtractingReportingOverflow(product)
        let (difference, more) = first.subtractingReportingOverflow(borrow)
        u[i + j] = difference
        borrow = (under ? 1 : 0) + (more ? 1 : 0)
      }
      let (first, under) = u[j + n].subtractingReportingOverflow(carry)
      let (difference, more) = first.subtractingReportingOverflow(borrow)
      u[j + n] = difference
      // The estimate may be too large by one or, after the shortcut above, by two.
      var isNegative = under || more
      while isNegative {
        guess -= 1
        var added: UInt64 = 0
        for i in 0..<n {
          let (partial, over) = u[i + j].addingReportingOverflow(v[i])
          let (sum, extra) = partial.addingReportingOverflow(added)
          u[i + j] = sum
          added = over || extra ? 1 : 0
        }
        let (sum, over) = u[j + n].addingReportingOverflow(added)
        u[j + n] = sum
        isNegative = !over
      }
      quotient[j] = guess
    }
    return quotient
  }
}
