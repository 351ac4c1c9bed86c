import NablaCompile
import NablaCore
import NablaNumerics

/// The kinks of formulas with respect to variables: places at which a derivative is a choice.
///
/// Discrete variables lie on them by their property: a binary `y` in `norm1(y)` has zeros.
package struct Kinks {
  /// How the value of an argument shows a kink.
  private enum Test {
    /// An entry is zero.
    case zero
    /// An entry of the first equals that of the second.
    case equal
    /// The largest or smallest entry is not unique.
    case tie(NormalForm)
  }

  /// What is done to entries before they are compared.
  private enum NormalForm {
    case asIs, negated, magnitude

    func applied(to entry: Double) -> Double {
      switch self {
      case .asIs: entry
      case .negated: -entry
      case .magnitude: entry.magnitude
      }
    }
  }

  private var tests: [(test: Test, outputs: Range<Int>)] = []
  private var program: CompiledProgram?
  /// Whether there are kinks whose place cannot be computed.
  private var isUnknown = false

  /// Relative distance to a kink below which a point lies on it.
  private static let tolerance = 1e-12

  package init(
    _ formulas: [Formula], of variables: [Formula], _ sizes: [String: Int], _ options: Compiler.Options
  ) {
    var arguments: [Formula] = []
    func add(_ test: Test, _ parts: [Formula]) {
      guard parts.contains(where: { $0.variables.contains(where: variables.contains) }) else { return }
      if parts.contains(where: { $0.variables.contains { $0.variable?.role == .index } }) { return }
      tests.append((test, arguments.count..<(arguments.count + parts.count)))
      arguments += parts
    }
    let inlined = formulas.map { formula in
      options.definitions.flatMap { try? Definitions(lookup: $0).inlined(formula) } ?? formula
    }
    for node in Set(inlined.flatMap(\.nodesChildrenFirst)).sorted() {
      guard case .apply(let operation, let parts) = node.kind else { continue }
      switch operation {
      case .elementwise(let name):
        switch name {
        case "abs", "sign", "step", "relu", "leakyrelu", "elu": add(.zero, [parts[0]])
        case "max", "min", "less", "lessequal": add(.equal, Array(parts.prefix(2)))
        default: continue
        }
      case .array(let operation):
        switch operation {
        case .norm1: add(.zero, [parts[0]])
        case .norminf: add(.tie(.magnitude), [parts[0]])
        case .maximum, .argmaxhot: add(.tie(.asIs), [parts[0]])
        case .minimum: add(.tie(.negated), [parts[0]])
        case .trace, .determinant, .logDeterminant, .norm2, .specnorm, .nucnorm, .dot, .logsumexp, .softmax,
          .logsoftmax, .pseudoInverse, .adjugate, .exponential, .cholesky, .diagonalMatrix, .diagonalVector,
          .vec, .kron, .tril, .triu, .commutation, .lowhalf, .polar, .leftsv, .rightsv:
          continue
        }
      case .function, .blocks, .slice, .indexSum: continue
      }
    }
    if !arguments.isEmpty {
      program = try? Compiler.compile(arguments, sizes: sizes, options: options)
      isUnknown = program == nil
    }
  }

  /// Whether a point lies on one of them.
  package func contain(_ values: [Formula: Matrix]) -> Bool {
    guard let program else { return isUnknown }
    guard let outputs = try? program.run(values) else { return true }
    return tests.contains { test, places in
      let first = outputs[places.lowerBound]
      switch test {
      case .zero:
        return first.storage.contains { $0.magnitude <= Self.tolerance * max(first.maxAbs, 1) }
      case .equal:
        let second = outputs[places.upperBound - 1]
        let scale = max(first.maxAbs, second.maxAbs, 1)
        return (0..<max(first.count, second.count)).contains { i in
          let (a, b) = (
            first.storage[first.count == 1 ? 0 : i], second.storage[second.count == 1 ? 0 : i]
          )
          return (a - b).magnitude <= Self.tolerance * scale
        }
      case .tie(let form):
        let entries = first.storage.map(form.applied(to:)).sorted(by: >)
        guard entries.count > 1 else { return form == .magnitude && entries.first == 0 }
        return entries[0] - entries[1] <= Self.tolerance * max(first.maxAbs, 1)
      }
    }
  }
}
