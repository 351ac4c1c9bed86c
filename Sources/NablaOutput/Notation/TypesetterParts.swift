import NablaCore
import NablaLanguage

/// Powers, calls, norms, blocks and subscripts.
extension Typesetter {
  func filled(_ fill: Layout.Fill, _ sizes: [Layout]) -> [Job] {
    let symbol: Job
    switch fill {
    case .zeros: symbol = .symbol(.zeros)
    case .ones: symbol = .symbol(.ones)
    case .identity: symbol = .symbol(.identity)
    }
    if sizes.isEmpty { return [symbol] }
    return framed(
      .subscript(isBraced: !isSingle(sizes)), [symbol], separated(sizes, by: .times, .product))
  }

  /// Whether it is a single letter or digit.
  private func isSingle(_ layouts: [Layout]) -> Bool {
    guard layouts.count == 1 else { return false }
    switch layouts[0] {
    case .number(let text), .name(let text): return text.utf8.count == 1
    case .constant, .differential, .filled, .sum, .negative, .product, .prefixed, .quotient,
      .elementwiseQuotient, .power, .root, .transpose, .inverse, .call, .norm, .total, .comparison, .blocks,
      .slice, .indexed, .indexSum, .choice, .cases:
      return false
    }
  }

  func power(_ base: Layout, _ exponent: Layout, _ isElementwise: Bool) -> [Job] {
    if !isElementwise, case .inverse(let inner) = base, case .number(let digits) = exponent {
      return inverse(inner, exponent: digits)
    }
    let raised: [Job]
    if case .quotient(.number(let top), .number(let bottom)) = exponent {
      raised = [.mark(.number(top)), .symbol(.slash), .mark(.number(bottom))]
    } else {
      raised = [.part(exponent, .sum)]
    }
    return framed(
      .superscript, [.part(base, .atom)], (isElementwise ? [.symbol(.hadamardPower)] : []) + raised)
  }

  func transpose(_ inner: Layout) -> [Job] {
    if case .inverse(let base) = inner { return inverseTranspose(base) }
    return framed(.superscript, [.part(inner, .atom)], [.symbol(.transpose)])
  }

  private func inverseTranspose(_ base: Layout) -> [Job] {
    framed(.superscript, [.part(base, .atom)], [.symbol(.negative), .symbol(.transpose)])
  }

  /// A power with a negative exponent of these digits.
  func inverse(_ inner: Layout, exponent digits: String) -> [Job] {
    if digits == "1", case .transpose(let base) = inner { return inverseTranspose(base) }
    return framed(.superscript, [.part(inner, .atom)], [.symbol(.negative), .mark(.number(digits))])
  }

  private static func operatorName(_ name: String) -> String { "\\operatorname{" + name + "}" }

  private func functionName(_ name: String) -> String { functionNames[name] ?? Self.operatorName(name) }

  func call(_ head: Layout.Head, _ arguments: [Layout]) -> [Job] {
    switch head {
    case .named(let name): return elementwise(name, arguments)
    case .array(let operation): return array(operation, arguments)
    case .declared(let name, let derivative):
      let isWord = Names.isWord(name)
      let function = Job.mark(isWord ? .function(Self.operatorName(name)) : .name(name))
      switch derivative {
      case .value: return call([function], arguments)
      case .prime(let order):
        return call(primed(function, order), arguments)
      case .gradient: return call([.symbol(.nabla), .symbol(.blank), function], arguments)
      case .jacobian:
        let isBraced = isWord || Names.latex(name).utf8.count > 1
        return call(framed(.subscript(isBraced: isBraced), [.symbol(.jacobian)], [function]), arguments)
      case .hessian:
        let nabla = framed(.superscript, [.symbol(.nabla)], [.mark(.number("2"))])
        return call(nabla + [.symbol(.blank), function], arguments)
      }
    }
  }

