import Testing

@testable import Nabla
@testable import NablaCompile
@testable import NablaCore
@testable import NablaNumerics
@testable import NablaOutput
@testable import NablaTypes

private let sizes = ["n": 4, "d": 3, "k": 2]
private let x = Make.variable("X", .matrix("n", "d"))
private let x2 = Make.variable("Y", .matrix("n", "d"))
private let square1 = Make.variable("S", .matrix("d", "d"))
private let square2 = Make.variable("T", .matrix("d", "d"))
private let w = Make.variable("w", .vector("d"))
private let u = Make.variable("u", .vector("d"))
private let y = Make.variable("y", .vector("n"))
private let r = Make.variable("r", .row("d"))
private let s = Make.variable("s", .scalar)
private let values: [Formula: Matrix] = [
  x: Make.random(4, 3, 1), x2: Make.random(4, 3, 2), square1: Make.random(3, 3, 3),
  square2: Make.random(3, 3, 4),
  w: Make.random(3, 1, 5, 0.2, 1), u: Make.random(3, 1, 6), y: Make.random(4, 1, 7), r: Make.random(1, 3, 8),
  s: Matrix(1.7),
]
private let spd = Formula.sum([.product([square1.transposed, square1]), .identity("d")], square1.shape)

private func agrees(_ formula: Formula, _ note: Comment? = nil, location: SourceLocation = #_sourceLocation)
  throws
{
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
    try agrees(.adding(x, s))
    try agrees(.sum([x, x2.scaled(by: -3), .times([s, .ones(x.shape)])], x.shape))
    try agrees(
      .sum([x, .product([y, .ones(.row("d"))]), .product([.ones(.vector("n")), r]).scaled(by: 2)], x.shape))
    try agrees(
      .sum(
        [
          square1, .identity("d"), .times([s, .identity("d")]),
          Make.array(.diagonalMatrix, w, shape: square1.shape),
        ],
        square1.shape))
    try agrees(
      .sum([.product([y, .ones(.row("d"))]), .times([s, .product([.ones(.vector("n")), r])])], x.shape))
    try agrees(.ones(x.shape))
    try agrees(.identity("d"))
    try agrees(.sum([.identity("d").scaled(by: 2), .ones(square1.shape)], square1.shape))
    try agrees(.adding(.dimension(Dimension("n") + 1), s))
  }

  @Test func products() throws {
    let inverse = Formula.inverse(spd)
    let scaling = Make.array(.diagonalMatrix, w, shape: square1.shape)
    for formula: Formula in [
      .product([x.transposed, y]), .product([x, square1, square2.transposed, u]),
      .product([u.transposed, square1, w]),
      .product([x, scaling, x2.transposed]), .product([scaling, x.transposed]),
      .product([scaling, scaling, u]),
      .product([scaling, .ones(.vector("d"))]),
      .product([x, inverse]), .product([inverse, x.transposed]), .product([x, inverse, x2.transposed]),
      .product([inverse, .inverse(.adding(square1, .number(3))), u]), .product([inverse, scaling]),
      .product([scaling, inverse, square1]),
      .product([.inverse(square1.transposed), u]), .product([u.transposed, .inverse(square1)]),
      .inverse(square1),
      .inverse(square1.transposed),
      .inverse(scaling), .product([x.transposed, .ones(.vector("n"))]), .product([.ones(.row("n")), x]),
      Make.sum(x),
      .product([y, r]), .product([.ones(.vector("d")), r, square1]), x.transposed,
      Make.sum(.product([x, x.transposed])),
      .product([square1.transposed, square2.transposed]), .product([x.transposed, y, y.transposed, x]),
      .times([.power(s, .number(-2)), .product([x, square1]), x2]),
    ] { try agrees(formula, "\(formula.kind)") }
  }

  @Test func powersAndFunctions() throws {
    for power in [2, 3, 7, -1, -2] { try agrees(.power(w, .number(power))) }
    try agrees(.power(w, .half))
    try agrees(.power(w, .number(Rational(-3, over: 2))))
    try agrees(.power(w, s))
    try agrees(.power(s, u))
    try agrees(.power(w, u))
    try agrees(.times([x, .power(.adding(x2, .number(3)), .number(-1)), s]))
    for function in LibraryFunction.allCases where function.arity == 1 && function != .sqrt {
      // log(1 - exp(x)) is one of negative numbers.
      let argument = function == .log1mexp ? Formula.power(w, .number(2)).negated : w
      try agrees(Make.apply(function.rawValue, argument), "\(function)")
    }
    for name in ["max", "min", "leakyrelu", "elu", "less", "lessequal"] {
      try agrees(Make.apply(name, u, w), "\(name)")
      try agrees(Make.apply(name, u, .number(Rational(1, over: 4))), "\(name)")
    }
    try agrees(Make.apply("polygamma", .number(1), w))
  }

  @Test func arrayOperations() throws {
    for operation in [ArrayOperation.norm1, .norm2, .norminf, .specnorm, .nucnorm, .maximum, .minimum] {
      try agrees(Make.array(operation, x), "\(operation)")
    }
    for operation in [ArrayOperation.norm2, .norm1, .maximum, .logsumexp] {
      try agrees(Make.array(operation, u))
    }
    try agrees(Make.array(.determinant, square1))
    try agrees(Make.array(.logDeterminant, square1))
    try agrees(Make.apply("log", Make.array(.determinant, spd)))
    try agrees(Make.array(.dot, x, x2))
    for operation in [ArrayOperation.softmax, .logsoftmax, .argmaxhot] {
      try agrees(Make.array(operation, u, shape: u.shape))
      try agrees(Make.array(operation, r, shape: r.shape))
      if operation != .argmaxhot { try agrees(Make.array(operation, x, shape: x.shape)) }
    }
    try agrees(Make.array(.logsumexp, x, shape: .vector("n")))
    try agrees(Make.array(.pseudoInverse, x, shape: x.shape.transposed))
    for operation in [ArrayOperation.adjugate, .exponential, .tril, .triu, .lowhalf, .polar] {
      try agrees(Make.array(operation, square1, shape: square1.shape), "\(operation)")
    }
    try agrees(Make.array(.cholesky, spd, shape: square1.shape))
    try agrees(Make.array(.diagonalVector, square1, shape: .vector("d")))
    try agrees(Make.array(.vec, x, shape: .vector(Dimension("n") * Dimension("d"))))
    try agrees(Make.array(.kron, x, square1, shape: .matrix(Dimension("n") * "d", Dimension("d") * "d")))
    let nd = Dimension("n") * Dimension("d")
    try agrees(Make.array(.commutation, .dimension("n"), .dimension("d"), shape: .matrix(nd, nd)))
    try agrees(Make.array(.leftsv, x, shape: .vector("n")))
    try agrees(Make.array(.rightsv, x, shape: .vector("d")))
    #expect(
      try Make.value(Make.array(.norm2, x), sizes, [x: Matrix(rows: 4, columns: 3, repeating: 1e200)])[0, 0]
        .isFinite)
  }

  @Test func traces() throws {
    for chain: [Formula] in [
      [square1, square2], [square1.transposed, square2], [square1, square2.transposed],
      [square1.transposed, square2.transposed], [x.transposed, x2],
      [x, square1, x2.transposed],
      [.inverse(spd), square1], [Make.array(.diagonalMatrix, w, shape: square1.shape), square1],
      [x, .inverse(spd), x.transposed],
    ] { try agrees(Make.array(.trace, .product(chain)), "\(chain.count)") }
    try agrees(
      Make.array(
        .trace, .sum([.product([square1, square2]), square1.scaled(by: 2), .identity("d")], square1.shape)))
    try agrees(Make.array(.trace, .inverse(spd)))
  }

  @Test func sumsThreeDeep() throws {
    func sum(_ index: String, _ size: Dimension, _ body: Formula) -> Formula {
      .apply(.indexSum(index, 1, size), [body], .scalar)
    }
    func at(_ array: Formula, _ row: Dimension, _ column: Dimension = 1) -> Formula {
      .entry(array, row, column)
    }
    // The innermost sum moves with the second index alone.
    let inner = sum("k", "d", .times([at(square2, "j", "k"), at(u, "k")]))
    try agrees(sum("i", "d", .times([at(w, "i"), sum("j", "d", .times([at(square1, "i", "j"), inner]))])))
  }

  @Test func blocksSlicesAndIndexSums() throws {
    try agrees(
      .apply(
        .blocks(rows: 2, columns: 2), [square1, w, r, s], .matrix(Dimension("d") + 1, Dimension("d") + 1)))
    try agrees(
      .apply(
        .slice(rows: .init(first: 2, last: "d"), columns: .init(first: 1, last: "k")), [x],
        .matrix(Dimension("d") - 1, "k")))
    let i = Dimension("i")
    let row = Formula.apply(
      .slice(rows: .init(first: i, last: i), columns: .init(first: 1, last: "d")), [x], .row("d"))
    try agrees(.apply(.indexSum("i", 1, "n"), [.product([row.transposed, row])], square1.shape))
    try agrees(
      .apply(
        .indexSum("i", 1, "n"), [.times([Make.index("i"), Make.apply("exp", .product([row, w]))])], .scalar))
    let head = Formula.apply(
      .slice(rows: .init(first: 1, last: i), columns: .init(first: 1, last: 1)), [y], .vector(i))
    try agrees(.apply(.indexSum("i", 1, "n"), [Make.array(.norm2, head)], .scalar), "sizes that move")
    let j = Dimension("j")
    let entry = Formula.apply(
      .slice(rows: .init(first: i, last: i), columns: .init(first: j, last: j)), [x], .scalar)
    let inner = Formula.apply(
      .indexSum("j", 1, "d"), [.times([entry, Make.index("j"), Make.sum(x2)])], .scalar)
    try agrees(.apply(.indexSum("i", 2, "n"), [.power(inner, .number(2))], .scalar), "nested")
    try agrees(.apply(.indexSum("i", 3, 2), [s], .scalar), "empty")
  }

  @Test func sharedNodesAndReuse() throws {
    let e = Make.apply("exp", .product([x, w]))
    let program = try Compiler.compile([Make.sum(e), .product([x.transposed, e]), e], sizes: sizes)
    #expect(program.plan.filter { $0.contains("stream") }.count == 1)
    #expect(program.plan.filter { $0.contains("exp") }.count == 1)
    let first = try program.run(values)
    let second = try program.run(values)
    #expect(first == second)
    var chain = w
    for step in 0..<2000 {
      chain = Make.apply("tanh", .product([step.isMultiple(of: 2) ? square1 : square2, chain]))
    }
    let deep = try Compiler.compile([chain], sizes: sizes)
    #expect(deep.workspaceSize < 60)
  }

  @Test func neverFormsWhatItNeedNot() throws {
    let big = ["n": 100_000, "d": 3, "k": 2]
    let ones = Formula.product([x.transposed, .ones(.vector("n")), .ones(.row("n")), x])
    #expect(try Compiler.compile([ones], sizes: big).workspaceSize < 500_000)
    let outer = Make.array(.trace, .product([x, square1, x.transposed]))
    #expect(try Compiler.compile([outer], sizes: big).workspaceSize < 1_000_000)
    let solve = try Compiler.compile([.product([.inverse(square1), w])], sizes: sizes)
    #expect(!solve.plan.contains { $0.contains("inverse") })
  }

  @Test func errorsNameTheirReason() throws {
    #expect(throws: CompileError.missingSize("n")) { try Compiler.compile([x], sizes: ["d": 3]) }
    #expect(throws: CompileError.self) {
      try Compiler.compile([.product([y, y.transposed])], sizes: ["n": 1 << 40])
    }
    #expect(throws: CompileError.self) {
      try Compiler.compile([.ones(.matrix("n", "d"))], sizes: ["n": Int.max, "d": Int.max])
    }
    let program = try Compiler.compile([x], sizes: sizes)
    #expect(throws: RunError.missingInput("X")) { try program.run([:]) }
    #expect(throws: RunError.self) { try program.run([x: Matrix(rows: 2, columns: 2)]) }
    let outside = Formula.apply(
      .slice(rows: .init(first: 9, last: 9), columns: .init(first: 1, last: 1)), [x], .scalar)
    #expect(throws: CompileError.self) { try Compiler.compile([outside], sizes: sizes) }
    let i = Dimension("i")
    let moving = Formula.apply(
      .slice(rows: .init(first: i, last: i), columns: .init(first: 1, last: 1)), [x], .scalar)
    let sum = try Compiler.compile([.apply(.indexSum("i", 1, 9), [moving], .scalar)], sizes: sizes)
    #expect(throws: RunError.indexOutside(index: 5, bound: 4)) { try sum.run(values) }
    #expect(throws: CompileError.unknownFunction("nosuch")) {
      try Compiler.compile([Make.apply("nosuch", w)], sizes: sizes)
    }
  }

  @Test func choleskyOnlyWhereAllowed() throws {
    let asked: [Formula] = [
      .product([.inverse(spd), u]), .product([x, .inverse(spd)]), .inverse(spd),
      Make.array(.determinant, spd),
      Make.array(.logDeterminant, spd), Make.apply("log", Make.array(.determinant, spd)),
    ]
    var options = Compiler.Options()
    options.isPositiveDefinite = { $0 === spd }
    let definite = try Compiler.compile(asked, sizes: sizes, options: options)
    #expect(definite.plan.filter { $0.contains("factorCholesky") }.count == 1)
    #expect(!definite.plan.contains { $0.contains("factorLU") })
    let general = try Compiler.compile(asked, sizes: sizes)
    #expect(general.plan.filter { $0.contains("factorLU") }.count == 1)
    for (a, b) in zip(try definite.run(values), try general.run(values)) {
      #expect((a - b).maxAbs <= 1e-12 * max(1, b.maxAbs))
    }
  }

  @Test func definitionsAreInlined() throws {
    let t = Make.variable("t", .scalar)
    var options = Compiler.Options()
    options.definitions = { name in
      guard name == "mish" else { return nil }
      return ElementwiseFunction(
        parameters: [t], body: .times([t, Make.apply("tanh", Make.apply("softplus", .adding(t, .one)))]))
    }
    let value = try Compiler.compile([Make.apply("mish", u)], sizes: sizes, options: options).run(values)[0]
    let expected = values[u]?.map {
      $0 * LibraryFunction.tanh.evaluate(LibraryFunction.softplus.evaluate($0 + 1))
    }
    #expect(value == expected)
  }
}
