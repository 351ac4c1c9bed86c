import NablaLanguage
import NablaNumerics
import Testing

@testable import Nabla

private let sizes = ["n": 4, "d": 3, "k": 2]
private let X = Make.variable("X", .matrix("n", "d"))
private let Y = Make.variable("Y", .matrix("n", "d"))
private let S = Make.variable("S", .matrix("d", "d"))
private let T = Make.variable("T", .matrix("d", "d"))
private let w = Make.variable("w", .vector("d"))
private let u = Make.variable("u", .vector("d"))
private let y = Make.variable("y", .vector("n"))
private let r = Make.variable("r", .row("d"))
private let s = Make.variable("s", .scalar)
private let values: [Formula: Matrix] = [
  X: Make.random(4, 3, 1), Y: Make.random(4, 3, 2), S: Make.random(3, 3, 3), T: Make.random(3, 3, 4),
  w: Make.random(3, 1, 5, 0.2, 1), u: Make.random(3, 1, 6), y: Make.random(4, 1, 7), r: Make.random(1, 3, 8),
  s: Matrix(1.7),
]
private let spd = Formula.sum([.product([S.transposed, S]), .identity("d")], S.shape)

private func agrees(_ formula: Formula, _ note: Comment? = nil, location: SourceLocation = #_sourceLocation) throws {
  #expect(!formula.isInvalid, note, sourceLocation: location)
  let expected = Reference(sizes: sizes, values: values).value(formula)
  for stable in [false, true] {
    let value = try Make.value(formula, sizes, values, stable: stable)
    #expect(value.rows == expected.rows && value.columns == expected.columns, note, sourceLocation: location)
    guard value.count == expected.count else { continue }
    let error = zip(value.storage, expected.storage).map { abs($0 - $1) }.max() ?? 0
    #expect(error <= 1e-10 * max(1, expected.maxAbs), note, sourceLocation: location)
  }
}

@Suite struct CompileValueTests {
  @Test func sumsAndBroadcasts() throws {
    try agrees(.adding(X, s))
    try agrees(.sum([X, Y.scaled(by: -3), .times([s, .ones(X.shape)])], X.shape))
    try agrees(.sum([X, .product([y, .ones(.row("d"))]), .product([.ones(.vector("n")), r]).scaled(by: 2)], X.shape))
    try agrees(.sum([S, .identity("d"), .times([s, .identity("d")]), Make.array(.diagonalMatrix, w, shape: S.shape)], S.shape))
    try agrees(.sum([.product([y, .ones(.row("d"))]), .times([s, .product([.ones(.vector("n")), r])])], X.shape))
    try agrees(.ones(X.shape))
    try agrees(.identity("d"))
    try agrees(.sum([.identity("d").scaled(by: 2), .ones(S.shape)], S.shape))
    try agrees(.adding(.dimension(Dimension("n") + 1), s))
  }

  @Test func products() throws {
    let inverse = Formula.inverse(spd)
    let D = Make.array(.diagonalMatrix, w, shape: S.shape)
    for formula: Formula in [
      .product([X.transposed, y]), .product([X, S, T.transposed, u]), .product([u.transposed, S, w]),
      .product([X, D, Y.transposed]), .product([D, X.transposed]), .product([D, D, u]), .product([D, .ones(.vector("d"))]),
      .product([X, inverse]), .product([inverse, X.transposed]), .product([X, inverse, Y.transposed]),
      .product([inverse, .inverse(.adding(S, .number(3))), u]), .product([inverse, D]), .product([D, inverse, S]),
      .product([.inverse(S.transposed), u]), .product([u.transposed, .inverse(S)]), .inverse(S), .inverse(S.transposed),
      .inverse(D), .product([X.transposed, .ones(.vector("n"))]), .product([.ones(.row("n")), X]), Make.sum(X),
      .product([y, r]), .product([.ones(.vector("d")), r, S]), X.transposed, Make.sum(.product([X, X.transposed])),
      .product([S.transposed, T.transposed]), .product([X.transposed, y, y.transposed, X]),
      .times([.power(s, .number(-2)), .product([X, S]), Y]),
    ] { try agrees(formula, "\(formula.kind)") }
  }

