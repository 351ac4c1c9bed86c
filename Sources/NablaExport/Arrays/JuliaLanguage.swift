import NablaTypes

/// Julia: columns are vectors, rows are matrices with one row, scalars are numbers.
struct JuliaLanguage: ArrayLanguage {
  static let reserved: Set<String> = [
    "baremodule", "begin", "break", "catch", "const", "continue", "do", "else", "elseif", "end", "export",
    "false",
    "finally", "for", "function", "global", "if", "import", "let", "local", "macro", "module", "quote",
    "return",
    "struct", "true", "try", "using", "while", "abstract", "mutable", "primitive", "type", "where", "in",
    "isa", "pi",
    "exp", "log", "sqrt", "abs", "sign", "sum", "max", "min", "norm", "det", "inv", "diag", "diagm", "tr",
    "lu", "kron",
    "vec", "I", "size", "length", "fill", "zeros", "ones", "maximum", "minimum", "dot", "only", "repeat",
    "hcat", "vcat",
    "sin", "cos", "tan", "gamma", "beta", "im", "opnorm", "pinv", "first", "last", "rank",
  ]
  static let renamed: [String: String] = [:]

  var symbols: [String: String] = [:]
  private(set) var helpers: Set<ScalarHelper> = []
  /// Whether the code uses the package SpecialFunctions.
  private(set) var needsSpecialFunctions = false

  // MARK: Statements

  func assignment(_ name: String, _ value: String) -> String { "\(name) = \(value)" }

  func loop(_ index: String, _ first: String, _ last: String) -> (open: [String], close: [String]) {
    (["for \(index) in \(first):\(last)"], ["end"])
  }

  /// The language checks subscripts.
  func check(_ first: String, _ last: String, _ count: String) -> String? { nil }

  func zeros(_ shape: Shape) -> String { shape.isScalar ? "0.0" : "zeros(\(size(shape)))" }

  func isTransparent(_ operation: ExportOperation) -> Bool { false }

  func repeatsOperands(_ node: ExportGraph.Node, _ shapes: [Shape]) -> Bool {
    switch node.operation {
    case .squaredNorm, .select, .factor: true
    case .input, .number, .pi, .e, .size, .index, .identity, .commutation, .fill, .add, .multiply, .negate,
      .power, .function, .helper, .transpose, .spreadColumn, .spreadRow, .diagonalMatrix, .diagonal,
      .lowerTriangle, .upperTriangle, .vectorize, .kronecker, .blocks, .slice, .product, .total, .rowSums,
      .columnSums, .dot, .trace, .norm1, .norm2, .normInfinity, .maximum, .minimum, .logSumExp, .softmax,
      .logSoftmax, .solve, .inverse, .determinant, .logAbsDeterminant, .determinantSign, .spectralNorm,
      .nuclearNorm, .polar, .leftVector, .rightVector, .pseudoInverse, .adjugate, .exponential, .cholesky,
      .indexSum:
      false
    }
  }

  private func size(_ shape: Shape) -> String {
    let (rows, columns) = (shape.rows.code(symbols), shape.columns.code(symbols))
    return shape.isVector ? rows : "\(rows), \(columns)"
  }

  // MARK: Expressions

