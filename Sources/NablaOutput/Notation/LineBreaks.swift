/// Chooses where a formula continues on the next line, so that its lines fit a page.
/// A line ends before a sign between terms or factors, outside brackets if there is such a place, and never inside a
/// fraction, a root, a norm, a script or a table. Widths are estimates, in points at a size of ten points.
struct LineBreaks {
  /// The width of a page of 15 cm.
  static let page = 427.0
  /// The indentation of a line after the first.
  static let indentation = 20.0

  /// A mark between places where lines may end, or a whole frame other than a fence.
  private struct Piece {
    /// The index of its first mark.
    let start: Int
    let width: Double
    /// The number of fences around it.
    let depth: Int
    let mayStartLine: Bool
  }

  private let marks: [Mark]
  private var pieces: [Piece] = []

  init(_ marks: [Mark]) {
    self.marks = marks
    var (index, depth) = (0, 0)
    while index < marks.count {
      var width = Self.width(of: marks[index])
      let start = index
      switch marks[index] {
      case .begin(.fence(.round, _)), .begin(.fence(.square, _)):
        pieces.append(Piece(start: start, width: width, depth: depth, mayStartLine: false))
        depth += 1
        index += 1
        continue
      case .begin: (width, index) = frame(at: index)
      case .end:
        depth -= 1
        index += 1
      case .number, .name, .function, .symbol, .join, .next, .row: index += 1
      }
      let mayStartLine = if case .symbol(let sign) = marks[start] { Self.separates(sign) } else { false }
      pieces.append(Piece(start: start, width: width, depth: depth, mayStartLine: mayStartLine))
    }
  }

  /// The width of the formula on one line.
  var width: Double { pieces.reduce(0) { $0 + $1.width } }

  /// The indices of the marks that start a new line if lines have at most this width, as far as there are places.
  func places(width: Double) -> [Int] {
    var result: [Int] = []
    var first = 0
    while let next = end(of: first, result.isEmpty ? width : width - Self.indentation) {
      result.append(pieces[next].start)
      first = next
    }
    return result
  }

  /// The piece that starts the line after one that starts with a given piece; `nil` if the rest fits.
  private func end(of first: Int, _ limit: Double) -> Int? {
    var (position, best, isTooLong) = (0.0, Int?.none, false)
    for index in first..<pieces.count {
      let piece = pieces[index]
      if piece.mayStartLine, index > first {
        if position > limit, best != nil { break }
        // Of places at the same depth the last one fills the line most.
        if best == nil || piece.depth <= pieces[best ?? index].depth { best = index }
      }
      position += piece.width
      isTooLong = isTooLong || position > limit
    }
    return isTooLong ? best : nil
  }

  // MARK: Widths

  /// Whether a line may start with a sign.
  private static func separates(_ sign: Mark.Symbol) -> Bool {
    let signs: [Mark.Symbol] = [.plus, .minus, .equals, .hadamard, .times, .kronecker]
    return signs.contains { $0.latex == sign.latex }
  }

  /// The width of the frame that begins at an index, and the index after its end.
  private func frame(at start: Int) -> (width: Double, next: Int) {
    guard case .begin(let frame) = marks[start] else { return (0, start + 1) }
    // The widths of the cells of each row.
    var rows: [[Double]] = [[0]]
    var index = start + 1
    func add(_ width: Double) { rows[rows.count - 1][rows[rows.count - 1].count - 1] += width }
    loop: while index < marks.count {
      switch marks[index] {
      case .begin:
        let (width, next) = self.frame(at: index)
        add(width)
        index = next
        continue
      case .next: rows[rows.count - 1].append(0)
      case .row: rows.append([0])
      case .end:
        index += 1
        break loop
      case .number, .name, .function, .symbol, .join: add(Self.width(of: marks[index]))
      }
      index += 1
    }
    let (first, second) = (rows[0][0], rows[0].count > 1 ? rows[0][1] : 0)
    let script = 0.72
    let width =
      switch frame {
      case .fraction: max(first, second) + 2.5
      case .root: first + 9
      case .superscript, .subscript: first + script * second
      case .primed: first + second
      case .indexSum: max(15, script * max(first, second)) + 2
      case .fence: first + 2 * Self.width(of: marks[start])
      case .blocks, .cases: (rows.map { $0.reduce(0) { $0 + $1 + 10 } }.max() ?? 0) + 6
      }
    return (width, index)
  }

  private static func width(of mark: Mark) -> Double {
    switch mark {
    case .number(let digits): 5 * Double(digits.count)
    case .name(let name): 5.7 * Double(Names.unicode(name).count)
    case .function(let name):
      5 * Double(name.replacing("\\operatorname", with: "").filter(\.isLetter).count) + 2
    case .symbol(let sign): width(of: sign)
    case .join(let isWide): isWide ? 2 : 0
    case .begin(.fence(_, let isTall)): isTall ? 6 : 4
    case .begin, .next, .row: 0
    case .end: 5
    }
  }

  private static func width(of sign: Mark.Symbol) -> Double {
    if sign.latex.isEmpty { return 0 }
    // A sign with space on both sides.
    if separates(sign) || sign.latex.hasPrefix(" ") { return 13 }
    return sign.latex.hasPrefix("\\,") || sign.latex == " " ? 2 : 6
  }
}