  @Test func powersAndFunctions() throws {
    for power in [2, 3, 7, -1, -2] { try agrees(.power(w, .number(power))) }
    try agrees(.power(w, .half))
    try agrees(.power(w, .number(Rational(-3, over: 2))))
    try agrees(.power(w, s))
    try agrees(.power(s, u))
    try agrees(.power(w, u))
    try agrees(.times([X, .power(.adding(Y, .number(3)), .number(-1)), s]))
    for function in LibraryFunction.allCases where function.arity == 1 && function != .sqrt {
      try agrees(Make.apply(function.rawValue, w), "\(function)")
    }
    for name in ["max", "min", "leakyrelu", "elu", "less", "lessequal"] {
      try agrees(Make.apply(name, u, w), "\(name)")
      try agrees(Make.apply(name, u, .number(Rational(1, over: 4))), "\(name)")
    }
    try agrees(Make.apply("polygamma", .number(1), w))
  }

  @Test func arrayOperations() throws {
    for operation in [ArrayOperation.norm1, .norm2, .norminf, .specnorm, .nucnorm, .maximum, .minimum] {
      try agrees(Make.array(operation, X), "\(operation)")
    }
    for operation in [ArrayOperation.norm2, .norm1, .maximum, .logsumexp] { try agrees(Make.array(operation, u)) }
    try agrees(Make.array(.determinant, S))
    try agrees(Make.array(.logDeterminant, S))
    try agrees(Make.apply("log", Make.array(.determinant, spd)))
    try agrees(Make.array(.dot, X, Y))
    for operation in [ArrayOperation.softmax, .logsoftmax, .argmaxhot] {
      try agrees(Make.array(operation, u, shape: u.shape))
      try agrees(Make.array(operation, r, shape: r.shape))
      if operation != .argmaxhot { try agrees(Make.array(operation, X, shape: X.shape)) }
    }
    try agrees(Make.array(.logsumexp, X, shape: .vector("n")))
    try agrees(Make.array(.pseudoInverse, X, shape: X.shape.transposed))
    for operation in [ArrayOperation.adjugate, .exponential, .tril, .triu, .lowhalf, .polar] {
      try agrees(Make.array(operation, S, shape: S.shape), "\(operation)")
    }
    try agrees(Make.array(.cholesky, spd, shape: S.shape))
    try agrees(Make.array(.diagonalVector, S, shape: .vector("d")))
    try agrees(Make.array(.vec, X, shape: .vector(Dimension("n") * Dimension("d"))))
    try agrees(Make.array(.kron, X, S, shape: .matrix(Dimension("n") * "d", Dimension("d") * "d")))
    let nd = Dimension("n") * Dimension("d")
    try agrees(Make.array(.commutation, .dimension("n"), .dimension("d"), shape: .matrix(nd, nd)))
    try agrees(Make.array(.leftsv, X, shape: .vector("n")))
    try agrees(Make.array(.rightsv, X, shape: .vector("d")))
    #expect(try Make.value(Make.array(.norm2, X), sizes, [X: Matrix(rows: 4, columns: 3, repeating: 1e200)])[0, 0].isFinite)
  }

  @Test func traces() throws {
    for chain: [Formula] in [
      [S, T], [S.transposed, T], [S, T.transposed], [S.transposed, T.transposed], [X.transposed, Y], [X, S, Y.transposed],
      [.inverse(spd), S], [Make.array(.diagonalMatrix, w, shape: S.shape), S], [X, .inverse(spd), X.transposed],
    ] { try agrees(Make.array(.trace, .product(chain)), "\(chain.count)") }
    try agrees(Make.array(.trace, .sum([.product([S, T]), S.scaled(by: 2), .identity("d")], S.shape)))
    try agrees(Make.array(.trace, .inverse(spd)))
  }