  mutating func code(_ node: ExportGraph.Node, _ operands: [ArrayOperand]) -> ArrayCode {
    let shape = node.shape
    let text = operands.first?.text ?? ""
    func call(_ name: String) -> ArrayCode { ArrayCode("\(name)(\(text))") }
    func matrixCall(_ name: String) -> ArrayCode { shaped("\(name)(\(matrix(operands[0])))", shape) }
    switch node.operation {
    case .input(let name), .index(let name): return ArrayCode(symbols[name] ?? name)
    case .number(let value): return .number(value, integer: { $0 }, quotient: " / ")
    case .pi: return ArrayCode("pi")
    case .e: return ArrayCode("exp(1)")
    case .size(let size): return ArrayCode(size.code(symbols), size.name == nil ? .sum : .atom)
    case .identity:
      let rows = shape.rows.code(symbols)
      return ArrayCode("Matrix{Float64}(I, \(rows), \(rows))")
    case .commutation(let m, let n):
      return ArrayCode("commutation_(\(m.code(symbols)), \(n.code(symbols)))")
    case .fill: return ArrayCode("fill(float(\(text)), \(size(shape)))")
    case .add(let subtracts): return Self.sum(operands, subtracts)
    case .multiply(let divides): return Self.product(operands, divides)
    case .negate:
      let code = operands[0].code
      return code.level == .product
        ? ArrayCode("-\(code.text)", .product) : ArrayCode("-\(code.bracketed(.matrixProduct))", .sign)
    case .power(let exponent):
      return ArrayCode("\(operands[0].code.atom)\(shape.isScalar ? "^" : ".^")\(exponent)", .power)
    case .function(let function): return apply(function, operands)
    case .helper(let helper):
      switch helper {
      case .digamma:
        needsSpecialFunctions = true
        return broadcast("digamma", operands)
      case .polygamma:
        needsSpecialFunctions = true
        return broadcast("polygamma_", operands)
      case .sech: return broadcast("sech", operands)
      case .sigmoid, .softplus, .logit, .leakyrelu, .elu, .gelu, .logerfc, .logcosh, .log1mexp, .log1psquare,
        .log1msquare, .dampedexpm1:
        helpers.insert(helper)
        return broadcast("\(helper.rawValue)_", operands)
      }
    case .select:
      let product = Self.product(operands, [false, false]).text
      return shape.isScalar
        ? ArrayCode("choose_(\(text), \(product), 0.0)") : ArrayCode("choose_.(\(text), \(product), 0.0)")
    case .transpose:
      return operands[0].shape.isRow
        ? ArrayCode("vec(\(text))") : ArrayCode("\(operands[0].code.atom)'")
    case .spreadColumn: return ArrayCode("repeat(\(text), 1, \(shape.columns.code(symbols)))")
    case .spreadRow: return ArrayCode("repeat(\(text), \(shape.rows.code(symbols)), 1)")
    case .diagonalMatrix: return ArrayCode("diagm(\(vector(operands[0])))")
    case .diagonal: return call("diag")
    case .lowerTriangle: return matrixCall("tril")
    case .upperTriangle: return matrixCall("triu")
    case .vectorize: return call("vec")
    case .kronecker: return ArrayCode("kron(\(text), \(operands[1].text))")
    case .blocks(let rows, let columns):
      let lines = (0..<rows).map { row in
        let parts = operands[(row * columns)..<((row + 1) * columns)].map(\.text)
        return parts.count == 1 ? parts[0] : "hcat(\(parts.joined(separator: ", ")))"
      }
      return ArrayCode(lines.count == 1 ? lines[0] : "vcat(\(lines.joined(separator: ", ")))")
    case .slice(let rows, let columns): return slice(operands[0], rows, columns, shape)
    case .product:
      let (a, b) = (operands[0], operands[1])
      if shape.isScalar { return ArrayCode("dot(\(a.text), \(b.text))") }
      return ArrayCode("\(a.code.bracketed(.matrixProduct)) * \(b.code.bracketed(.power))", .matrixProduct)
    case .total: return call("sum")
    case .rowSums: return ArrayCode("vec(sum(\(text), dims=2))")
    case .columnSums: return ArrayCode("sum(\(text), dims=1)")
    case .dot: return ArrayCode("dot(\(text), \(operands[1].text))")
    case .trace: return call("tr")
    case .norm1: return ArrayCode("sum(abs, \(text))")
    case .norm2: return call("norm")
    case .normInfinity: return ArrayCode("maximum(abs, \(text))")
    case .maximum: return call("maximum")
    case .minimum: return call("minimum")
    case .squaredNorm: return ArrayCode("dot(\(text), \(text))")
    case .logSumExp: return call(operands[0].shape.isMatrix ? "logsumexp_rows_" : "logsumexp_")
    case .softmax: return call(operands[0].shape.isMatrix ? "softmax_rows_" : "softmax_")
    case .logSoftmax: return call(operands[0].shape.isMatrix ? "logsoftmax_rows_" : "logsoftmax_")
    case .factor(let isDefinite):
      let array = matrix(operands[0])
      return ArrayCode(isDefinite ? "cholesky(Symmetric(\(array)))" : "lu(\(array))")
    case .solve(let isTransposed):
      let right = operands[1].shape.isScalar ? matrix(operands[1]) : operands[1].code.bracketed(.power)
      let code = "\(text)\(isTransposed && !operands[0].isDefinite ? "'" : "") \\ \(right)"
      return operands[1].shape.isScalar ? shaped("(\(code))", shape) : ArrayCode(code, .matrixProduct)
    case .inverse: return shaped("inv(\(text))", shape)
    case .determinant: return call("det")
    case .logAbsDeterminant: return ArrayCode("logabsdet(\(text))[1]")
    case .determinantSign: return ArrayCode("logabsdet(\(text))[2]")
    case .spectralNorm: return ArrayCode("opnorm(\(columns(operands[0])))")
    case .nuclearNorm: return ArrayCode("sum(svdvals(\(columns(operands[0]))))")
    case .polar: return shaped("polar_(\(columns(operands[0])))", shape)
    case .leftVector: return leading("leftsv_", operands[0], shape)
    case .rightVector: return leading("rightsv_", operands[0], shape)
    case .pseudoInverse: return shaped("pinv(\(columns(operands[0])))", shape)
    case .adjugate: return matrixCall("adj_")
    case .exponential: return shaped("exp(Matrix(\(matrix(operands[0]))))", shape)
    case .cholesky: return matrixCall("chol_")
    // The printer writes sums as loops.
    case .indexSum: return operands[0].code
    }
  }

