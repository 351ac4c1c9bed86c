import NablaTypes

/// MATLAB and Octave: every array has two axes.
struct MatlabLanguage: ArrayLanguage {
  static let reserved: Set<String> = [
    "break", "case", "catch", "classdef", "continue", "else", "elseif", "end", "for", "function", "global",
    "if",
    "otherwise", "parfor", "persistent", "return", "spmd", "switch", "try", "while", "end_try_catch", "do",
    "until",
    "unwind_protect", "endfunction", "endif", "endfor", "arguments", "pi", "e", "exp", "log", "sqrt", "abs",
    "sign", "sum", "max",
    "min", "norm", "det", "inv", "eye", "ones", "zeros", "size", "numel", "diag", "trace", "svd", "chol",
    "lu", "kron",
    "reshape", "repmat", "tril", "triu", "dot", "double", "assert", "isequal", "nargin", "rank", "expm",
    "pinv",
    "gamma", "beta", "psi", "prod", "mean", "ans", "i", "j", "inf", "nan", "eps", "sin", "cos", "tan",
  ]
  static let renamed: [String: String] = [:]

  var symbols: [String: String] = [:]
  private(set) var helpers: Set<ScalarHelper> = []
  /// Whether scalars may be arrays, as in a helper.
  var isEntrywise = false

  // MARK: Statements

  func assignment(_ name: String, _ value: String) -> String { "\(name) = \(value);" }

  func loop(_ index: String, _ first: String, _ last: String) -> (open: [String], close: [String]) {
    (["for \(index) = \(first):\(last)"], ["end"])
  }

  /// The language checks subscripts.
  func check(_ first: String, _ last: String, _ count: String) -> String? { nil }

  func zeros(_ shape: Shape) -> String { shape.isScalar ? "0" : "zeros(\(size(shape)))" }

  func isTransparent(_ operation: ExportOperation) -> Bool { operation == .factor(isDefinite: false) }

  func repeatsOperands(_ node: ExportGraph.Node, _ shapes: [Shape]) -> Bool {
    switch node.operation {
    // Only names can have subscripts.
    case .slice, .select, .factor(isDefinite: true): true
    case .solve, .inverse: true
    case .input, .number, .pi, .e, .size, .index, .identity, .commutation, .fill, .add, .multiply, .negate,
      .power, .function, .helper, .transpose, .spreadColumn, .spreadRow, .diagonalMatrix, .diagonal,
      .lowerTriangle, .upperTriangle, .vectorize, .kronecker, .blocks, .product, .total, .rowSums,
      .columnSums, .dot, .trace, .norm1, .norm2, .normInfinity, .maximum, .minimum, .squaredNorm, .logSumExp,
      .softmax, .logSoftmax, .factor, .determinant, .logAbsDeterminant, .determinantSign, .spectralNorm,
      .nuclearNorm, .polar, .leftVector, .rightVector, .pseudoInverse, .adjugate, .exponential, .cholesky,
      .indexSum:
      false
    }
  }

  private func size(_ shape: Shape) -> String {
    "\(shape.rows.code(symbols)), \(shape.columns.code(symbols))"
  }

  // MARK: Expressions