  /// A derivative of this order: `f'`, `f^{(4)}`.
  private func primed(_ function: Job, _ order: Int) -> [Job] {
    if order <= 0 { return [function] }
    if order <= 3 {
      return framed(.primed, [function], Array(repeating: .symbol(.prime), count: order))
    }
    return framed(
      .superscript, [function], fenced(.round, [.mark(.number("\(order)"))], isTall: false))
  }

  private func call(_ function: [Job], _ arguments: [Layout]) -> [Job] {
    function + [.symbol(.application)] + bracketed(separated(arguments, by: .comma, .sum), around: arguments)
  }

  private func elementwise(_ name: String, _ arguments: [Layout]) -> [Job] {
    if functionNames[name] == nil {
      if arguments.count == 1, name == "step" {
        let positive: [Job] = [.part(arguments[0], .sum), .symbol(.greater), .mark(.number("0"))]
        return [.symbol(.indicator)] + fenced(.square, positive, isTall: false)
      }
      if name == "polygamma", arguments.count == 2 {
        let order = fenced(.round, [.part(arguments[0], .sum)], isTall: false)
        return call(framed(.superscript, [.mark(.function("\\psi"))], order), [arguments[1]])
      }
    }
    return call([.mark(.function(functionName(name)))], arguments)
  }

  private func array(_ operation: ArrayOperation, _ arguments: [Layout]) -> [Job] {
    switch operation {
    case .kron where arguments.count == 2:
      return separated(arguments, by: .kronecker, .fraction)
    case .pseudoInverse where arguments.count == 1:
      return framed(.superscript, [.part(arguments[0], .atom)], [.symbol(.positive)])
    case .logDeterminant where arguments.count == 1:
      let determinant = call([.mark(.function("\\det"))], arguments)
      return [.mark(.function("\\log")), .symbol(.application), .symbol(.blank)]
        + fenced(.bars, determinant, isTall: isTall(arguments[0]))
    case .commutation:
      return framed(
        .subscript(isBraced: true), [.symbol(.commutation)], separated(arguments, by: .placeComma, .sum))
    case .trace, .determinant, .logDeterminant, .norm1, .norm2, .norminf, .specnorm, .nucnorm, .maximum,
      .minimum,
      .dot, .logsumexp, .softmax, .logsoftmax, .pseudoInverse, .adjugate, .exponential, .cholesky,
      .diagonalMatrix,
      .diagonalVector, .vec, .kron, .tril, .triu, .lowhalf, .argmaxhot, .polar, .leftsv, .rightsv:
      return call([.mark(.function(functionName(operation.name)))], arguments)
    }
  }

  func norm(_ norm: Layout.Norm, _ inner: Layout, _ isMatrix: Bool) -> [Job] {
    switch norm {
    case .absolute:
      // Bars around a matrix denote its determinant.
      return functionNames["abs"] != nil || isMatrix
        ? call([.mark(.function(functionName("abs")))], [inner])
        : fenced(.bars, [.part(inner, .sum)], isTall: isTall(inner))
    case .one: return self.norm(of: isMatrix ? .call(.array(.vec), [inner]) : inner, .mark(.number("1")))
    case .two: return self.norm(of: inner, isMatrix ? .symbol(.frobenius) : .mark(.number("2")))
    case .infinity:
      return self.norm(
        of: isMatrix ? .call(.array(.vec), [inner]) : inner, .symbol(.infinity), isBraced: true)
    case .spectral: return self.norm(of: inner, .mark(.number("2")))
    case .nuclear: return self.norm(of: inner, .symbol(.nuclear))
    }
  }

  private func norm(of inner: Layout, _ index: Job, isBraced: Bool = false) -> [Job] {
    framed(
      .subscript(isBraced: isBraced), fenced(.doubleBars, [.part(inner, .sum)], isTall: isTall(inner)),
      [index])
  }

