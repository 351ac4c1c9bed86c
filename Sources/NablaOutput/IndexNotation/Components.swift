import NablaCore
import NablaTypes

/// A formula in index notation: its entries, as sums over indices and Kronecker deltas.
/// `2*X'*(X*w - y)` is `[k] = 2*sum(i = 1:n, X_ik*(sum(j = 1:d, X_ij*w_j) - y_i))` for `k = 1:d`. A block array has an
/// equation for each block.
package struct Components: Sendable {
  /// The entries in one region of the array.
  package struct Equation: Sendable {
    /// The entry, as a formula in entries of arrays.
    let formula: Formula
    let row: Dimension
    let column: Dimension
    /// The subscripts of the entry: none for a scalar, one for a vector or row, two for a matrix.
    let places: [Layout]
    /// The free indices, in the order of naming.
    let ranges: [IndexRange]
    let layout: Layout
    let functionNames: [String: String]

    /// The entry: `s_i*(delta_ij - s_j)`.
    package var text: String { TextPrinter().spell(layout) }
    /// The entry for LaTeX's math mode.
    package var latex: String { LaTeXSpeller.spell(marks) }
    private var marks: [Mark] { Typesetter(functionNames: functionNames).marks(layout) }

    /// The left side `[·]_{i,j}`, or the entry of the array with this name; empty for a scalar.
    fileprivate func subject(_ name: String? = nil) -> [Mark] {
      let typesetter = Typesetter(functionNames: [:])
      if let name {
        return typesetter.marks(places.isEmpty ? .name(name) : .indexed(.name(name), places))
      }
      if places.isEmpty { return [] }
      let separated = places.map(typesetter.marks).joined(separator: [Mark.symbol(.placeComma)])
      return [.begin(.subscript(isBraced: true)), .symbol(.entry), .next] + separated + [.end]
    }

    /// The ranges of the free indices.
    fileprivate var rangeMarks: [Mark] {
      let typesetter = Typesetter(functionNames: [:])
      let each = ranges.map { range -> [Mark] in
        [.name(range.name), .symbol(.equals)] + typesetter.marks(.size(range.first)) + [.symbol(.dots)]
          + typesetter.marks(.size(range.last))
      }
      return Array(each.joined(separator: [Mark.symbol(.rangeComma)]))
    }

    /// The equation as MathML cells: left side, entry, ranges of the free indices.
    fileprivate func mathMLCells(of name: String?) -> [String] {
      let subject = subject(name)
      let left = subject.isEmpty ? [] : subject + [.symbol(.equals)]
      return [MathML.row(left), MathML.row(marks), MathML.row(rangeMarks)]
    }

    /// The entry of an array with this name, with its subscripts: `s_i = exp(z_i)/sum(j = 1:n, exp(z_j))`.
    package func text(of name: String?) -> String {
      if let name {
        let left = places.isEmpty ? Layout.name(name) : .indexed(.name(name), places)
        return TextPrinter().spell(left) + " = " + text
      }
      if places.isEmpty { return text }
      return "[" + places.map { TextPrinter().spell($0) }.joined(separator: ", ") + "] = " + text
    }

    /// The ranges of the free indices: `i = 1:n, j = 1:d`, or `i, j = 1:n`.
    package var range: String {
      guard let first = ranges.first else { return "" }
      if ranges.allSatisfy({ $0.first == first.first && $0.last == first.last }) {
        return "\(ranges.map(\.name).joined(separator: ", ")) = \(first.first):\(first.last)"
      }
      return ranges.map { "\($0.name) = \($0.first):\($0.last)" }.joined(separator: ", ")
    }
  }

  /// One equation for all entries, or one for each block.
  package let equations: [Equation]

  /// One line for each equation: `[i, j] = s_i*(delta_ij - s_j) for i, j = 1:n`.
  package var lines: [String] { lines(of: nil) }

  /// Like `lines`, for an array with a name: `s_i = exp(z_i)/sum(j = 1:n, exp(z_j)) for i = 1:n`.
  package func lines(of name: String?) -> [String] {
    equations.map { $0.text(of: name) + ($0.ranges.isEmpty ? "" : " for \($0.range)") }
  }

  /// The elements inside `math`: one line for each equation.
  package func mathMLRow(of name: String? = nil) -> String {
    MathML.aligned(equations.map { $0.mathMLCells(of: name) })
  }

  /// As a `math` element.
  package var mathML: String { MathML.block(mathMLRow()) }

  /// All lines.
  package var text: String { lines.joined(separator: "\n") }

  /// The entry for LaTeX's math mode; several entries have their left sides.
  package var latex: String {
    if equations.count == 1 { return equations[0].latex }
    let lines = equations.map { equation in
      var line = LaTeXSpeller.spell(equation.subject()) + " &= " + equation.latex
      if !equation.ranges.isEmpty { line += ", \\quad " + LaTeXSpeller.spell(equation.rangeMarks) }
      return line
    }
    return "\\begin{aligned} " + lines.joined(separator: " \\\\ ") + " \\end{aligned}"
  }
}

