import NablaTypes

extension LoopPrinter {
  mutating func reduce(_ node: Int, target: String?) {
    let operands = graph[node].operands
    let shape = graph.shape(operands[0])
    func entries(_ printer: Self, _ i: String, _ j: String) -> [ArrayCode] {
      operands.map { printer.entry($0, i, j) }
    }
    /// An accumulator that starts as `start` and is updated by every entry.
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
}
