import NablaCore
import NablaTypes

/// A layout with the names in it in reading order, which break ties in sorting.
struct Piece {
  let layout: Layout
  let key: String

  init(_ layout: Layout, key: String) {
    self.layout = layout
    self.key = key
  }

  /// A layout composed of these parts, in this order.
  init(_ layout: Layout, of parts: [Piece]) {
    var key = ""
    for part in parts where !part.key.isEmpty {
      if key.utf8.count > 60 { break }
      key += key.isEmpty ? part.key : " " + part.key
    }
    self.init(layout, key: key)
  }
}

/// Converts a formula to the layout that authors use.
/// Every node is presented once, children first, so depth uses no stack.
final class Presenter {
  private var pieces: [Formula: Piece] = [:]
  private var turns: [Formula: Turn] = [:]
  /// The names that the formula itself uses; constants and `I` must differ from them.
  let usedNames: Set<String>
  /// The whole formula, around which no transpose is added.
  let whole: Formula
  /// Whether entries have subscripts: `X_ij` for `X[i, j]`.
  let lowersPlaces: Bool

  /// The number of transposes in the printed form of a formula and of its transpose.
  struct Turn {
    var here: Int
    var transposed: Int
  }

  init(for formula: Formula, usedNames others: Set<String> = [], lowersPlaces: Bool = false) {
    whole = formula
    self.lowersPlaces = lowersPlaces
    var names = others
    for node in formula.nodesChildrenFirst {
      switch node.kind {
      case .variable(let variable): names.insert(variable.name)
      case .dimension(let name): names.insert(name)
      case .differential(let inner):
        for variable in inner.variables { names.insert(variable.variable?.name ?? "") }
      case .apply(.function(let function, _), _): names.insert(function.name)
      case .number, .constant, .zeros, .ones, .identity, .sum, .times, .product, .power, .inverse, .transpose,
        .apply:
        break
      }
    }
    usedNames = names
  }

  /// The layout of a whole formula; an indicator, or a sum of mutually exclusive indicators, is shown by cases.
  static func layout(of formula: Formula) -> Layout {
    layout(by: Presenter(for: formula))
  }

  /// The layout of an entry in index notation; `nil` if it is too large or too deep.
  static func layout(ofEntry formula: Formula, usedNames: Set<String>) -> Layout? {
    guard formula.cost / Cost.symbol <= PrintLimit.symbols, formula.height <= PrintLimit.height else {
      return nil
    }
    return layout(by: Presenter(for: formula, usedNames: usedNames, lowersPlaces: true))
  }

  private static func layout(by presenter: Presenter) -> Layout {
    let formula = presenter.whole
    let plain = presenter.piece(formula).layout
    if let branches = presenter.branches(of: formula) { return .cases(branches, plain: plain) }
    return plain
  }

  func piece(_ formula: Formula) -> Piece {
    if let known = pieces[formula] { return known }
    var stack = [(formula, false)]
    while let (node, isReady) = stack.popLast() {
      if pieces[node] != nil { continue }
      if isReady {
        turns[node] = countedTurn(of: node)
        pieces[node] = composed(node)
      } else {
        stack.append((node, true))
        for child in node.children where pieces[child] == nil { stack.append((child, false)) }
      }
    }
    return pieces[formula] ?? Piece(.name("?"), key: "?")
  }

  func layout(_ formula: Formula) -> Layout { piece(formula).layout }

  func turn(of formula: Formula) -> Turn {
    if let known = turns[formula] { return known }
    _ = piece(formula)
    return turns[formula] ?? Turn(here: 0, transposed: 0)
  }

  private func composed(_ formula: Formula) -> Piece {
    switch formula.kind {
    case .number(let value): number(value)
    case .constant(let constant):
      Piece(
        .constant(constant, isShadowed: usedNames.contains(constant.rawValue)), key: constant.rawValue)
    case .variable(let variable): Piece(.name(variable.name), key: variable.name)
    case .dimension(let name): Piece(.name(name), key: name)
    case .zeros: filled(.zeros, formula.shape)
    case .ones: filled(.ones, formula.shape)
    case .identity: Piece(.filled(.identity, [layout(.dimension(formula.shape.rows))]), key: "I")
    case .sum(let terms): chosen(formula, sum(terms, formula))
    case .times: chosen(formula, whole(formula))
    case .product: whole(formula)
    case .power(let base, let exponent): power(base, exponent, formula)
    case .inverse(let inner):
      Piece(.inverse(layout(inner)), key: piece(inner).key)
    case .transpose(let inner): Piece(.transpose(layout(inner)), key: piece(inner).key + "'")
    case .apply(let operation, let arguments): applied(operation, arguments)
    case .differential(let inner): Piece(.differential(layout(inner)), key: "d" + piece(inner).key)
    }
  }

  func number(_ value: Rational) -> Piece {
    if value.isOverflow { return Piece(.name("overflow"), key: "overflow") }
    let magnitude = value.magnitude
    var layout = Layout.number(magnitude.shortDecimal ?? "\(magnitude.numerator)")
    if !magnitude.isInteger, magnitude.shortDecimal == nil {
      layout = .quotient(layout, .number("\(magnitude.denominator)"))
    }
    return Piece(value.isNegative ? .negative(layout) : layout, key: "")
  }

  /// An array of zeros or ones; a row of ones is `ones(n)'`.
  func filled(_ fill: Layout.Fill, _ shape: Shape) -> Piece {
    let rows = layout(.dimension(shape.rows))
    let columns = layout(.dimension(shape.columns))
    if shape.isVector { return Piece(.filled(fill, [rows]), key: "ones") }
    if shape.isRow, case .ones = fill { return Piece(.transpose(.filled(fill, [columns])), key: "ones'") }
    return Piece(.filled(fill, [rows, columns]), key: "ones")
  }

  /// The symbol `I`, unless that name is taken.
  func inferredIdentity(_ formula: Formula) -> Piece {
    usedNames.contains("I") ? piece(formula) : Piece(.filled(.identity, []), key: "I")
  }

  private func countedTurn(of formula: Formula) -> Turn {
    func children() -> Turn {
      formula.children.reduce(into: Turn(here: 0, transposed: 0)) { sum, child in
        let part = turns[child] ?? Turn(here: 0, transposed: 0)
        sum.here = min(sum.here + part.here, 1 << 40)
        sum.transposed = min(sum.transposed + (child.isScalar ? part.here : part.transposed), 1 << 40)
      }
    }
    func counted(_ shape: Shape) -> Turn {
      let here = children().here
      return Turn(here: here, transposed: shape.isScalar ? here : here + 1)
    }
    switch formula.kind {
    case .number, .constant, .dimension, .zeros, .ones, .identity: return Turn(here: 0, transposed: 0)
    case .variable, .differential: return Turn(here: 0, transposed: formula.isScalar ? 0 : 1)
    case .sum, .times, .product, .power, .inverse, .apply(.array(.kron), _): return children()
    case .transpose(let inner):
      let part = turns[inner] ?? Turn(here: 0, transposed: 0)
      return Turn(here: part.here + 1, transposed: part.here)
    case .apply(.array(.diagonalMatrix), _):
      let here = children().here
      return Turn(here: here, transposed: here)
    case .apply: return counted(formula.shape)
    }
  }
}
