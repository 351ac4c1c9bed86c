import Testing

@testable import NablaNumerics

@Suite struct SpecialFunctionTests {
  @Test func referenceDigits() {
    for (function, x, value) in unaryReferences + stableReferences {
      let got = function.evaluate(x)
      // Near a zero of the function only the absolute error of its terms can be small.
      let close = agree(got, value, 2e-14) || function == .digamma && x < 0 && agree(got, value, 1e-13)
      #expect(close, "\(function)(\(x)) = \(got), not \(value), off by \((got - value) / value)")
    }
    let covered = Set((unaryReferences + stableReferences).map(\.function))
    #expect(Set(LibraryFunction.allCases.filter { $0.arity == 1 }).isSubset(of: covered))
  }

  @Test func polygamma() {
    for (order, x, value) in polygammaReferences {
      let got = LibraryFunction.polygamma.evaluate(order, x)
      #expect(
        agree(got, value, 1e-13),
        "polygamma(\(order), \(x)) = \(got), not \(value), off by \((got - value) / value)")
    }
    let f = LibraryFunction.polygamma
    #expect(f.evaluate(0, 2.5) == LibraryFunction.digamma.evaluate(2.5))
    #expect(f.evaluate(1.5, 2).isNaN && f.evaluate(-1, 2).isNaN)
    #expect(f.evaluate(1, -3) == .infinity && f.evaluate(2, -3).isNaN)
    #expect(f.evaluate(3, .infinity) == 0 && f.evaluate(1e300, 1).isNaN)
    #expect(agree(f.evaluate(1, 1e-200), .infinity, 0))
    #expect(LibraryFunction.digamma.evaluate(-2).isNaN)
  }

  @Test func twoArguments() {
    #expect(LibraryFunction.leakyrelu.evaluate(-2, 0.1) == -0.2)
    #expect(LibraryFunction.leakyrelu.evaluate(3, 0.1) == 3)
    #expect(agree(LibraryFunction.elu.evaluate(-1, 2), -1.2642411176571153, 1e-15))
    #expect(LibraryFunction.max.evaluate(1, 2) == 2 && LibraryFunction.min.evaluate(1, 2) == 1)
    #expect(LibraryFunction.power.evaluate(2, 0.5) == 2.0.squareRoot())
    #expect(LibraryFunction.power.evaluate(-2, 3) == -8)
    #expect(LibraryFunction.power.evaluate(0, 0) == 1)
    #expect(LibraryFunction.power.evaluate(-.infinity, 1.5).isNaN)
    #expect(agree(LibraryFunction.hypot.evaluate(3e200, -4e200), 5e200, 1e-15))
    #expect(LibraryFunction.ratio.evaluate(1, 4) == 0.25)
    #expect(LibraryFunction.damped.evaluate(2, 0) == 2 && LibraryFunction.damped.evaluate(1e300, -1e300) == 0)
    #expect(LibraryFunction.dampedexpm1.evaluate(1e300, -2e300) == 0)
    #expect(agree(LibraryFunction.dampedexpm1.evaluate(1000, -1000), 1, 1e-15))
    #expect(LibraryFunction.exp.evaluate(1, 2).isNaN && LibraryFunction.max.evaluate(1).isNaN)
  }

  @Test func notANumberSpreads() {
    for function in LibraryFunction.allCases {
      if function.arity == 1 {
        #expect(function.evaluate(.nan).isNaN, "\(function)")
      } else {
        for y in [0.0, 1, 2, -1] {
          #expect(function.evaluate(.nan, y).isNaN, "\(function)")
          #expect(function.evaluate(y, .nan).isNaN, "\(function)")
        }
      }
    }
  }

  @Test func extremeArguments() {
    func f(_ function: LibraryFunction, _ x: Double) -> Double { function.evaluate(x) }
    #expect(f(.sigmoid, 1000) == 1 && f(.sigmoid, -1000) == 0)
    #expect(f(.softplus, 1000) == 1000 && f(.softplus, -1000) == 0)
    #expect(f(.logsigmoid, -1000) == -1000 && f(.logsigmoid, 1000) == 0)
    #expect(f(.sech, 1000) == 0 && f(.sech, -1000) == 0 && f(.sech, .infinity) == 0)
    #expect(f(.gelu, -1000) == 0 && f(.gelu, 1000) == 1000 && f(.gelu, -.infinity) == 0)
    #expect(f(.silu, -1000) == 0 && f(.silu, -1000).sign == .minus && f(.silu, -.infinity) == 0)
    #expect(f(.silu, 1000) == 1000)
    #expect(f(.sign, 0) == 0 && f(.step, 0) == 0 && f(.sign, -0.0) == 0 && f(.relu, -3) == 0)
    #expect(f(.logit, 0) == -.infinity && f(.logit, 1) == .infinity && f(.logit, 0.5) == 0)
    #expect(f(.logit, 2).isNaN && f(.log, -1).isNaN && f(.sqrt, -1).isNaN)
    #expect(f(.lgamma, 0) == .infinity && f(.lgamma, -1) == .infinity)
    #expect(f(.digamma, 0) == -.infinity && f(.digamma, .infinity) == .infinity)
    for function in LibraryFunction.allCases where function.arity == 1 {
      for x in [1e300, -1e300, 1e-300, -1e-300, Double.leastNonzeroMagnitude, .infinity, -.infinity] {
        _ = function.evaluate(x)
      }
    }
  }

  @Test func arraysAgreeWithNumbers() {
    let x: Matrix = [-2.5, -0.25, 0, 0.5, 3]
    var out = Matrix(rows: 5, columns: 1)
    for function in LibraryFunction.allCases {
      x.withPointer { p in
        out.withMutablePointer { y in
          if function.arity == 1 {
            LibraryFunction.apply(function, 5, p, into: y)
          } else {
            LibraryFunction.apply(function, 5, p, p + 4, yStride: 0, into: y)
          }
        }
      }
      for i in 0..<5 {
        let one =
          function.arity == 1 ? function.evaluate(x[i, 0]) : function.evaluate(x[i, 0], 3)
        #expect(out[i, 0] == one || out[i, 0].isNaN && one.isNaN, "\(function)")
      }
    }
  }
}
