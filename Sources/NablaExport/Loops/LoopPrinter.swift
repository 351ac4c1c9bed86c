import NablaTypes

/// Writes a routine's nodes as loops over numbers.
///
/// What is made entry by entry has no memory of its own: its entries are written where they are used. Products,
/// factorizations and what is used twice are arrays.
struct LoopPrinter<Language: LoopLanguage> {
  let language: Language
  let routine: ExportRoutine
  let graph: ExportGraph
  private let indices: [Set<String>]
  private var uses: [Int]
  /// Operations that writing an entry of the node takes; none for what has a name.
  private var weights: [Int]
  /// Nodes that are arrays in any case.
  private var isForced: [Bool]
  var symbols: [String: String]
  private var names: Identifiers
  private var wanted: [Int: String] = [:]
  private var scalars: [Int: ArrayCode] = [:]
  private var arrays: [Int: String] = [:]
  private(set) var lines: [String] = []
  private var indent = ""
  /// The arrays and their lengths.
  private(set) var memory: [(name: String, count: Dimension)] = []
  private(set) var helpers: Set<ScalarHelper> = []
  private(set) var runtime: Set<LoopRuntime> = []
  /// What has no counterpart, where there is something.
  private(set) var problem: String?

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

  /// Where the value of a node is: the code of a number, or the name of an array.
  enum Value {
    case number(String)
    case array(String)
  }

