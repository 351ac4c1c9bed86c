import NablaCore
import NablaLanguage

/// Writes a layout on one line, as text of the language or in Unicode.
/// It keeps its own stack, so depth uses no stack of the thread.
struct LinearSpeller {
  let isUnicode: Bool

  /// The binding strength of a layout; one that binds more weakly than its place requires gets brackets.
  private enum Level: Int, Comparable {
    case comparison, sum, product, power, postfix, atom
    static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  private enum Job {
    case text(String)
    case part(Layout, Level)
  }

  func spell(_ layout: Layout) -> String {
    var text = ""
    var open = [Job.part(layout, .comparison)]
    while let job = open.popLast() {
      switch job {
      case .text(let piece): text += piece
      case .part(let layout, let least):
        if level(layout) < least {
          open.append(.text(")"))
          open.append(contentsOf: jobs(layout).reversed())
          open.append(.text("("))
        } else {
          open.append(contentsOf: jobs(layout).reversed())
        }
      }
    }
    return text
  }

  private func level(_ layout: Layout) -> Level {
    switch layout {
    case .comparison: .comparison
    case .sum, .negative: .sum
    case .product, .prefixed, .quotient, .elementwiseQuotient: .product
    case .power: .power
    case .transpose: .postfix
    case .inverse: isUnicode ? .power : .atom
    case .number, .name, .constant, .differential, .filled, .root, .call, .norm, .total, .blocks, .slice,
      .indexed, .indexSum, .choice:
      .atom
    case .cases(_, let plain): level(plain)
    }
  }

  private func jobs(_ layout: Layout) -> [Job] {
    switch layout {
    case .number(let digits): [.text(digits)]
    case .name(let name): [.text(self.name(name))]
    case .constant(let constant, let isShadowed): [.text(self.constant(constant, isShadowed))]
    case .differential(let inner): differential(inner)
    case .filled(let fill, let sizes): filled(fill, sizes)
    case .sum(let terms): sum(terms)
    case .negative(let inner): [.text(isUnicode ? "−" : "-"), .part(inner, .product)]
    case .product(let joint, let factors): product(joint, factors)
    // On one line A*x/2 is shorter than 1/2*A*x.
    case .prefixed(.quotient(.number("1"), let divisor), let rest, _): jobs(.quotient(rest, divisor))
    case .prefixed(let fraction, let rest, let isSpaced):
      [.part(fraction, .product), .text(isSpaced ? " * " : "*"), .part(rest, .product)]
    case .quotient(let top, let bottom):
      [.part(top, top.endsElementwise ? .power : .product), .text("/"), .part(bottom, .power)]
    case .elementwiseQuotient(let top, let bottom):
      [
        .part(top, top.endsInMatrixProduct ? .power : .product), .text(isUnicode ? " ⊘ " : " ./ "),
        .part(bottom, .power),
      ]
    case .power(let base, let exponent, let isElementwise): power(base, exponent, isElementwise)
    case .root(let inner): call("sqrt", [inner])
    case .transpose(let inner): transpose(inner)
    case .inverse(let inner): inverse(inner)
    case .call(let head, let arguments): self.call(head, arguments)
    case .norm(let norm, let inner, let isMatrix): self.norm(norm, inner, isMatrix)
    case .total(let total, let inner, _): call(total.rawValue, [inner])
    case .comparison(let left, let relation, let right):
      [.part(left, .sum), .text(" " + spelled(relation) + " "), .part(right, .sum)]
    case .blocks(let rows): blocks(rows)
    case .slice(let inner, let subscripts): slice(inner, subscripts)
    case .indexed(let inner, let places): indexed(inner, places)
    case .indexSum(let index, let first, let last, let inner):
      [
        .text("sum(" + name(index) + " = "), .part(first, .sum), .text(":"), .part(last, .sum), .text(", "),
        .part(inner, .comparison), .text(")"),
      ]
    case .choice(let branch, let otherwise, _): call("where", [branch.condition, branch.value, otherwise])
    case .cases(_, let plain): jobs(plain)
    }
  }

  private func name(_ name: String) -> String { isUnicode ? Names.unicode(name) : name }

  private func constant(_ constant: Formula.Constant, _ isShadowed: Bool) -> String {
    switch constant {
    case .pi: isShadowed ? "acos(-1)" : isUnicode ? "π" : "pi"
    case .e: isShadowed ? "exp(1)" : "e"
    }
  }

  private func separated(_ layouts: [Layout], by separator: String, _ level: Level) -> [Job] {
    var jobs: [Job] = []
    for (index, layout) in layouts.enumerated() {
      if index > 0 { jobs.append(.text(separator)) }
      jobs.append(.part(layout, level))
    }
    return jobs
  }

  private func call(_ name: String, _ arguments: [Layout]) -> [Job] {
    [.text(name + "(")] + separated(arguments, by: ", ", .comparison) + [.text(")")]
  }

  private func differential(_ inner: Layout) -> [Job] {
    if case .name(let name) = inner { return [.text("d" + self.name(name))] }
    return call("d", [inner])
  }

  private func filled(_ fill: Layout.Fill, _ sizes: [Layout]) -> [Job] {
    switch fill {
    case .zeros: call("zeros", sizes)
    case .ones: call("ones", sizes)
    case .identity: sizes.isEmpty ? [.text("I")] : call("eye", sizes)
    }
  }

