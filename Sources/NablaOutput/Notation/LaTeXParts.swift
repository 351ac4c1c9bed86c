import NablaCore
import NablaLanguage

/// Powers, calls, norms, blocks and subscripts.
extension LaTeXPrinter {
  func filled(_ fill: Layout.Fill, _ sizes: [Layout]) -> [Job] {
    let symbol: String
    switch fill {
    case .zeros: symbol = "\\mathbf{0}"
    case .ones: symbol = "\\mathbf{1}"
    case .identity: symbol = "I"
    }
    if sizes.isEmpty { return [.text(symbol)] }
    return [.text(symbol + "_")] + group(separated(sizes, by: " \\times ", .product), sizes)
  }

  /// Braces, except around a single letter or digit.
  private func group(_ inside: [Job], _ layouts: [Layout]) -> [Job] {
    if layouts.count == 1 {
      switch layouts[0] {
      case .number(let text), .name(let text): if text.utf8.count == 1 { return inside }
      case .constant, .differential, .filled, .sum, .negative, .product, .prefixed, .quotient,
        .elementwiseQuotient,
        .power, .root, .transpose, .inverse, .call, .norm, .total, .comparison, .blocks, .slice, .indexed,
        .indexSum, .cases:
        break
      }
    }
    return [.text("{")] + inside + [.text("}")]
  }

  func power(_ base: Layout, _ exponent: Layout, _ isElementwise: Bool) -> [Job] {
    if !isElementwise, case .inverse(let inner) = base, case .number(let digits) = exponent {
      return inverse(inner, exponent: "-" + digits)
    }
    let raised: [Job]
    if case .quotient(.number(let top), .number(let bottom)) = exponent {
      raised = [.text(top + "/" + bottom)]
    } else {
      raised = [.part(exponent, .sum)]
    }
    return [.part(base, .atom), .text(isElementwise ? "^{\\odot " : "^{")] + raised + [.text("}")]
  }

  func transpose(_ inner: Layout) -> [Job] {
    if case .inverse(let base) = inner { return [.part(base, .atom), .text("^{-\\top}")] }
    return [.part(inner, .atom), .text("^{\\top}")]
  }

  func inverse(_ inner: Layout, exponent: String) -> [Job] {
    if exponent == "-1", case .transpose(let base) = inner {
      return [.part(base, .atom), .text("^{-\\top}")]
    }
    return [.part(inner, .atom), .text("^{" + exponent + "}")]
  }

  func call(_ head: Layout.Head, _ arguments: [Layout]) -> [Job] {
    switch head {
    case .elementwise(let name): return elementwise(name, arguments)
    case .array(let operation): return array(operation, arguments)
    case .declared(let name, let derivative):
      let function = Names.isWord(name) ? LaTeXFunctions.operatorName(name) : Names.latex(name)
      switch derivative {
      case .value: return call(function, arguments)
      case .prime(let order):
        let marks = order <= 3 ? String(repeating: "'", count: max(order, 0)) : "^{(\(order))}"
        return call(function + marks, arguments)
      case .gradient: return call("\\nabla " + function, arguments)
      case .jacobian:
        return call("J_" + (function.utf8.count == 1 ? function : "{" + function + "}"), arguments)
      case .hessian: return call("\\nabla^{2} " + function, arguments)
      }
    }
  }

  private func call(_ name: String, _ arguments: [Layout]) -> [Job] {
    [.text(name)] + bracketed(separated(arguments, by: ", ", .sum), around: arguments)
  }

  private func elementwise(_ name: String, _ arguments: [Layout]) -> [Job] {
    if functionNames[name] == nil {
      if arguments.count == 1 {
        if name == "step" { return [.text("\\mathbb{1}["), .part(arguments[0], .sum), .text(" > 0]")] }
      }
      if name == "polygamma", arguments.count == 2 {
        return [.text("\\psi^{("), .part(arguments[0], .sum), .text(")}")]
          + bracketed([.part(arguments[1], .sum)], around: [arguments[1]])
      }
    }
    return call(LaTeXFunctions.elementwise(name, functionNames), arguments)
  }

