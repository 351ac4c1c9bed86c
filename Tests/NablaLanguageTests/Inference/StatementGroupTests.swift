import Testing

@testable import NablaLanguage
@testable import NablaTypes

/// Statements that share no undeclared name are typed as if each were alone.
@Suite struct StatementGroupTests {
  /// Statements over names that end in `#`.
  private static let groups = [
    "gradient x#'*A#*x# wrt x#", "gradient norm2(A#*x# - b#)^2 wrt x#", "simplify A#*B# + C#",
    "z# = X#*w# + b#\nL# = norm2(z# - y#)^2\ngradient L# wrt w#, b#", "gradient tr(A#'*X#*B#) wrt X#",
    "gradient -y#'*logsoftmax(W#*x# + b#) wrt W#", "f# = k#*x#\nsimplify f#^2",
    "hessian sum(exp(a# .* x#)) wrt x#", "simplify [A#, b#; c#', 1]*x#",
    "check norm2(r#)^2 == r#'*r#  # r# is nonnegative",
  ]

  private func kinds(_ text: String) -> [String: String] {
    let source = SourceText(text + "\n", name: "t.nabla")
    let file = FileElaborator.elaborate(parseFile(source).statements, source: source)
    #expect(file.diagnostics.map(\.message) == [], "\(text)")
    return Dictionary(
      uniqueKeysWithValues: file.assumed.map { declaration in
        (declaration.name, String(declaration.type.shapeName.prefix { $0 != "(" }))
      })
  }

  @Test func eachGroupIsTypedAsIfAlone() {
    let texts = (0..<20).flatMap { round in
      Self.groups.enumerated().map { $0.element.replacing("#", with: "_\(round)_\($0.offset)") }
    }
    let together = kinds(texts.joined(separator: "\n"))
    var apart: [String: String] = [:]
    for text in texts { apart.merge(kinds(text)) { first, _ in first } }
    let different = apart.keys.sorted().filter { together[$0] != apart[$0] }
    #expect(different == [])
    #expect(together.count == apart.count)
  }

  /// The rows of many blocks are a sum of sums, which was resolved in time exponential in their number.
  @Test func manyRowsOfBlocksAreReadOrRefused() {
    let rows = Array(repeating: "C*B", count: 16).joined(separator: "; ")
    let source = SourceText("simplify inv([A, B; \(rows); C, D]) + diag(y)\n", name: "t.nabla")
    let file = FileElaborator.elaborate(parseFile(source).statements, source: source)
    #expect(file.diagnostics.count == 1)
  }

  @Test func namesJoinStatements() {
    // Alone, `c` scales; the other statement makes it a vector.
    #expect(kinds("simplify c*x")["c"] == "scalar")
    #expect(kinds("simplify c*x\nsimplify c'*A*c")["c"] == "vector")
    #expect(kinds("simplify c*x\ng = c'*A*c\nsimplify g")["c"] == "vector")
  }

  @Test func anErrorConcernsItsGroupAlone() {
    let text = "gradient x'*A*x wrt x\nsimplify [1; 2] + [1; 2; 3]\ngradient v'*C*v wrt v\n"
    let source = SourceText(text, name: "t.nabla")
    let file = FileElaborator.elaborate(parseFile(source).statements, source: source)
    #expect(file.diagnostics.count == 1)
    #expect(file.questions.map(\.wrt) == [["x"], ["v"]])
  }
}

extension DeclaredType {
  fileprivate var shapeName: String {
    switch self {
    case .value(let shape): shape.declaration
    case .function: "function"
    }
  }
}
