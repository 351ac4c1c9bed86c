/// Equations below each other in an `align*` of a page's width, each with words to its right, or below it if that
/// leaves too little room.
package struct LaTeXAlignment {
  package struct Row {
    /// The left side without its sign; `nil` if it is that of the row before.
    let left: [Mark]?
    let right: [Mark]
    /// The words, as LaTeX.
    let reason: String

    package init(left: [Mark]?, right: [Mark], reason: String) {
      (self.left, self.right, self.reason) = (left, right, reason)
    }
  }

  private let rows: [Row]
  /// The width of the page, in points at a size of ten points.
  private let page: Double

  /// `size` is that of the letters relative to the usual one.
  package init(_ rows: [Row], size: Double = 1) {
    self.rows = rows
    page = LineBreaks.page / size
  }

  /// The space between the columns, and that for words beside the equations.
  private static let (gap, words) = (20.0, 150.0)
  /// A left side wider than this is on a line of its own.
  private static let widestLeft = 0.25 * LineBreaks.page

  package var latex: String {
    let lefts = rows.compactMap(\.left)
    func room(_ lefts: [[Mark]]) -> Double { page - (lefts.map(LaTeXSpeller.width).max() ?? 0) - Self.gap }
    let (beside, below) = (room(lefts) - Self.words, room(lefts.filter { !Self.isWide($0) }))
    let lines =
      rows.allSatisfy { LaTeXSpeller.width(of: $0.right) <= beside }
      ? rows.map(withWordsBeside) : rows.flatMap { withWordsBelow($0, below) }
    return "\\begin{align*}\n" + lines.joined(separator: " \\\\\n") + "\n\\end{align*}"
  }

  /// A row with its words beside it.
  private func withWordsBeside(_ row: Row) -> String {
    "\(row.left.map(LaTeXSpeller.spell) ?? "") &= \(LaTeXSpeller.spell(row.right))"
      + (row.reason.isEmpty ? "" : " && \(row.reason)")
  }

  /// The lines of a row, with its words below it.
  private func withWordsBelow(_ row: Row, _ room: Double) -> [String] {
    let right = LaTeXSpeller.lines(row.right, width: room)
    let left = row.left.map(LaTeXSpeller.spell) ?? ""
    let isWide = row.left.map(Self.isWide) ?? false
    let start = isWide ? ["& \(left)", "&= \(right[0])"] : ["\(left) &= \(right[0])"]
    return start + right.dropFirst().map { "&\\quad {}\($0)" }
      + (row.reason.isEmpty ? [] : ["&\\qquad \(row.reason)"])
  }

  private static func isWide(_ left: [Mark]) -> Bool { LaTeXSpeller.width(of: left) > widestLeft }

  /// An equation for a page: on one line between `\[` and `\]`, or an `align*` in lines that fit.
  package static func displayed(_ left: [Mark], _ right: [Mark]) -> String {
    let start = LaTeXSpeller.spell(left)
    let lines = LaTeXSpeller.lines(right, width: LineBreaks.page - LaTeXSpeller.width(of: left))
    if lines.count == 1 { return "\\[\n\(start)\(lines[0])\n\\]" }
    let rest = lines.dropFirst().map { " \\\\\n&\\quad {}\($0)" }
    return "\\begin{align*}\n\(start){}& \(lines[0])" + rest.joined() + "\n\\end{align*}"
  }
}