extension Formula {
  /// The entries of the formula in index notation; `nil` if it is too large or too deep to print.
  package var components: Components? { components() }

  /// The entries as sums over indices and Kronecker deltas; `nil` if they are too large to print.
  ///
  /// `2*X'*(X*w - y)` is `[k] = 2*sum(i = 1:n, X_ik*(sum(j = 1:d, X_ij*w_j) - y_i)), k = 1:d`.
  public var indexNotation: String? { components?.text }

  /// Like `components`, with letters for indices that avoid these names, and with LaTeX names of functions that
  /// override the usual ones.
  package func components(
    avoiding names: Set<String> = [], functionNames: [String: String] = RuleBook.standard.latexNames
  )
    -> Components?
  {
    guard height <= PrintLimit.height, let entries = IndexReader.entries(of: self) else { return nil }
    let used = namesInUse.union(names)
    let naming = IndexNaming(used: used)
    let hasFree = entries.all.contains { !$0.ranges.isEmpty }
    let columnsOnly =
      hasFree && entries.all.allSatisfy { IndexNaming.countsColumns($0.formula, $0.ranges) }
    var equations: [Components.Equation] = []
    for entry in entries.all {
      let names = naming.names(
        entry.formula, entry.ranges, wishes: entries.wishes, columnsOnly: columnsOnly)
      let values = names.mapValues { Dimension(name: $0) }
      let renaming = IndexRenaming(values: values, bound: names, bounds: IndexBounds())
      let formula = renaming(entry.formula)
      guard let layout = Presenter.layout(ofEntry: formula, usedNames: used) else { return nil }
      equations.append(
        Components.Equation(
          formula: formula, row: entry.row.flat.substituting(values),
          column: entry.column.flat.substituting(values), places: entry.places.map { $0.layout(values) },
          ranges: entry.ranges.map {
            IndexRange(
              name: names[$0.name] ?? $0.name, first: $0.first.substituting(values),
              last: $0.last.substituting(values))
          }, layout: layout, functionNames: functionNames))
    }
    return Components(equations: equations)
  }
}

extension IndexReader {
  /// The entries in one region of the array.
  struct Entry {
    let formula: Formula
    let row: Position
    let column: Position
    /// The positions along axes of size greater than 1.
    let places: [Position]
    /// The free indices, in the order of naming.
    let ranges: [IndexRange]
  }

  /// The entries of a formula, with generated names for indices.
  struct Entries {
    var all: [Entry] = []
    var wishes: [String: String] = [:]
  }

  /// The entries of a formula, block by block; `nil` if it is too large to print.
  static func entries(of formula: Formula) -> Entries? {
    let whole = formula.bySoftmaxSpelledOut
    let reader = IndexReader()
    let axes = reader.axes.of(whole)
    var entries = Entries()
    for row in reader.runs(along: axes.rows) {
      for column in reader.runs(along: axes.columns) {
        guard let entry = reader.entry(whole, row.position, column.position) else { return nil }
        let places =
          (whole.shape.rows.isOne ? [] : [row.position])
          + (whole.shape.columns.isOne ? [] : [column.position])
        let ranges = (row.ranges + column.ranges).sorted { a, b in
          (reader.bounds.age(a.name) ?? 0) < (reader.bounds.age(b.name) ?? 0)
        }
        entries.all.append(
          Entry(
            formula: reader.gathered(entry), row: row.position, column: column.position, places: places,
            ranges: ranges))
      }
    }
    entries.wishes = reader.wishes
    return entries
  }
}

extension Formula {
  /// A lone softmax expanded by its definition; within a formula it is an array with entries.
  fileprivate var bySoftmaxSpelledOut: Formula {
    guard case .apply(.array(let operation), let arguments) = kind, let inner = arguments.first,
      operation == .softmax || operation == .logsoftmax
    else { return self }
    let powers = Formula.apply(.elementwise("exp"), [inner], inner.shape)
    let sums: Formula
    if inner.shape.isMatrix {
      sums = .product([powers, .ones(.vector(inner.shape.columns)), .ones(.row(inner.shape.columns))])
    } else {
      sums = .times([.total(powers), .ones(inner.shape)])
    }
    if operation == .softmax { return .times([powers, .power(sums, .number(-1))]) }
    return .sum([inner, .apply(.elementwise("log"), [sums], inner.shape).negated], inner.shape)
  }
}

extension Position {
  /// The position with the names of its indices: `i`, `(j - 1)*m + i`.
  fileprivate func layout(_ names: [String: Dimension]) -> Layout {
    switch self {
    case .at(let place): return .size(place.substituting(names))
    case .pair(let slow, let fast, _, let fastSize):
      let before = Layout.sum([
        .init(isNegative: false, layout: slow.layout(names)), .init(isNegative: true, layout: .one),
      ])
      return .sum([
        .init(isNegative: false, layout: .product(.scaling, [before, .size(fastSize)])),
        .init(isNegative: false, layout: fast.layout(names)),
      ])
    }
  }
}

extension Layout {
  /// A size as printed.
  fileprivate static func size(_ size: Dimension) -> Layout { Presenter.layout(of: .dimension(size)) }
}