  /// Sums are products with ones.
  func total(_ total: Layout.Total, _ inner: Layout, _ isMatrix: Bool) -> [Job] {
    let ones = Layout.filled(.ones, [])
    let inside: [Layout]
    if case .product(.matrix, let chain) = inner { inside = chain } else { inside = [inner] }
    switch total {
    case .all: return juxtaposed([.transpose(ones)] + inside + (isMatrix ? [ones] : []), lastIsOpen: false)
    case .rows: return juxtaposed(inside + [ones], lastIsOpen: false)
    case .columns: return juxtaposed([.transpose(ones)] + inside, lastIsOpen: false)
    }
  }

  func blocks(_ rows: [[Layout]]) -> [Job] {
    var jobs = [Job.mark(.begin(.blocks))]
    for (index, row) in rows.enumerated() {
      if index > 0 { jobs.append(.mark(.row)) }
      for (index, block) in row.enumerated() {
        if index > 0 { jobs.append(.mark(.next)) }
        jobs.append(.part(block, .sum))
      }
    }
    return jobs + [.mark(.end)]
  }

  func slice(_ inner: Layout, _ subscripts: [Layout.Subscript]) -> [Job] {
    var places: [Job] = []
    for (index, part) in subscripts.enumerated() {
      if index > 0 { places.append(.symbol(.placeComma)) }
      switch part {
      case .all: places.append(.symbol(.placeRange))
      case .at(let place): places.append(.part(place, .sum))
      case .range(let first, let last):
        places += [.part(first, .sum), .symbol(.placeRange), .part(last, .sum)]
      }
    }
    return framed(.subscript(isBraced: true), indexedBase(inner, .atom), places)
  }

  /// An entry: `X_{ij}`, `(W_2)_{l}`, and for an array with an exponent `A^{-1}_{ij}`.
  func indexed(_ inner: Layout, _ places: [Layout]) -> [Job] {
    let isPlain = places.allSatisfy(\.isShort)
    let isBraced = !isPlain || places.count > 1
    return framed(
      .subscript(isBraced: isBraced), indexedBase(inner, .power),
      separated(places, by: isPlain ? nil : .placeComma, .sum))
  }

  /// The base of subscripts; in brackets if its name already has a subscript.
  private func indexedBase(_ inner: Layout, _ level: Level) -> [Job] {
    switch inner {
    case .name(let name), .power(.name(let name), _, _), .transpose(.name(let name)),
      .inverse(.name(let name)):
      if !Names.split(name).index.isEmpty { return fenced(.round, [.part(inner, .sum)], isTall: false) }
      return [.part(inner, level)]
    case .number, .constant, .differential, .filled, .sum, .negative, .product, .prefixed, .quotient,
      .elementwiseQuotient, .power, .root, .transpose, .inverse, .call, .norm, .total, .comparison, .blocks,
      .slice,
      .indexed, .indexSum, .choice, .cases:
      return [.part(inner, level)]
    }
  }

  /// Whether brackets around it must grow; very deep or distant parts are not examined.
  func isTall(_ layout: Layout) -> Bool {
    var budget = 200
    return isTall(layout, depth: 0, &budget)
  }

  private func isTall(_ layout: Layout, depth: Int, _ budget: inout Int) -> Bool {
    budget -= 1
    if depth > 12 || budget < 0 { return false }
    switch layout {
    case .quotient, .blocks, .indexSum: return true
    case .number, .name, .constant, .differential, .filled, .indexed: return false
    case .sum(let terms):
      for term in terms where isTall(term.layout, depth: depth + 1, &budget) { return true }
      return false
    case .product(_, let parts), .call(_, let parts):
      for part in parts where isTall(part, depth: depth + 1, &budget) { return true }
      return false
    case .prefixed(let a, let b, _), .elementwiseQuotient(let a, let b), .comparison(let a, _, let b):
      return isTall(a, depth: depth + 1, &budget) || isTall(b, depth: depth + 1, &budget)
    case .negative(let inner), .power(let inner, _, _), .root(let inner), .transpose(let inner),
      .inverse(let inner),
      .norm(_, let inner, _), .total(_, let inner, _), .slice(let inner, _), .choice(_, _, let inner),
      .cases(_, let inner):
      return isTall(inner, depth: depth + 1, &budget)
    }
  }
}