  mutating func code(_ node: ExportGraph.Node, _ operands: [ArrayOperand]) -> ArrayCode {
    let shape = node.shape
    let text = operands.first?.text ?? ""
    func call(_ name: String) -> ArrayCode { ArrayCode("\(name)(\(text))") }
    switch node.operation {
    case .input(let name), .index(let name): return ArrayCode(symbols[name] ?? name)
    case .number(let value): return .number(value, integer: { $0 }, quotient: " / ")
    case .pi: return ArrayCode("pi")
    case .e: return ArrayCode("exp(1)")
    case .size(let size): return ArrayCode(size.code(symbols), size.name == nil ? .sum : .atom)
    case .identity: return ArrayCode("eye(\(shape.rows.code(symbols)))")
    case .commutation(let m, let n):
      return ArrayCode("commutation_(\(m.code(symbols)), \(n.code(symbols)))")
    case .fill:
      switch text {
      case "0": return ArrayCode(zeros(shape))
      case "1": return ArrayCode("ones(\(size(shape)))")
      default: return ArrayCode("\(operands[0].code.bracketed(.sign)) * ones(\(size(shape)))", .product)
      }
    case .add(let subtracts): return Self.sum(operands, subtracts)
    case .multiply(let divides): return product(operands, divides)
    case .negate:
      let code = operands[0].code
      return code.level == .product
        ? ArrayCode("-\(code.text)", .product) : ArrayCode("-\(code.bracketed(.matrixProduct))", .sign)
    case .power(let exponent):
      return ArrayCode(
        "\(operands[0].code.atom)\(shape.isScalar && !isEntrywise ? "^" : ".^")\(exponent)", .power)
    case .function(let function): return apply(function, operands)
    case .helper(let helper):
      let arguments = operands.map(\.text).joined(separator: ", ")
      switch helper {
      case .digamma: return ArrayCode("psi(\(arguments))")
      case .polygamma: return ArrayCode("psi(\(arguments))")
      case .sech: return ArrayCode("sech(\(arguments))")
      case .sigmoid, .softplus, .logit, .leakyrelu, .elu, .gelu, .logerfc, .logcosh, .log1mexp, .log1psquare,
        .log1msquare, .dampedexpm1:
        helpers.insert(helper)
        return ArrayCode("\(helper.rawValue)_(\(arguments))")
      }
    case .select:
      let product = product(operands, [false, false]).text
      return ArrayCode("where_(\(text), \(product), 0)")
    case .transpose: return ArrayCode("\(operands[0].code.atom)'")
    case .spreadColumn: return ArrayCode("repmat(\(text), 1, \(shape.columns.code(symbols)))")
    case .spreadRow: return ArrayCode("repmat(\(text), \(shape.rows.code(symbols)), 1)")
    case .diagonalMatrix, .diagonal: return call("diag")
    case .lowerTriangle: return call("tril")
    case .upperTriangle: return call("triu")
    case .vectorize: return ArrayCode("reshape(\(text), [], 1)")
    case .kronecker: return ArrayCode("kron(\(text), \(operands[1].text))")
    case .blocks(_, let columns):
      let parts = operands.enumerated().map { index, operand in
        (index == 0 ? "" : index.isMultiple(of: columns) ? "; " : ", ") + operand.text
      }
      return ArrayCode("[\(parts.joined())]")
    case .slice(let rows, let columns):
      func place(_ range: ExportRange, _ count: Dimension) -> String {
        if range.first == 1, range.last == count { return ":" }
        let first = range.first.code(symbols)
        return range.isSingle ? first : "\(first):\(range.last.code(symbols))"
      }
      let array = operands[0].shape
      return ArrayCode(
        "\(operands[0].code.atom)(\(place(rows, array.rows)), \(place(columns, array.columns)))")
    case .product:
      return ArrayCode(
        "\(operands[0].code.bracketed(.matrixProduct)) * \(operands[1].code.bracketed(.power))",
        .matrixProduct)
    case .total: return ArrayCode("sum(sum(\(text)))")
    case .rowSums: return ArrayCode("sum(\(text), 2)")
    case .columnSums: return ArrayCode("sum(\(text), 1)")
    case .dot:
      return operands[0].shape.isMatrix
        ? ArrayCode("sum(sum(\(product(operands, [false, false]).text)))")
        : ArrayCode("dot(\(text), \(operands[1].text))")
    case .trace: return call("trace")
    case .norm1: return ArrayCode("sum(sum(abs(\(text))))")
    case .norm2: return ArrayCode("norm(\(text), 'fro')")
    case .normInfinity: return ArrayCode("max(max(abs(\(text))))")
    case .maximum: return ArrayCode("max(max(\(text)))")
    case .minimum: return ArrayCode("min(min(\(text)))")
    case .squaredNorm: return ArrayCode("sum(sum(\(operands[0].code.atom).^2))")
    case .logSumExp: return rowwise("logsumexp_", operands[0], isReduction: true)
    case .softmax: return rowwise("softmax_", operands[0], isReduction: false)
    case .logSoftmax: return rowwise("logsoftmax_", operands[0], isReduction: false)
    case .factor(let isDefinite): return isDefinite ? call("chol") : operands[0].code
    case .solve(let isTransposed):
      let right = operands[1].code.bracketed(.power)
      if operands[0].isDefinite {
        return ArrayCode("\(text) \\ (\(text)' \\ \(right))", .matrixProduct)
      }
      return ArrayCode("\(operands[0].code.atom)\(isTransposed ? "'" : "") \\ \(right)", .matrixProduct)
    case .inverse:
      if operands[0].isDefinite {
        return ArrayCode("\(text) \\ (\(text)' \\ eye(\(shape.rows.code(symbols))))", .matrixProduct)
      }
      return call("inv")
    case .determinant:
      return operands[0].isDefinite ? ArrayCode("prod(diag(\(text)))^2", .power) : call("det")
    case .logAbsDeterminant:
      return operands[0].isDefinite
        ? ArrayCode("2 * sum(log(diag(\(text))))", .product) : call("logabsdet_")
    case .determinantSign: return call("detsign_")
    case .spectralNorm: return call("norm")
    case .nuclearNorm: return ArrayCode("sum(svd(\(text)))")
    case .polar: return call("polar_")
    case .leftVector: return call("leftsv_")
    case .rightVector: return call("rightsv_")
    case .pseudoInverse: return call("pinv")
    case .adjugate: return call("adj_")
    case .exponential: return call("expm")
    case .cholesky: return call("chol_")
    // The printer writes sums as loops.
    case .indexSum: return operands[0].code
    }
  }

  private func apply(_ function: ScalarFunction, _ operands: [ArrayOperand]) -> ArrayCode {
    let arguments = operands.map(\.text).joined(separator: ", ")
    switch function {
    case .exp, .log, .log1p, .expm1, .sqrt, .abs, .sign, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh,
      .tanh, .erf, .erfc, .hypot:
      return ArrayCode("\(function.rawValue)(\(arguments))")
    case .lgamma: return ArrayCode("gammaln(\(arguments))")
    case .maximum: return ArrayCode("max(\(arguments))")
    case .minimum: return ArrayCode("min(\(arguments))")
    case .power: return ArrayCode("\(operands[0].code.atom).^\(operands[1].code.atom)", .power)
    case .less:
      return ArrayCode("double(\(operands[0].code.bracketed(.sum)) < \(operands[1].code.bracketed(.sum)))")
    case .lessEqual:
      return ArrayCode("double(\(operands[0].code.bracketed(.sum)) <= \(operands[1].code.bracketed(.sum)))")
    case .choose: return ArrayCode("where_(\(arguments))")
    }
  }

  /// The softmax functions work on rows; a column is transposed.
  private func rowwise(_ name: String, _ operand: ArrayOperand, isReduction: Bool) -> ArrayCode {
    if !operand.shape.isVector { return ArrayCode("\(name)(\(operand.text))") }
    return ArrayCode("\(name)(\(operand.code.atom)')" + (isReduction ? "" : "'"))
  }

  static func sum(_ operands: [ArrayOperand], _ subtracts: [Bool]) -> ArrayCode {
    .sum(unspread(operands), subtracts)
  }

  /// Between arrays the operators have a dot.
  func product(_ operands: [ArrayOperand], _ divides: [Bool]) -> ArrayCode {
    let codes = Self.unspread(operands)
    var text = codes[0].level == .product ? codes[0].text : codes[0].bracketed(.sign)
    var isArray = !operands[0].shape.isScalar
    for index in codes.indices.dropFirst() {
      let isOther = !operands[index].shape.isScalar
      let dot = divides[index] ? isOther : isArray && isOther
      text +=
        " \(dot || isEntrywise ? "." : "")\(divides[index] ? "/" : "*") \(codes[index].bracketed(.sign))"
      isArray = isArray || isOther
    }
    return ArrayCode(text, .product)
  }

  private static func unspread(_ operands: [ArrayOperand]) -> [ArrayCode] {
    let hasWhole = operands.contains { $0.spread == nil && $0.shape.isMatrix }
    return operands.map { hasWhole ? $0.spread?.code ?? $0.code : $0.code }
  }

  /// Functions that the code may call, by name.
  static let definitions: [(name: String, lines: [String])] = [
    (
      "commutation_",
      [
        "function K = commutation_(m, n)", "    K = zeros(m * n);", "    for a = 1:m", "        for b = 1:n",
        "            K((a - 1) * n + b, (b - 1) * m + a) = 1;", "        end", "    end", "end",
      ]
    ),
    (
      "where_",
      [
        "function r = where_(c, a, b)", "    r = b + zeros(size(c + a));", "    a = a + zeros(size(r));",
        "    c = (c ~= 0) | false(size(r));", "    r(c) = a(c);", "end",
      ]
    ),
    (
      "logsumexp_",
      [
        "function r = logsumexp_(a)", "    top = max(a, [], 2);", "    r = top + log(sum(exp(a - top), 2));",
        "end",
      ]
    ),
    (
      "softmax_",
      [
        "function r = softmax_(a)", "    r = exp(a - max(a, [], 2));", "    r = r ./ sum(r, 2);", "end",
      ]
    ),
    (
      "logsoftmax_",
      [
        "function r = logsoftmax_(a)", "    r = a - max(a, [], 2);", "    r = r - log(sum(exp(r), 2));",
        "end",
      ]
    ),
    (
      "logabsdet_",
      ["function r = logabsdet_(a)", "    [~, u, ~] = lu(a);", "    r = sum(log(abs(diag(u))));", "end"]
    ),
    (
      "detsign_",
      ["function r = detsign_(a)", "    [~, u, p] = lu(a);", "    r = det(p) * prod(sign(diag(u)));", "end"]
    ),
    ("polar_", ["function r = polar_(a)", "    [u, ~, v] = svd(a, 'econ');", "    r = u * v';", "end"]),
    (
      "leftsv_",
      [
        "function r = leftsv_(a)", "    [u, ~, v] = svd(a, 'econ');", "    [~, top] = max(abs(v(:, 1)));",
        "    r = u(:, 1) * (1 - 2 * (v(top, 1) < 0));", "end",
      ]
    ),
    (
      "rightsv_",
      [
        "function r = rightsv_(a)", "    [~, ~, v] = svd(a, 'econ');", "    [~, top] = max(abs(v(:, 1)));",
        "    r = v(:, 1) * (1 - 2 * (v(top, 1) < 0));", "end",
      ]
    ),
    (
      "adj_",
      [
        "function r = adj_(a)", "    [u, s, v] = svd(a);", "    s = diag(s);",
        "    others = ones(1, numel(s));",
        "    for k = 1:numel(s)", "        others(k) = prod(s([1:k - 1, k + 1:end]));", "    end",
        "    r = det(u) * det(v) * (v .* others) * u';", "end",
      ]
    ),
    ("chol_", ["function r = chol_(a)", "    r = chol((a + a') / 2)';", "end"]),
  ]
}
