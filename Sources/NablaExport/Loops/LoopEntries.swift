import NablaTypes

extension LoopPrinter {
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
    /// The value where row and column satisfy the comparison; on the diagonal they always do.
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

  func shifted(_ index: String, _ by: Dimension) -> String {
    if by == 0 { return index }
    return index == "0" ? count(by) : "\(index) + \(LoopText.factor(count(by)))"
  }

  /// An entry of a block array, by its position.
  func block(_ node: Int, _ rows: Int, _ columns: Int, _ i: String, _ j: String) -> ArrayCode {
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

  mutating func check(_ node: Int) {
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
}