  /// Writes the statements; `targets` are names of arrays that outputs are written to.
  mutating func statements(targets: [Int: String]) -> [Value] {
    let order = graph.reachable(from: routine.outputs.map(\.node))
    for node in order {
      for operand in graph[node].operands {
        uses[operand] += 1
        var source = operand
        // A transpose is the array that it is of, read in another order.
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

  private mutating func emit(_ node: Int, target: String?) {
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

  private mutating func write(_ line: String) { lines.append(indent + line) }

  private mutating func open(_ line: String) {
    write(line)
    indent += "  "
  }

  private mutating func close() {
    indent.removeLast(2)
    write("}")
  }

  private mutating func number(_ node: Int, _ code: ArrayCode) {
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

  private mutating func fresh(_ node: Int) -> String {
    wanted[node].map { names.unique($0) } ?? names.fresh()
  }

  /// A new array, or the output's.
  private mutating func makeArray(_ node: Int, target: String?, count: Dimension? = nil) -> String {
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

  private mutating func reserve(_ name: String, _ count: Dimension) {
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

  /// Writes all entries of a node to an array, if they are not there.
  private mutating func stored(_ node: Int, target: String? = nil) -> String {
    if let known = arrays[node], target == nil { return known }
    if case .input(let name) = graph[node].operation, target == nil { return symbols[name] ?? name }
    let (array, shape) = (makeArray(node, target: target), graph.shape(node))
    arrays[node] = nil
    fill(array, shape) { $0.entry(node, $1, $2) }
    arrays[node] = array
    weights[node] = 0
    return array
  }

  private func array(_ node: Int) -> String {
    if case .input(let name) = graph[node].operation, arrays[node] == nil { return symbols[name] ?? name }
    return arrays[node] ?? ""
  }

  /// Loops over the entries of a shape.
  private mutating func each(_ shape: Shape, _ body: (inout Self, _ i: String, _ j: String) -> Void) {
    let (hasRows, hasColumns) = (!shape.rows.isOne, !shape.columns.isOne)
    if hasRows { open(language.loop("i", "0", count(shape.rows))) }
    if hasColumns { open(language.loop("j", "0", count(shape.columns))) }
    body(&self, hasRows ? "i" : "0", hasColumns ? "j" : "0")
    if hasColumns { close() }
    if hasRows { close() }
  }

  private mutating func fill(
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

  // MARK: Entries

  /// The code of one entry.
  func entry(_ node: Int, _ i: String, _ j: String) -> ArrayCode {
    if let scalar = scalars[node] { return scalar }
    let shape = graph.shape(node)
    if let array = arrays[node] { return ArrayCode("\(array)[\(place(shape, i, j))]") }
    let operands = graph[node].operands
    func operand(_ index: Int = 0, _ i: String, _ j: String) -> ArrayCode {
      let shape = graph.shape(operands[index])
      return entry(operands[index], shape.rows.isOne ? "0" : i, shape.columns.isOne ? "0" : j)
    }
    func each(_ i: String, _ j: String) -> [ArrayCode] { operands.indices.map { operand($0, i, j) } }
    func unless(_ condition: String, _ value: String) -> ArrayCode {
      ArrayCode("(\(condition) ? \(value) : 0.0)")
    }
    /// The value where row and column compare so; on the diagonal they always do.
    func masked(_ row: String, _ comparison: String, _ column: String, _ value: ArrayCode) -> ArrayCode {
      row == column ? value : unless("\(row) \(comparison) \(column)", value.text)
    }
    switch graph[node].operation {
    case .input(let name):
      let symbol = symbols[name] ?? name
      return ArrayCode(shape.isScalar ? symbol : "\(symbol)[\(place(shape, i, j))]")
    case .index(let name): return language.double(symbols[name] ?? name)
    case .number(let value): return language.number(value)
    case .pi: return ArrayCode(language.pi)
    case .e: return ArrayCode(language.e)
    case .size(let size): return language.double(count(size))
    case .identity: return masked(i, "==", j, ArrayCode("1.0"))
    case .commutation(let m, let n):
      let (m, n) = (LoopText.factor(count(m)), LoopText.factor(count(n)))
      return unless("\(j) == (\(i) % \(n))*\(m) + \(i) / \(n)", "1.0")
    case .fill: return operand(0, "0", "0")
    case .add(let subtracts):
      let codes = each(i, j)
      var text = subtracts[0] ? "-" + codes[0].bracketed(.product) : codes[0].bracketed(.sum)
      for (code, isNegative) in zip(codes, subtracts).dropFirst() {
        text += (isNegative ? " - " : " + ") + code.bracketed(.product)
      }
      return ArrayCode(text, .sum)
    case .multiply(let divides):
      let codes = each(i, j)
      var text = codes[0].bracketed(.product)
      for (code, isDivisor) in zip(codes, divides).dropFirst() {
        text += (isDivisor ? " / " : " * ") + code.bracketed(.sign)
      }
      return ArrayCode(text, .product)
    case .negate: return ArrayCode("-" + operand(0, i, j).bracketed(.power), .sign)
    case .power(let exponent):
      let base = operand(0, i, j)
      if exponent == 2, base.text.count < 24 {
        return ArrayCode("\(base.bracketed(.atom)) * \(base.bracketed(.atom))", .product)
      }
      return language.call(.power, [base, language.number(Rational(exponent))])
    case .function(let function): return language.call(function, each(i, j))
    case .helper(let helper): return language.call(helper, each(i, j).map(\.text))
    case .select:
      let codes = each(i, j)
      return unless(
        "\(codes[0].bracketed(.sum)) != 0.0", "\(codes[0].bracketed(.product)) * \(codes[1].bracketed(.sign))"
      )
    case .transpose: return operand(0, j, i)
    case .spreadColumn: return operand(0, i, "0")
    case .spreadRow: return operand(0, "0", j)
    case .diagonalMatrix: return masked(i, "==", j, operand(0, i, "0"))
    case .diagonal: return operand(0, i, i)
    case .lowerTriangle: return masked(j, "<=", i, operand(0, i, j))
    case .upperTriangle: return masked(i, "<=", j, operand(0, i, j))
    case .vectorize:
      let rows = LoopText.factor(count(graph.shape(operands[0]).rows))
      return operand(0, "\(LoopText.factor(i)) % \(rows)", "\(LoopText.factor(i)) / \(rows)")
    case .kronecker:
      let other = graph.shape(operands[1])
      let (p, q) = (LoopText.factor(count(other.rows)), LoopText.factor(count(other.columns)))
      let left = operand(0, "\(LoopText.factor(i)) / \(p)", "\(LoopText.factor(j)) / \(q)")
      let right = operand(1, "\(LoopText.factor(i)) % \(p)", "\(LoopText.factor(j)) % \(q)")
      return ArrayCode("\(left.bracketed(.product)) * \(right.bracketed(.sign))", .product)
    case .blocks(let rows, let columns): return block(node, rows, columns, i, j)
    case .slice(let rows, let columns):
      return operand(0, shifted(i, rows.first - 1), shifted(j, columns.first - 1))
    case .product, .total, .rowSums, .columnSums, .dot, .trace, .norm1, .norm2, .normInfinity, .maximum,
      .minimum, .squaredNorm, .logSumExp, .softmax, .logSoftmax, .factor, .solve, .inverse, .determinant,
      .logAbsDeterminant, .determinantSign, .spectralNorm, .nuclearNorm, .polar, .leftVector, .rightVector,
      .pseudoInverse, .adjugate, .exponential, .cholesky, .indexSum:
      return ArrayCode(array(node))
    }
  }

  private func shifted(_ index: String, _ by: Dimension) -> String {
    if by == 0 { return index }
    return index == "0" ? count(by) : "\(index) + \(LoopText.factor(count(by)))"
  }

  /// An entry of blocks, by where it lies.
  private func block(_ node: Int, _ rows: Int, _ columns: Int, _ i: String, _ j: String) -> ArrayCode {
    let operands = graph[node].operands
    var text = ""
    var top = Dimension(0)
    for row in 0..<rows {
      let height = graph.shape(operands[row * columns]).rows
      var line = ""
      var left = Dimension(0)
      for column in 0..<columns {
        let part = operands[row * columns + column]
        let shape = graph.shape(part)
        func inside(_ index: String, _ start: Dimension, _ size: Dimension) -> String {
          size.isOne ? "0" : start == 0 ? index : "\(index) - \(LoopText.factor(count(start)))"
        }
        let code = entry(part, inside(i, top, shape.rows), inside(j, left, shape.columns)).text
        left = left + shape.columns
        line += column + 1 < columns ? "\(j) < \(count(left)) ? \(code) : " : code
      }
      top = top + height
      text += row + 1 < rows ? "\(i) < \(count(top)) ? (\(line)) : " : columns > 1 ? "(\(line))" : line
    }
    return ArrayCode("(\(text))")
  }

  private mutating func check(_ node: Int) {
    guard case .slice(let rows, let columns) = graph[node].operation else { return }
    let shape = graph.shape(graph[node].operands[0])
    for (range, size) in [(rows, shape.rows), (columns, shape.columns)] {
      if range.first == 1, range.last == size { continue }
      if let first = range.first.constant, let last = range.last.constant, let size = size.constant,
        first >= 1,
        last <= size
      {
        continue
      }
      var conditions: [String] = []
      if (range.first.constant ?? 0) < 1 { conditions.append("\(count(range.first)) >= 1") }
      if range.last != size { conditions.append("\(count(range.last)) <= \(count(size))") }
      if conditions.isEmpty { continue }
      let line = language.check(conditions.joined(separator: " && "))
      if !lines.contains(indent + line) { write(line) }
    }
  }

  // MARK: Reductions

  private mutating func reduce(_ node: Int, target: String?) {
    let operands = graph[node].operands
    let shape = graph.shape(operands[0])
    func entries(_ printer: Self, _ i: String, _ j: String) -> [ArrayCode] {
      operands.map { printer.entry($0, i, j) }
    }
    /// A number that starts as `start` and is changed by every entry.
    func total(_ start: String, _ step: (Self, String, [ArrayCode]) -> String) {
      let name = fresh(node)
      write(language.variable(name, start))
      each(shape) { printer, i, j in
        let value = step(printer, name, entries(printer, i, j))
        printer.write(printer.language.assignment(name, value))
      }
      scalars[node] = ArrayCode(name)
    }
    func absolute(_ code: ArrayCode) -> ArrayCode { language.call(.abs, [code]) }
    switch graph[node].operation {
    case .total: total("0.0") { "\($1) + \($2[0].bracketed(.product))" }
    case .dot: total("0.0") { "\($1) + \($2[0].bracketed(.product)) * \($2[1].bracketed(.sign))" }
    case .norm1: total("0.0") { "\($1) + \(absolute($2[0]).text)" }
    case .squaredNorm:
      total("0.0") { printer, name, codes in
        let base = codes[0].bracketed(.atom)
        return "\(name) + \(base) * \(base)"
      }
    case .norm2: total("0.0") { "\($0.language.call(.hypot, [ArrayCode($1), $2[0]]).text)" }
    case .normInfinity:
      total("0.0") { $0.language.call(.maximum, [ArrayCode($1), absolute($2[0])]).text }
    case .maximum:
      total(entry(operands[0], "0", "0").text) { $0.language.call(.maximum, [ArrayCode($1), $2[0]]).text }
    case .minimum:
      total(entry(operands[0], "0", "0").text) { $0.language.call(.minimum, [ArrayCode($1), $2[0]]).text }
    case .trace:
      let name = fresh(node)
      write(language.variable(name, "0.0"))
      let index = shape.isScalar ? "0" : "i"
      if !shape.isScalar { open(language.loop("i", "0", count(shape.rows))) }
      write(language.assignment(name, "\(name) + \(entry(operands[0], index, index).bracketed(.product))"))
      if !shape.isScalar { close() }
      scalars[node] = ArrayCode(name)
    case .rowSums:
      let result = makeArray(node, target: target)
      fill(result, graph.shape(node)) { _, _, _ in ArrayCode("0.0") }
      each(shape) { printer, i, j in
        let code = printer.entry(operands[0], i, j).bracketed(.product)
        printer.write(printer.language.assignment("\(result)[\(i)]", "\(result)[\(i)] + \(code)"))
      }
    case .columnSums:
      let result = makeArray(node, target: target)
      fill(result, graph.shape(node)) { _, _, _ in ArrayCode("0.0") }
      each(shape) { printer, i, j in
        let code = printer.entry(operands[0], i, j).bracketed(.product)
        printer.write(printer.language.assignment("\(result)[\(j)]", "\(result)[\(j)] + \(code)"))
      }
    case .input, .number, .pi, .e, .size, .index, .identity, .commutation, .fill, .add, .multiply, .negate,
      .power, .function, .helper, .select, .transpose, .spreadColumn, .spreadRow, .diagonalMatrix, .diagonal,
      .lowerTriangle, .upperTriangle, .vectorize, .kronecker, .blocks, .slice, .product, .logSumExp, .softmax,
      .logSoftmax, .factor, .solve, .inverse, .determinant, .logAbsDeterminant, .determinantSign,
      .spectralNorm, .nuclearNorm, .polar, .leftVector, .rightVector, .pseudoInverse, .adjugate, .exponential,
      .cholesky, .indexSum:
      problem = "a reduction"
    }
  }

  // MARK: Functions of arrays

  private mutating func call(_ node: Int, target: String?) {
    let operands = graph[node].operands
    let shape = graph.shape(node)
    let first = graph.shape(operands[0])
    let isDefinite = graph[operands[0]].operation == .factor(isDefinite: true)
    switch graph[node].operation {
    case .product: product(node, target: target)
    case .logSumExp, .softmax, .logSoftmax: rowwise(node, target: target)
    case .factor(let isDefinite):
      let n = shape.rows
      let array = makeArray(node, target: nil, count: isDefinite ? n * n : n * n + n + 1)
      fill(array, shape) { $0.entry(operands[0], $1, $2) }
      run(isDefinite ? .factorCholesky : .factorLU, [n], reads: [], writes: array)
    case .cholesky:
      let array = makeArray(node, target: target)
      if shape.isScalar { arrays[node] = nil }
      fill(array, shape) { $0.entry(operands[0], $1, $2) }
      run(.factorCholesky, [shape.rows], reads: [], writes: array)
      if shape.isScalar { scalars[node] = ArrayCode("\(array)[0]") }
    case .solve(let isTransposed):
      let array = result(node, target)
      fill(array, shape) { $0.entry(operands[1], $1, $2) }
      run(
        isDefinite ? .solveCholesky : isTransposed ? .solveLUTransposed : .solveLU,
        [first.rows, shape.columns],
        reads: [arrays[operands[0]] ?? ""], writes: array)
    case .inverse:
      let array = result(node, target)
      run(
        isDefinite ? .invertCholesky : .invertLU, [first.rows], reads: [arrays[operands[0]] ?? ""],
        writes: array)
    case .determinant:
      value(node, isDefinite ? .determinantCholesky : .determinantLU, [first.rows], arrays[operands[0]] ?? "")
    case .logAbsDeterminant:
      value(
        node, isDefinite ? .logDeterminantCholesky : .logDeterminantLU, [first.rows],
        arrays[operands[0]] ?? "")
    case .determinantSign: value(node, .signLU, [first.rows], arrays[operands[0]] ?? "")
    case .spectralNorm: value(node, .spectralNorm, [first.rows, first.columns], matrix(operands[0]))
    case .nuclearNorm: value(node, .nuclearNorm, [first.rows, first.columns], matrix(operands[0]))
    case .polar: singular(.polar, node, target)
    case .leftVector: singular(.leftVector, node, target)
    case .rightVector: singular(.rightVector, node, target)
    case .pseudoInverse: singular(.pseudoInverse, node, target)
    case .adjugate: singular(.adjugate, node, target)
    case .exponential: singular(.exponential, node, target)
    case .input, .number, .pi, .e, .size, .index, .identity, .commutation, .fill, .add, .multiply, .negate,
      .power, .function, .helper, .select, .transpose, .spreadColumn, .spreadRow, .diagonalMatrix, .diagonal,
      .lowerTriangle, .upperTriangle, .vectorize, .kronecker, .blocks, .slice, .total, .rowSums, .columnSums,
      .dot, .trace, .norm1, .norm2, .normInfinity, .maximum, .minimum, .squaredNorm, .indexSum:
      problem = "a function of arrays"
    }
  }

  /// The array of a node; of a number an array of one, whose entry is the number.
  private mutating func result(_ node: Int, _ target: String?) -> String {
    let array = makeArray(node, target: graph.shape(node).isScalar ? nil : target)
    if graph.shape(node).isScalar {
      arrays[node] = nil
      scalars[node] = ArrayCode("\(array)[0]")
    }
    return array
  }

  /// The operand as an array, row by row.
  private mutating func matrix(_ node: Int) -> String {
    guard graph.shape(node).isScalar else { return stored(node) }
    let name = names.fresh()
    reserve(name, 1)
    write(language.assignment("\(name)[0]", entry(node, "0", "0").text))
    return name
  }

  private mutating func singular(_ runtime: LoopRuntime, _ node: Int, _ target: String?) {
    let operand = graph[node].operands[0]
    let shape = graph.shape(operand)
    let matrix = matrix(operand)
    let isSquare = runtime == .adjugate || runtime == .exponential
    let array = result(node, target)
    run(
      runtime, isSquare ? [shape.rows] : [shape.rows, shape.columns], reads: [matrix], writes: array)
  }

  private mutating func run(
    _ runtime: LoopRuntime, _ sizes: [Dimension], reads: [String], writes: String?
  ) {
    self.runtime.insert(runtime)
    let scratch = scratchName(runtime, sizes)
    write(
      language.call(runtime, sizes: sizes.map(count), reads: reads, writes: writes, scratch: scratch))
  }

  private mutating func scratchName(_ runtime: LoopRuntime, _ sizes: [Dimension]) -> String? {
    guard let count = language.scratch(runtime, sizes[0], sizes.count > 1 ? sizes[1] : sizes[0]) else {
      return nil
    }
    let name = names.fresh()
    reserve(name, count)
    return name
  }

  private mutating func value(_ node: Int, _ runtime: LoopRuntime, _ sizes: [Dimension], _ array: String) {
    self.runtime.insert(runtime)
    let scratch = scratchName(runtime, sizes)
    let name = fresh(node)
    write(
      language.constant(
        name,
        language.call(runtime, sizes: sizes.map(count), reads: [array], writes: nil, scratch: scratch)))
    scalars[node] = ArrayCode(name)
  }

  private mutating func rowwise(_ node: Int, target: String?) {
    let operand = graph[node].operands[0]
    let shape = graph.shape(operand)
    let (rows, columns) =
      shape.isMatrix ? (shape.rows, shape.columns) : (Dimension(1), shape.rows * shape.columns)
    if case .logSumExp = graph[node].operation {
      let matrix = matrix(operand)
      let array = result(node, target)
      run(.logSumExp, [rows, columns], reads: [matrix], writes: array)
      return
    }
    let array = result(node, target)
    fill(array, shape) { $0.entry(operand, $1, $2) }
    run(
      graph[node].operation == .softmax ? .softmax : .logSoftmax, [rows, columns], reads: [], writes: array)
  }

  private mutating func product(_ node: Int, target: String?) {
    let operands = graph[node].operands
    let (a, b) = (strided(operands[0]), strided(operands[1]))
    let (left, right) = (graph.shape(operands[0]), graph.shape(operands[1]))
    let array = result(node, target)
    runtime.insert(.multiply)
    write(
      language.call(
        .multiply, sizes: [left.rows, right.columns, left.columns].map(count), reads: a + b, writes: array,
        scratch: nil))
  }

  /// An array with the distances of its rows and of its columns.
  private mutating func strided(_ node: Int) -> [String] {
    if case .transpose = graph[node].operation, arrays[node] == nil {
      let inner = strided(graph[node].operands[0])
      return [inner[0], inner[2], inner[1]]
    }
    let array = stored(node)
    let columns = graph.shape(node).columns
    return [array, count(columns), "1"]
  }

  // MARK: Sums over an index

  private mutating func sum(_ node: Int, target: String?) {
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
