import NablaCore
import NablaLanguage
import NablaNumerics
import NablaOutput
import NablaVerify

extension FuzzChecks {
  /// One question about one variable, chosen by the case's number.
  func derivatives(_ tree: FuzzTree, _ formula: Formula, _ reader: FuzzReader) -> FuzzFinding? {
    let variables = tree.variables
    guard !variables.isEmpty else { return nil }
    let variable = variables[Int(seed % UInt64(variables.count))]
    guard let x = reader.names.names[variable.name] else { return nil }
    let kinds: [DerivativeKind] = [
      .gradient, .gradient, .jacobian, formula.isScalar ? .hessian : .differential,
    ]
    let kind = kinds[Int((seed >> 32) % UInt64(kinds.count))]
    let ask = ["\(kind.rawValue) \(tree.text) wrt \(variable.name)"]
    let calculus = Calculus(book: book)
    do throws(DerivativeProblem) {
      let claim = try calculus.derivative(kind, of: formula, by: [x]).formula
      let gradient = kind == .hessian ? try calculus.gradient(of: formula, by: x, x).formula : nil
      if claim.isInvalid || gradient?.isInvalid == true {
        return FuzzFinding(kind: .derivative, message: "the answer is invalid", questions: ask)
      }
      if kind != .differential, let found = printing(claim, reader, ask) { return found }
      return disagreement(of: claim, kind, formula, x, gradient, ask) ?? untrue(claim, ask)
    } catch {
      // A clear error is also an answer.
      return nil
    }
  }

  private func disagreement(
    of claim: Formula, _ kind: DerivativeKind, _ formula: Formula, _ x: Formula, _ gradient: Formula?,
    _ ask: [String]
  ) -> FuzzFinding? {
    guard let asked = Claim(kind, claim, of: formula, by: [x]) else { return nil }
    let both = Verification(numeric, book)
    let numbers = numeric.verdict(on: gradient.map { .jacobian(claim, of: $0, by: x) } ?? asked)
    let joined = {
      gradient.map { both.verdict(onHessian: claim, of: formula, by: x, x, through: $0) }
        ?? both.verdict(on: asked)
    }
    return disagreement(
      .derivative, "\(kind.rawValue) '\(claim.text)'", ask, numbers, exact.finding(on: asked),
      joined: joined)
  }
}
