/// Writes marks as MathML Core.
/// A part of a fraction or a script must be one element, so several are wrapped in a row.
struct MathMLSpeller {
  private let marks: [Mark]
  private var open = [Part()]
  private var frames: [Frame] = []

  /// The text so far of a part of an element.
  private struct Part {
    var text = ""
    var elements = 0
    /// If it is just a script, its base: another script is added to it instead of nesting.
    var script: MathMLScript?

    mutating func add(_ element: String, script: MathMLScript? = nil) {
      if element.isEmpty { return }
      self.script = elements == 0 ? script : nil
      text += element
      elements += 1
    }

    /// The part as one element.
    var single: String { elements == 1 ? text : "<mrow>\(text)</mrow>" }
  }

  private struct Frame {
    let frame: Mark.Frame
    /// The rows of a table; a single row for anything else.
    var rows: [[Part]] = [[]]
  }

  private init(_ marks: [Mark]) { self.marks = marks }

  /// The elements inside `math`.
  static func spell(_ marks: [Mark]) -> String {
    var speller = MathMLSpeller(marks)
    for index in marks.indices { speller.add(index) }
    return speller.open.last?.text ?? ""
  }

  private mutating func add(_ index: Int) {
    switch marks[index] {
    case .number(let digits): write("<mn>\(MathML.escaped(digits))</mn>")
    case .name(let name):
      let script = MathMLNames.script(name)
      write(script?.element ?? MathMLNames.letters(name), script: script)
    case .function(let name):
      if index > 0, marks[index - 1].isDifferential { write(Mark.Symbol.thinSpace.mathML) }
      write(MathMLNames.function(name))
    case .symbol(let symbol): write(symbol.mathML)
    case .join(let isWide): write(gap(index, isWide: isWide))
    case .begin(let frame):
      frames.append(Frame(frame: frame))
      open.append(Part())
    case .next: closePart()
    case .row:
      closePart()
      if let last = frames.indices.last { frames[last].rows.append([]) }
    case .end:
      closePart()
      open.removeLast()
      if let frame = frames.popLast() { write(frame) }
    }
  }

  private mutating func write(_ element: String, script: MathMLScript? = nil) {
    if let last = open.indices.last { open[last].add(element, script: script) }
  }

  private mutating func write(_ frame: Frame) {
    let script = Self.script(frame)
    write(script?.element ?? Self.element(frame), script: script)
  }

  /// A script, merged into its base if that is a script already.
  private static func script(_ frame: Frame) -> MathMLScript? {
    let parts = Array(frame.rows.joined())
    guard parts.count == 2 else { return nil }
    let (base, mark) = (parts[0], parts[1].single)
    switch frame.frame {
    case .superscript, .primed:
      if let inner = base.script, inner.above == nil {
        return MathMLScript(base: inner.base, below: inner.below, above: mark)
      }
      return MathMLScript(base: base.single, above: mark)
    case .subscript:
      if let inner = base.script, inner.below == nil {
        return MathMLScript(base: inner.base, below: mark, above: inner.above)
      }
      return MathMLScript(base: base.single, below: mark)
    case .fraction, .root, .indexSum, .fence, .blocks, .cases: return nil
    }
  }

  /// Moves the current part to the frame and starts a new one.
  private mutating func closePart() {
    guard let frame = frames.indices.last, let row = frames[frame].rows.indices.last,
      let last = open.indices.last
    else { return }
    frames[frame].rows[row].append(open[last])
    open[last] = Part()
  }

  private static func element(_ frame: Frame) -> String {
    let parts = frame.rows.joined().map(\.single).joined()
    switch frame.frame {
    case .fraction: return "<mfrac>\(parts)</mfrac>"
    case .root: return "<msqrt>\(frame.rows.joined().map(\.text).joined())</msqrt>"
    case .superscript, .primed: return "<msup>\(parts)</msup>"
    case .subscript: return "<msub>\(parts)</msub>"
    case .indexSum: return "<munderover><mo>∑</mo>\(parts)</munderover>"
    case .fence(let fence, let isTall):
      let inside = frame.rows.joined().map(\.text).joined()
      let (left, right) = ends(of: fence)
      return "<mrow>\(bracket(left, isTall: isTall))\(inside)\(bracket(right, isTall: isTall))</mrow>"
    case .blocks:
      return
        "<mrow>\(bracket("[", isTall: true))\(table(frame.rows))\(bracket("]", isTall: true))</mrow>"
    case .cases: return "<mrow>\(bracket("{", isTall: true))\(table(frame.rows))</mrow>"
    }
  }

  private static func ends(of fence: Mark.Fence) -> (String, String) {
    switch fence {
    case .round: ("(", ")")
    case .square: ("[", "]")
    case .bars: ("|", "|")
    case .doubleBars: ("‖", "‖")
    }
  }

  /// Brackets grow with their content unless that is ruled out.
  private static func bracket(_ sign: String, isTall: Bool) -> String {
    isTall ? "<mo>\(sign)</mo>" : "<mo stretchy=\"false\">\(sign)</mo>"
  }

  private static func table(_ rows: [[Part]]) -> String {
    let rows = rows.map { cells in
      "<mtr>" + cells.map { "<mtd>\($0.text)</mtd>" }.joined() + "</mtr>"
    }
    return "<mtable>\(rows.joined())</mtable>"
  }

  /// The operator between two factors: a dot if they would be misread, a gap next to words, otherwise an invisible
  /// product.
  private func gap(_ index: Int, isWide: Bool) -> String {
    let dot = "<mo>⋅</mo>"
    let space = Mark.Symbol.thinSpace.mathML
    let invisible = isWide ? space : "<mo>&#x2062;</mo>"
    switch marks[(index + 1)...].first(where: { !$0.isBase }) {
    case .number: return dot
    case .function: return space
    case .begin(.fence(.round, _)): return index > 0 && marks[index - 1].isFunctionLetter ? dot : invisible
    case .name, .symbol, .join, .begin, .next, .row, .end, nil: return invisible
    }
  }
}

/// A base with its subscripts and superscripts.
struct MathMLScript {
  var base: String
  var below: String?
  var above: String?

  var element: String {
    switch (below, above) {
    case (let below?, let above?): "<msubsup>\(base)\(below)\(above)</msubsup>"
    case (let below?, nil): "<msub>\(base)\(below)</msub>"
    case (nil, let above?): "<msup>\(base)\(above)</msup>"
    case (nil, nil): base
    }
  }
}

extension Mark {
  /// Whether it begins a script, so that its contents come first.
  fileprivate var isBase: Bool {
    switch self {
    case .begin(.superscript), .begin(.subscript), .begin(.primed): true
    case .begin(.fraction), .begin(.root), .begin(.indexSum), .begin(.fence), .begin(.blocks), .begin(.cases),
      .number, .name, .function, .symbol, .join, .next, .row, .end:
      false
    }
  }

  fileprivate var isDifferential: Bool {
    guard case .symbol(let symbol) = self else { return false }
    return symbol.latex == Mark.Symbol.differential.latex
  }

  /// Whether it is a letter that denotes a function before a bracket.
  fileprivate var isFunctionLetter: Bool {
    guard case .name(let name) = self else { return false }
    return LaTeXSpeller.functionLetters.contains(Names.latex(name))
  }
}