  private func sum(_ terms: [Layout.Term]) -> [Job] {
    var jobs: [Job] = []
    for (index, term) in terms.enumerated() {
      let minus = isUnicode ? "−" : "-"
      if index > 0 {
        jobs.append(.text(term.isNegative ? " \(minus) " : " + "))
      } else if term.isNegative {
        jobs.append(.text(minus))
      }
      jobs.append(.part(term.layout, .product))
    }
    return jobs
  }

  private func product(_ joint: Layout.Joint, _ factors: [Layout]) -> [Job] {
    switch joint {
    case .matrix: return separated(factors, by: "*", .power)
    case .elementwise: return separated(factors, by: isUnicode ? " ⊙ " : " .* ", .power)
    case .scaling:
      guard let last = factors.last else { return [.text("1")] }
      return separated(Array(factors.dropLast()), by: "*", .power) + [.text("*"), .part(last, .product)]
    }
  }

  private func power(_ base: Layout, _ exponent: Layout, _ isElementwise: Bool) -> [Job] {
    if isUnicode, !isElementwise, case .number(let digits) = exponent {
      return [.part(base, .atom), .text(Names.raised(digits))]
    }
    let mark = isElementwise ? (base.isNumber ? " .^ " : ".^") : "^"
    switch exponent {
    case .number, .name: return [.part(base, .atom), .text(mark), .part(exponent, .atom)]
    case .constant, .differential, .filled, .sum, .negative, .product, .prefixed, .quotient,
      .elementwiseQuotient,
      .power, .root, .transpose, .inverse, .call, .norm, .total, .comparison, .blocks, .slice, .indexed,
      .indexSum, .choice, .cases:
      return [.part(base, .atom), .text(mark + "("), .part(exponent, .comparison), .text(")")]
    }
  }

  private func transpose(_ inner: Layout) -> [Job] {
    if isUnicode, case .inverse(let base) = inner { return [.part(base, .atom), .text("⁻ᵀ")] }
    return [.part(inner, .atom), .text(isUnicode ? "ᵀ" : "'")]
  }

  private func inverse(_ inner: Layout) -> [Job] {
    guard isUnicode else { return call("inv", [inner]) }
    if case .transpose(let base) = inner { return [.part(base, .atom), .text("⁻ᵀ")] }
    return [.part(inner, .atom), .text("⁻¹")]
  }

  private func norm(_ norm: Layout.Norm, _ inner: Layout, _ isMatrix: Bool) -> [Job] {
    guard isUnicode else { return call(norm.rawValue, [inner]) }
    let mark: String
    switch norm {
    case .one: mark = "₁"
    case .two: mark = isMatrix ? "_F" : "₂"
    case .infinity: mark = "_∞"
    case .spectral, .nuclear, .absolute: return call(norm.rawValue, [inner])
    }
    return [.text("‖"), .part(inner, .comparison), .text("‖" + mark)]
  }

  private func call(_ head: Layout.Head, _ arguments: [Layout]) -> [Job] {
    switch head {
    case .named(let function):
      if function == "polygamma", arguments.count == 2, case .number("1") = arguments[0] {
        return call("trigamma", [arguments[1]])
      }
      return call(isUnicode && function == "sigmoid" ? "σ" : function, arguments)
    case .array(.kron) where isUnicode && arguments.count == 2: return call("kron", arguments)
    case .array(let operation): return call(operation.name, arguments)
    case .declared(let function, let derivative):
      let function = name(function)
      switch derivative {
      case .value: return call(function, arguments)
      case .prime(let order): return call(function + String(repeating: "'", count: max(order, 0)), arguments)
      case .gradient: return call(isUnicode ? "∇" + function : "grad(\(function))", arguments)
      case .jacobian: return call(isUnicode ? "J_" + function : "jac(\(function))", arguments)
      case .hessian: return call(isUnicode ? "∇²" + function : "hess(\(function))", arguments)
      }
    }
  }

  private func spelled(_ relation: Layout.Relation) -> String {
    switch relation {
    case .less, .greater: relation.rawValue
    case .lessOrEqual: isUnicode ? "≤" : relation.rawValue
    case .greaterOrEqual: isUnicode ? "≥" : relation.rawValue
    }
  }

  private func blocks(_ rows: [[Layout]]) -> [Job] {
    var jobs = [Job.text("[")]
    for (index, row) in rows.enumerated() {
      if index > 0 { jobs.append(.text("; ")) }
      jobs += separated(row, by: ", ", .comparison)
    }
    return jobs + [.text("]")]
  }

  /// Single letters are adjacent, `X_ij`; longer subscripts have braces, `W2_{h + 1}`.
  private func indexed(_ inner: Layout, _ places: [Layout]) -> [Job] {
    if places.allSatisfy(\.isShort) {
      return [.part(inner, .atom), .text("_")] + places.map { .part($0, .sum) }
    }
    return [.part(inner, .atom), .text("_{")] + separated(places, by: ", ", .sum) + [.text("}")]
  }

  private func slice(_ inner: Layout, _ subscripts: [Layout.Subscript]) -> [Job] {
    var jobs = [Job.part(inner, .atom), .text("[")]
    for (index, part) in subscripts.enumerated() {
      if index > 0 { jobs.append(.text(", ")) }
      switch part {
      case .all: jobs.append(.text(":"))
      case .at(let place): jobs.append(.part(place, .sum))
      case .range(let first, let last): jobs += [.part(first, .sum), .text(":"), .part(last, .sum)]
      }
    }
    return jobs + [.text("]")]
  }
}