  private mutating func apply(_ function: ScalarFunction, _ operands: [ArrayOperand]) -> ArrayCode {
    switch function {
    case .exp, .log, .log1p, .expm1, .sqrt, .abs, .sign, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh,
      .tanh, .hypot:
      return broadcast(function.rawValue, operands)
    case .erf, .erfc:
      needsSpecialFunctions = true
      return broadcast(function.rawValue, operands)
    case .lgamma:
      needsSpecialFunctions = true
      return broadcast("lgamma_", operands)
    case .maximum: return broadcast("max", operands)
    case .minimum: return broadcast("min", operands)
    case .power:
      let isArray = operands.contains { !$0.shape.isScalar }
      return ArrayCode("\(operands[0].code.atom) \(isArray ? "." : "")^ \(operands[1].code.atom)", .power)
    case .less: return broadcast("less_", operands)
    case .lessEqual: return broadcast("lessequal_", operands)
    case .choose: return broadcast("choose_", operands)
    }
  }

  private func broadcast(_ name: String, _ operands: [ArrayOperand]) -> ArrayCode {
    let dot = operands.contains { !$0.shape.isScalar } ? "." : ""
    return ArrayCode("\(name)\(dot)(\(operands.map(\.text).joined(separator: ", ")))")
  }

  private func matrix(_ operand: ArrayOperand) -> String {
    operand.shape.isScalar ? "fill(\(operand.text), 1, 1)" : operand.text
  }

  private func vector(_ operand: ArrayOperand) -> String {
    operand.shape.isScalar ? "[\(operand.text)]" : operand.text
  }

  /// The operand as an array with two axes.
  private func columns(_ operand: ArrayOperand) -> String {
    operand.shape.isVector ? "reshape(\(operand.text), :, 1)" : matrix(operand)
  }

  /// An array with two axes as the shape demands.
  private func shaped(_ code: String, _ shape: Shape) -> ArrayCode {
    ArrayCode(shape.isScalar ? "only(\(code))" : shape.isVector ? "vec(\(code))" : code)
  }

  private func leading(_ name: String, _ operand: ArrayOperand, _ shape: Shape) -> ArrayCode {
    let code = "\(name)(\(columns(operand)))"
    return ArrayCode(shape.isScalar ? "only(\(code))" : code)
  }

  private func slice(
    _ operand: ArrayOperand, _ rows: ExportRange, _ columns: ExportRange, _ shape: Shape
  ) -> ArrayCode {
    func place(_ range: ExportRange, _ count: Dimension, keepsAxis: Bool) -> String {
      if range.first == 1, range.last == count, !range.isSingle { return ":" }
      let first = range.first.code(symbols)
      return range.isSingle && !keepsAxis ? first : "\(first):\(range.last.code(symbols))"
    }
    let array = operand.shape
    if array.isScalar { return operand.code }
    let rowPlace = place(rows, array.rows, keepsAxis: !shape.isScalar && !shape.isVector)
    if array.isVector { return ArrayCode("\(operand.code.atom)[\(rowPlace)]") }
    let columnPlace = place(columns, array.columns, keepsAxis: !shape.isScalar && !shape.isVector)
    return ArrayCode("\(operand.code.atom)[\(rowPlace), \(columnPlace)]")
  }

