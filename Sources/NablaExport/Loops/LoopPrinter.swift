import NablaTypes

/// Writes a routine's nodes as loops over numbers.
/// An elementwise node has no memory: its entries are written where they are used. Products, factorizations and nodes
/// used twice are arrays.
struct LoopPrinter<Language: LoopLanguage> {
  let language: Language
  let routine: ExportRoutine
  let graph: ExportGraph
  private let indices: [Set<String>]
  private var uses: [Int]
  /// Operations needed to write an entry of the node; none for a named node.
  private var weights: [Int]
  /// Nodes that are arrays in any case.
  private var isForced: [Bool]
  var symbols: [String: String]
  var names: Identifiers
  private var wanted: [Int: String] = [:]
  var scalars: [Int: ArrayCode] = [:]
  var arrays: [Int: String] = [:]
  var lines: [String] = []
  var indent = ""
  /// The arrays and their lengths.
  var memory: [(name: String, count: Dimension)] = []
  private(set) var helpers: Set<ScalarHelper> = []
  var runtime: Set<LoopRuntime> = []
  /// An operation without a counterpart, if there is one.
  var problem: String?

  private static var longest: Int { 56 }
  private static var heaviest: Int { 12 }

  init(_ routine: ExportRoutine, _ language: Language, names: Identifiers, symbols: [String: String]) {
    self.routine = routine
    self.language = language
    self.names = names
    self.symbols = symbols
    graph = routine.graph
    indices = graph.indices()
    uses = Array(repeating: 0, count: graph.nodes.count)
    isForced = Array(repeating: false, count: graph.nodes.count)
    var weights: [Int] = []
    for node in graph.nodes {
      weights.append(
        LoopKind(node) == .entries ? node.weight + node.operands.reduce(0) { min($0 + weights[$1], 1000) } : 0
      )
    }
    self.weights = weights
  }

  /// The value of a node: the code of a number, or the name of an array.
  enum Value {
    case number(String)
    case array(String)
  }

  /// Writes the statements; `targets` are the names of arrays that outputs are written to.
  mutating func statements(targets: [Int: String]) -> [Value] {
    let order = graph.reachable(from: routine.outputs.map(\.node))
    for node in order {
      for operand in graph[node].operands {
        uses[operand] += 1
        var source = operand
        // A transpose is its operand read in another order.
        while graph[source].operation == .transpose { source = graph[source].operands[0] }
        if !indices[node].subtracting(indices[source]).isEmpty { isForced[source] = true }
        if graph[node].repeatsEntries, weights[source] > 0 { isForced[source] = true }
      }
    }
    for (node, name) in routine.names { wanted[node] = name }
    for (node, name) in targets { wanted[node] = name }
    let outputs = Set(routine.outputs.map(\.node))
    for node in order where indices[node].isEmpty {
      if outputs.contains(node) { isForced[node] = true }
      emit(node, target: targets[node])
    }
    return routine.outputs.map { output in
      if graph.shape(output.node).isScalar { return .number(scalars[output.node]?.text ?? "0") }
      return .array(array(output.node))
    }
  }

  // MARK: Nodes

  mutating func emit(_ node: Int, target: String?) {
    let kind = LoopKind(graph[node])
    let isScalar = graph.shape(node).isScalar
    if kind == .entries {
      weights[node] = graph[node].weight + graph[node].operands.reduce(0) { min($0 + weights[$1], 1000) }
    }
    switch kind {
    case .entries:
      if isScalar {
        number(node, entry(node, "0", "0"))
      } else if isForced[node] || uses[node] > 1 && weights[node] > 0 || weights[node] > Self.heaviest {
        if case .input = graph[node].operation, target == nil { return }
        _ = stored(node, target: target)
      }
    case .reduction: reduce(node, target: target)
    case .runtime: call(node, target: target)
    case .loop: sum(node, target: target)
    case .check:
      check(node)
      if isScalar {
        number(node, entry(node, "0", "0"))
      } else if isForced[node] {
        _ = stored(node, target: target)
      }
    }
  }

  mutating func write(_ line: String) { lines.append(indent + line) }

  mutating func open(_ line: String) {
    write(line)
    indent += "  "
  }

  mutating func close() {
    indent.removeLast(2)
    write("}")
  }

  mutating func number(_ node: Int, _ code: ArrayCode) {
    let isNamed =
      wanted[node] != nil && weights[node] > 0 || weights[node] > 0 && (uses[node] > 1 || isForced[node])
      || code.text.count > Self.longest || weights[node] > Self.heaviest || graph[node].hasCall
    guard isNamed else {
      scalars[node] = code
      return
    }
    let name = fresh(node)
    write(language.constant(name, code.text))
    scalars[node] = ArrayCode(name)
    weights[node] = 0
  }

