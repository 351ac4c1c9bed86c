import NablaCompile
import NablaCore
import NablaNumerics
import NablaTypes

/// Requires the arguments of `pinv`, `polar`, singular vectors and their like to have generic rank: elsewhere these
/// functions are not differentiable, as the answers state.
struct GenericRank {
  private let program: CompiledProgram
  private let ranks: [Int]

  /// Singular values below `zero` relative to the largest count as zero, those above `certain` as nonzero; between the
  /// two the rank is undecided.
  private static let (zero, certain) = (1e-11, 1e-6)

  /// `nil` if ranks do not matter or cannot be determined.
  init?(
    _ formulas: [Formula], variables: [Formula], sizes: [String: Int], options: Compiler.Options, seed: UInt64
  ) {
    let matrices = Self.matrices(formulas)
    if matrices.isEmpty { return nil }
    guard let program = try? Compiler.compile(matrices, sizes: sizes, options: options) else { return nil }
    self.program = program
    // Variables with a property are perturbed off it, so the rank without the property counts.
    var generator = SplitMix64(seed: seed)
    var ranks = [Int](repeating: 0, count: matrices.count)
    for _ in 0..<4 {
      var values: [Formula: Matrix] = [:]
      for variable in variables {
        guard let rows = variable.shape.rows.value(sizes), let columns = variable.shape.columns.value(sizes)
        else { return nil }
        values[variable] = Matrix(rows: rows, columns: columns).map { _ in generator.normal() }
      }
      guard let outputs = try? program.run(values) else { continue }
      for (index, output) in outputs.enumerated() where output.isFinite {
        ranks[index] = max(ranks[index], Self.rank(output) ?? 0)
      }
    }
    self.ranks = ranks
  }

  /// Whether all arguments have generic rank at these values.
  func holds(at values: [Formula: Matrix]) -> Bool {
    guard let outputs = try? program.run(values) else { return false }
    // An argument that was never finite when ranks were determined has rank 0 there; any rank is accepted here.
    return zip(outputs, ranks).allSatisfy { output, usual in
      guard output.isFinite, let rank = Self.rank(output) else { return false }
      return rank == usual || usual == 0
    }
  }

  /// `nil` if a singular value is neither clearly zero nor clearly nonzero.
  private static func rank(_ matrix: Matrix) -> Int? {
    let values = SVD(matrix).values
    guard let largest = values.first, largest > 0 else { return 0 }
    if values.contains(where: { $0 > zero * largest && $0 < certain * largest }) { return nil }
    return values.count { $0 >= certain * largest }
  }

  private static func matrices(_ formulas: [Formula]) -> [Formula] {
    var found: Set<Formula> = []
    for node in Set(formulas.flatMap(\.nodesChildrenFirst)) {
      guard case .apply(.array(let operation), let arguments) = node.kind, operation.restsOnRank,
        !arguments[0].variables.contains(where: { $0.variable?.role == .index })
      else { continue }
      found.insert(arguments[0])
    }
    return found.sorted()
  }
}

extension ArrayOperation {
  /// Whether the derivative exists only where the rank of the argument is locally constant.
  fileprivate var restsOnRank: Bool {
    switch self {
    case .pseudoInverse, .nucnorm, .polar, .leftsv, .rightsv: true
    case .trace, .determinant, .logDeterminant, .norm1, .norm2, .norminf, .specnorm, .maximum, .minimum, .dot,
      .logsumexp, .softmax, .logsoftmax, .adjugate, .exponential, .cholesky, .diagonalMatrix, .diagonalVector,
      .vec, .kron, .tril, .triu, .commutation, .lowhalf, .argmaxhot:
      false
    }
  }
}