  static func sum(_ operands: [ArrayOperand], _ subtracts: [Bool]) -> ArrayCode {
    let codes = unspread(operands)
    let shapes = Set(zip(operands, codes).map { $0.0.spread == nil ? $0.0.shape : .scalar })
    let dot = shapes.count > 1 ? "." : ""
    var text = subtracts[0] ? "-" + codes[0].bracketed(.product) : codes[0].bracketed(.sum)
    for (code, isNegative) in zip(codes, subtracts).dropFirst() {
      text += " \(dot)\(isNegative ? "-" : "+") \(code.bracketed(.product))"
    }
    return ArrayCode(text, .sum)
  }

  /// Between arrays the operators have a dot.
  static func product(_ operands: [ArrayOperand], _ divides: [Bool]) -> ArrayCode {
    let codes = unspread(operands)
    var text = codes[0].level == .product ? codes[0].text : codes[0].bracketed(.sign)
    var isArray = !operands[0].shape.isScalar
    for index in codes.indices.dropFirst() {
      let isOther = !operands[index].shape.isScalar
      let dot = divides[index] ? isOther : isArray && isOther
      text += " \(dot ? "." : "")\(divides[index] ? "/" : "*") \(codes[index].bracketed(.sign))"
      isArray = isArray || isOther
    }
    return ArrayCode(text, .product)
  }

  private static func unspread(_ operands: [ArrayOperand]) -> [ArrayCode] {
    let hasWhole = operands.contains { $0.spread == nil && $0.shape.isMatrix }
    return operands.map { hasWhole ? $0.spread?.code ?? $0.code : $0.code }
  }

  /// Functions that the code may call, by name.
  static let definitions: [(name: String, lines: String)] = [
    (
      "commutation_",
      """
      function commutation_(m, n)
          K = zeros(m * n, m * n)
          for a in 1:m, b in 1:n
              K[(a - 1) * n + b, (b - 1) * m + a] = 1
          end
          return K
      end
      """
    ),
    ("choose_", "choose_(c, a, b) = c != 0 ? float(a) : float(b)"),
    ("less_", "less_(a, b) = Float64(a < b)"),
    ("lessequal_", "lessequal_(a, b) = Float64(a <= b)"),
    ("lgamma_", "lgamma_(x) = logabsgamma(x)[1]"),
    ("polygamma_", "polygamma_(order, x) = polygamma(Int(order), x)"),
    (
      "logsumexp_",
      """
      function logsumexp_(a)
          top = maximum(a)
          return top + log(sum(exp.(a .- top)))
      end
      """
    ),
    (
      "softmax_",
      """
      function softmax_(a)
          e = exp.(a .- maximum(a))
          return e ./ sum(e)
      end
      """
    ),
    (
      "logsoftmax_",
      """
      function logsoftmax_(a)
          b = a .- maximum(a)
          return b .- log(sum(exp.(b)))
      end
      """
    ),
    (
      "logsumexp_rows_",
      """
      function logsumexp_rows_(a)
          top = maximum(a, dims=2)
          return vec(top .+ log.(sum(exp.(a .- top), dims=2)))
      end
      """
    ),
    (
      "softmax_rows_",
      """
      function softmax_rows_(a)
          e = exp.(a .- maximum(a, dims=2))
          return e ./ sum(e, dims=2)
      end
      """
    ),
    (
      "logsoftmax_rows_",
      """
      function logsoftmax_rows_(a)
          b = a .- maximum(a, dims=2)
          return b .- log.(sum(exp.(b), dims=2))
      end
      """
    ),
    (
      "polar_",
      """
      function polar_(a)
          s = svd(a)
          return s.U * s.Vt
      end
      """
    ),
    (
      "leftsv_",
      """
      function leftsv_(a)
          s = svd(a)
          return s.U[:, 1] * (s.V[argmax(abs.(s.V[:, 1])), 1] < 0 ? -1 : 1)
      end
      """
    ),
    (
      "rightsv_",
      """
      function rightsv_(a)
          s = svd(a)
          return s.V[:, 1] * (s.V[argmax(abs.(s.V[:, 1])), 1] < 0 ? -1 : 1)
      end
      """
    ),
    (
      "adj_",
      """
      function adj_(a)
          s = svd(a)
          others = [prod(s.S[setdiff(1:length(s.S), k)]) for k in 1:length(s.S)]
          return det(s.U) * det(s.V) * (s.V .* others') * s.U'
      end
      """
    ),
    ("chol_", "chol_(a) = Matrix(cholesky(Symmetric((a + a') / 2)).L)"),
  ]
}