  mutating func fresh(_ node: Int) -> String {
    wanted[node].map { names.unique($0) } ?? names.fresh()
  }

  /// A new array, or that of the output.
  mutating func makeArray(_ node: Int, target: String?, count: Dimension? = nil) -> String {
    if let target {
      arrays[node] = target
      return target
    }
    let name = fresh(node)
    let shape = graph.shape(node)
    let size = count ?? shape.rows * shape.columns
    reserve(name, size)
    arrays[node] = name
    return name
  }

  mutating func reserve(_ name: String, _ count: Dimension) {
    if let line = language.array(name, self.count(count)) {
      write(line)
    } else {
      memory.append((name, count))
    }
    let bound = Set(indices.joined())
    if !language.hasMovingSizes, count.names.contains(where: bound.contains) {
      problem = "an array whose size moves with the index of a sum"
    }
  }

  func count(_ dimension: Dimension) -> String { dimension.code(symbols) }

  /// Writes all entries of a node to an array, if they are not stored yet.
  mutating func stored(_ node: Int, target: String? = nil) -> String {
    if let known = arrays[node], target == nil { return known }
    if case .input(let name) = graph[node].operation, target == nil { return symbols[name] ?? name }
    let (array, shape) = (makeArray(node, target: target), graph.shape(node))
    arrays[node] = nil
    fill(array, shape) { $0.entry(node, $1, $2) }
    arrays[node] = array
    weights[node] = 0
    return array
  }

  func array(_ node: Int) -> String {
    if case .input(let name) = graph[node].operation, arrays[node] == nil { return symbols[name] ?? name }
    return arrays[node] ?? ""
  }

  /// Loops over the entries of a shape.
  mutating func each(_ shape: Shape, _ body: (inout Self, _ i: String, _ j: String) -> Void) {
    let (hasRows, hasColumns) = (!shape.rows.isOne, !shape.columns.isOne)
    if hasRows { open(language.loop("i", "0", count(shape.rows))) }
    if hasColumns { open(language.loop("j", "0", count(shape.columns))) }
    body(&self, hasRows ? "i" : "0", hasColumns ? "j" : "0")
    if hasColumns { close() }
    if hasRows { close() }
  }

  mutating func fill(
    _ array: String, _ shape: Shape, _ value: (Self, _ i: String, _ j: String) -> ArrayCode
  ) {
    each(shape) { printer, i, j in
      let place = printer.place(shape, i, j)
      printer.write(printer.language.assignment("\(array)[\(place)]", value(printer, i, j).text))
    }
  }

  func place(_ shape: Shape, _ i: String, _ j: String) -> String {
    if shape.columns.isOne { return i }
    if shape.rows.isOne { return j }
    return "\(LoopText.factor(i))*\(LoopText.factor(count(shape.columns))) + \(j)"
  }

  // MARK: Sums over an index

  mutating func sum(_ node: Int, target: String?) {
    guard case .indexSum(let index, let first, let last) = graph[node].operation else { return }
    let body = graph[node].operands[0]
    let shape = graph.shape(node)
    var total = ""
    if shape.isScalar {
      total = fresh(node)
      write(language.variable(total, "0.0"))
    } else {
      total = makeArray(node, target: target)
      arrays[node] = nil
      fill(total, shape) { _, _, _ in ArrayCode("0.0") }
    }
    let outer = (scalars, arrays, symbols[index])
    let counter = names.unique(index)
    symbols[index] = counter
    open(language.loop(counter, count(first), count(last + 1)))
    let around = indices[node].union([index])
    for inner in graph.reachable(from: [body])
    where indices[inner].contains(index) && indices[inner].isSubset(of: around) {
      emit(inner, target: nil)
    }
    if shape.isScalar {
      write(language.assignment(total, "\(total) + \(entry(body, "0", "0").bracketed(.product))"))
    } else {
      each(shape) { printer, i, j in
        let place = printer.place(shape, i, j)
        let code = printer.entry(body, i, j).bracketed(.product)
        printer.write(printer.language.assignment("\(total)[\(place)]", "\(total)[\(place)] + \(code)"))
      }
    }
    close()
    (scalars, arrays, symbols[index]) = outer
    if shape.isScalar { scalars[node] = ArrayCode(total) } else { arrays[node] = total }
  }
}