  private func array(_ operation: ArrayOperation, _ arguments: [Layout]) -> [Job] {
    switch operation {
    case .kron where arguments.count == 2:
      return separated(arguments, by: " \\otimes ", .fraction)
    case .pseudoInverse where arguments.count == 1: return [.part(arguments[0], .atom), .text("^{+}")]
    case .logDeterminant where arguments.count == 1:
      return [.text("\\log ")]
        + fencedJobs(
          "\\lvert", [.text("\\det")] + bracketed([.part(arguments[0], .sum)], around: arguments), "\\rvert",
          isTall: isTall(arguments[0]))
    case .commutation: return [.text("K_{")] + separated(arguments, by: ",", .sum) + [.text("}")]
    case .trace, .determinant, .logDeterminant, .norm1, .norm2, .norminf, .specnorm, .nucnorm, .maximum,
      .minimum,
      .dot, .logsumexp, .softmax, .logsoftmax, .pseudoInverse, .adjugate, .exponential, .cholesky,
      .diagonalMatrix,
      .diagonalVector, .vec, .kron, .tril, .triu, .lowhalf, .argmaxhot, .polar, .leftsv, .rightsv:
      return call(LaTeXFunctions.array(operation, functionNames), arguments)
    }
  }

  private func fenced(_ left: String, _ inner: Layout, _ right: String) -> [Job] {
    fencedJobs(left, [.part(inner, .sum)], right, isTall: isTall(inner))
  }

  private func fencedJobs(_ left: String, _ inside: [Job], _ right: String, isTall: Bool) -> [Job] {
    isTall
      ? [.text("\\left" + left + " ")] + inside + [.text(" \\right" + right)]
      : [.text(left + " ")] + inside + [.text(" " + right)]
  }

  func norm(_ norm: Layout.Norm, _ inner: Layout, _ isMatrix: Bool) -> [Job] {
    let mark: String
    switch norm {
    case .absolute:
      // Bars around a matrix are its determinant.
      let isNamed = functionNames["abs"] != nil || isMatrix
      return isNamed
        ? call(LaTeXFunctions.elementwise("abs", functionNames), [inner])
        : fenced("\\lvert", inner, "\\rvert")
    case .one:
      mark = "_1"
      if isMatrix {
        let vec = Layout.call(.array(.vec), [inner])
        return fenced("\\lVert", vec, "\\rVert") + [.text(mark)]
      }
    case .two: mark = isMatrix ? "_F" : "_2"
    case .infinity:
      mark = "_{\\infty}"
      if isMatrix {
        let vec = Layout.call(.array(.vec), [inner])
        return fenced("\\lVert", vec, "\\rVert") + [.text(mark)]
      }
    case .spectral: mark = "_2"
    case .nuclear: mark = "_*"
    }
    return fenced("\\lVert", inner, "\\rVert") + [.text(mark)]
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
    var jobs = [Job.text("\\begin{bmatrix} ")]
    for (index, row) in rows.enumerated() {
      if index > 0 { jobs.append(.text(" \\\\ ")) }
      jobs += separated(row, by: " & ", .sum)
    }
    return jobs + [.text(" \\end{bmatrix}")]
  }

  func slice(_ inner: Layout, _ subscripts: [Layout.Subscript]) -> [Job] {
    var hasIndex = false
    if case .name(let name) = inner { hasIndex = !Names.split(name).index.isEmpty }
    var jobs: [Job] = hasIndex ? [.text("("), .part(inner, .sum), .text(")")] : [.part(inner, .atom)]
    jobs.append(.text("_{"))
    for (index, part) in subscripts.enumerated() {
      if index > 0 { jobs.append(.text(",")) }
      switch part {
      case .all: jobs.append(.text(":"))
      case .at(let place): jobs.append(.part(place, .sum))
      case .range(let first, let last): jobs += [.part(first, .sum), .text(":"), .part(last, .sum)]
      }
    }
    return jobs + [.text("}")]
  }

  /// An entry: `X_{ij}`, `(W_2)_{l}`, and of an array with an exponent `A^{-1}_{ij}`.
  func indexed(_ inner: Layout, _ places: [Layout]) -> [Job] {
    var jobs: [Job] = [.part(inner, .power)]
    if case .name(let name) = inner, !Names.split(name).index.isEmpty {
      jobs = [.text("("), .part(inner, .sum), .text(")")]
    }
    let isPlain = places.allSatisfy(\.isShort)
    if isPlain, places.count == 1 { return jobs + [.text("_"), .part(places[0], .sum)] }
    return jobs + [.text("_{")] + separated(places, by: isPlain ? "" : ",", .sum) + [.text("}")]
  }

  /// Whether brackets around it must grow; what lies very deep or far behind is not looked at.
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
      .norm(_, let inner, _), .total(_, let inner, _), .slice(let inner, _), .cases(_, let inner):
      return isTall(inner, depth: depth + 1, &budget)
    }
  }
}