  @Test func blocksSlicesAndIndexSums() throws {
    try agrees(.apply(.blocks(rows: 2, columns: 2), [S, w, r, s], .matrix(Dimension("d") + 1, Dimension("d") + 1)))
    try agrees(
      .apply(.slice(rows: .init(first: 2, last: "d"), columns: .init(first: 1, last: "k")), [X], .matrix(Dimension("d") - 1, "k")))
    let i = Dimension("i")
    let row = Formula.apply(.slice(rows: .init(first: i, last: i), columns: .init(first: 1, last: "d")), [X], .row("d"))
    try agrees(.apply(.indexSum("i", 1, "n"), [.product([row.transposed, row])], S.shape))
    try agrees(.apply(.indexSum("i", 1, "n"), [.times([Make.index("i"), Make.apply("exp", .product([row, w]))])], .scalar))
    let head = Formula.apply(.slice(rows: .init(first: 1, last: i), columns: .init(first: 1, last: 1)), [y], .vector(i))
    try agrees(.apply(.indexSum("i", 1, "n"), [Make.array(.norm2, head)], .scalar), "sizes that move")
    let j = Dimension("j")
    let entry = Formula.apply(.slice(rows: .init(first: i, last: i), columns: .init(first: j, last: j)), [X], .scalar)
    let inner = Formula.apply(.indexSum("j", 1, "d"), [.times([entry, Make.index("j"), Make.sum(Y)])], .scalar)
    try agrees(.apply(.indexSum("i", 2, "n"), [.power(inner, .number(2))], .scalar), "nested")
    try agrees(.apply(.indexSum("i", 3, 2), [s], .scalar), "empty")
  }

  @Test func sharedNodesAndReuse() throws {
    let e = Make.apply("exp", .product([X, w]))
    let program = try Compiler.compile([Make.sum(e), .product([X.transposed, e]), e], sizes: sizes)
    #expect(program.plan.filter { $0.contains("gemm") }.count == 2)
    #expect(program.plan.filter { $0.contains("unary") }.count == 1)
    let first = try program.run(values)
    let second = try program.run(values)
    #expect(first == second)
    var chain = w
    for step in 0..<200 { chain = Make.apply("tanh", .product([step.isMultiple(of: 2) ? S : T, chain])) }
    let deep = try Compiler.compile([chain], sizes: sizes)
    #expect(deep.workspaceSize < 60)
  }

  @Test func neverFormsWhatItNeedNot() throws {
    let big = ["n": 100_000, "d": 3, "k": 2]
    let ones = Formula.product([X.transposed, .ones(.vector("n")), .ones(.row("n")), X])
    #expect(try Compiler.compile([ones], sizes: big).workspaceSize < 500_000)
    let outer = Make.array(.trace, .product([X, S, X.transposed]))
    #expect(try Compiler.compile([outer], sizes: big).workspaceSize < 1_000_000)
    let solve = try Compiler.compile([.product([.inverse(S), w])], sizes: sizes)
    #expect(!solve.plan.contains { $0.contains("inverse") })
  }

  @Test func errorsNameTheirReason() throws {
    #expect(throws: CompileError.missingSize("n")) { try Compiler.compile([X], sizes: ["d": 3]) }
    #expect(throws: CompileError.self) { try Compiler.compile([.product([y, y.transposed])], sizes: ["n": 1 << 40]) }
    #expect(throws: CompileError.self) { try Compiler.compile([.ones(.matrix("n", "d"))], sizes: ["n": Int.max, "d": Int.max]) }
    let program = try Compiler.compile([X], sizes: sizes)
    #expect(throws: RunError.missingInput("X")) { try program.run([:]) }
    #expect(throws: RunError.self) { try program.run([X: Matrix(rows: 2, columns: 2)]) }
    let outside = Formula.apply(.slice(rows: .init(first: 9, last: 9), columns: .init(first: 1, last: 1)), [X], .scalar)
    #expect(throws: CompileError.self) { try Compiler.compile([outside], sizes: sizes) }
    let i = Dimension("i")
    let moving = Formula.apply(.slice(rows: .init(first: i, last: i), columns: .init(first: 1, last: 1)), [X], .scalar)
    let sum = try Compiler.compile([.apply(.indexSum("i", 1, 9), [moving], .scalar)], sizes: sizes)
    #expect(throws: RunError.indexOutside(index: 5, bound: 4)) { try sum.run(values) }
    #expect(throws: CompileError.unknownFunction("nosuch")) { try Compiler.compile([Make.apply("nosuch", w)], sizes: sizes) }
  }

  @Test func definitionsAreInlined() throws {
    let t = Make.variable("t", .scalar)
    var options = Compiler.Options()
    options.definitions = { name in
      name == "mish" ? ([t], .times([t, Make.apply("tanh", Make.apply("softplus", .adding(t, .one)))])) : nil
    }
    let value = try Compiler.compile([Make.apply("mish", u)], sizes: sizes, options: options).run(values)[0]
    let expected = values[u]?.map { $0 * LibraryFunction.tanh.evaluate(LibraryFunction.softplus.evaluate($0 + 1)) }
    #expect(value == expected)
  }
}
