import Foundation
import Testing

private let formulas = "X : matrix(n, d)\ny : vector(n)\ngradient y'*X*ones(d) wrt y\n"
private let answer = "  value   37\n  result  [   6]\n          [15.5]\n"

/// Data files, the operands that name them, and the standard error output.
private struct Refusal: Sendable, CustomTestStringConvertible {
  let words: [String]
  var files: [String: String] = [:]
  let error: String
  var code: Int32 = 65

  var testDescription: String { error.split(separator: "\n").first.map(String.init) ?? "" }
}

private let refusals: [Refusal] = [
  Refusal(words: ["nix.json"], error: "nabla eval: error: there is no file 'nix.json'\n", code: 64),
  Refusal(words: ["X.csv"], error: "hint: name it: X=X.csv\n", code: 64),
  Refusal(words: ["X="], error: "nothing follows 'X='\n", code: 64),
  Refusal(words: ["X=abc"], error: "'abc' is not a number, and no .csv", code: 64),
  Refusal(
    words: [], error: "q.nabla:1:1: error: no data are given for X : matrix(n, d); y : vector(n)\n"),
  Refusal(
    words: ["a.json"], files: ["a.json": "{\"X\": [[1,2],[3]]}"],
    error: "a.json:1:14: error: X: row 2 has length 1, but row 1 has 2\n{\"X\": [[1,2],[3]]}\n"),
  Refusal(
    words: ["a.json"], files: ["a.json": "{\"X\": [[1,2],[3,\n\"z\"]]}"],
    error: "a.json:2:1: error: X: row 2, column 2: a text where a number is expected\n\"z\"]]}\n^^^\n"),
  Refusal(
    words: ["a.json"], files: ["a.json": "{\"X\": [1,2]}"],
    error: "a.json:1:7: error: X : matrix(n, d) is given as a flat array of 2\n"),
  Refusal(
    words: ["a.json"], files: ["a.json": "{\"y\": true}"],
    error: "a.json:1:7: error: y: true is not a number or an array\n"),
  Refusal(
    words: ["a.json"], files: ["a.json": "{\"y\": [1,]}"],
    error: "a.json:1:10: error: no value can start here\n"),
  Refusal(
    words: ["a.json"], files: ["a.json": "{\"y\": 1e999}"],
    error: "a.json:1:7: error: this is not a number, or"),
  Refusal(
    words: ["a.json"], files: ["a.json": String(repeating: "[", count: 100_000)],
    error: "error: arrays nest deeper than 200, the limit\n"),
  Refusal(
    words: ["a.json"], files: ["a.json": "{\"y\": [1], \"y\": [2]}"], error: "error: y is given twice\n"),
  Refusal(
    words: ["a.json"], files: ["a.json": "[1, 2]"],
    error: "error: the data must be an object of names and values"
  ),
  Refusal(
    words: ["y=a.json", "n=3"], files: ["a.json": "[1, 2]"],
    error: "error: y : vector(n) is given as 2 x 1, but should be 3 x 1, with n = 3 from the given sizes\n"),
  Refusal(words: ["n=4611686018427387904"], error: "error: the size n is negative or too large\n"),
  Refusal(words: ["n=2.5"], error: "error: n is a size and must be a positive integer, not 2.5\n"),
  Refusal(
    words: ["X=X.csv"], files: ["X.csv": "a,b\n1,2\n\n3,4,5\n"],
    error: "X.csv:4:1: error: line 4 has 3 cells, but line 1 has 2\n3,4,5\n^^^^^\n"),
  Refusal(
    words: ["X=X.csv"], files: ["X.csv": "a;b\r\n1;2\r\n3; x4 \r\n"],
    error: "X.csv:3:4: error: 'x4' is not a number, or too large\n"),
  Refusal(
    words: ["X=X.csv"], files: ["X.csv": "1;2\n3;0,5\n"], error: "^^^\nhint: decimals need a point\n"),
  Refusal(words: ["X=X.csv"], files: ["X.csv": "1,2\n3,\n"], error: "X.csv:2:3: error: the cell is empty\n"),
  Refusal(words: ["X=X.csv"], files: ["X.csv": "a,b\n"], error: "error: there are no numbers in the file\n"),
  Refusal(
    words: ["X=X.csv"], files: ["X.csv": "1,\"2\n"], error: "X.csv:1:3: error: the quote is never closed\n"),
  Refusal(words: ["X=X.npy"], files: ["X.npy": "hello, world"], error: "error: this is not an NPY file\n"),
  Refusal(words: ["a.npz"], files: ["a.npz": "hello, world"], error: "error: this is not an NPZ archive\n"),
]

@Suite("Evaluation: the command")
struct EvaluationCommandTests {
  private func run(_ words: [String], _ files: [String: Data] = [:], _ text: String = formulas) throws
    -> ProgramRun
  {
    let all = files.merging(["q.nabla": Data(text.utf8)]) { own, _ in own }
    let run = try Program.withFiles(all) {
      try Program.run(["eval", "q.nabla", "--data"] + (words.isEmpty ? ["unused=1"] : words), folder: $0)
    }
    #expect(run.endedByItself)
    return run
  }

  private func text(_ files: [String: String]) -> [String: Data] { files.mapValues { Data($0.utf8) } }

  @Test("data that are at fault", arguments: refusals)
  private func refuses(_ refusal: Refusal) throws {
    let run = try run(refusal.words, text(refusal.files))
    #expect(run.code == refusal.code)
    #expect(run.errors.contains(refusal.error), "\(run.errors)")
  }

  @Test(
    "texts with numbers",
    arguments: [
      "1,2,3\n4,5,6.5\n", "a,b,c\n1,2,3\n\n4,5,6.5", "\u{FEFF}a;b;c\r\n1; 2;3\r\n4;5;6.5\r\n",
      "\"a, b\"\t\"b\"\"\"\tc\n1\t2\t3\n\"4\"\t\"5\"\t6.5\n", "# saved\n1.0e+00 2 3\n 4   5 6.5 \n",
    ])
  func csv(_ table: String) throws {
    let run = try run(["X=X.csv", "y=y.csv"], text(["X.csv": table, "y.csv": "1\n2\n"]))
    #expect(run.output.hasSuffix(answer), "\(run.output)\(run.errors)")
  }

  @Test("a BLAS of the system, where there is one")
  func systemBLAS() throws {
    let words = ["X=X.csv", "y=y.csv", "--blas"]
    let files = text(["X.csv": "1,2,3\n4,5,6.5\n", "y.csv": "1\n2\n"])
    let missing = try run(words + ["/nonexistent.so"], files)
    #expect(missing.code == 64 && missing.errors.contains("--blas /nonexistent.so: "), "\(missing.errors)")
    let run = try run(words + ["system"], files)
    if run.errors.contains("no BLAS is installed") { return print("there is no BLAS to evaluate with") }
    #expect(run.code == 0 && run.output.hasSuffix(answer), "\(run.output)\(run.errors)")
  }

  @Test("threads")
  func threads() throws {
    let words = ["X=X.csv", "y=y.csv", "--threads"]
    let files = text(["X.csv": "1,2,3\n4,5,6.5\n", "y.csv": "1\n2\n"])
    for count in ["0", "-1", "two", "1000"] {
      let wrong = try run(words + [count], files)
      #expect(
        wrong.code == 64 && wrong.errors.contains("--threads takes a number from 1 to 256"), "\(wrong.errors)"
      )
    }
    let run = try run(words + ["2"], files)
    #expect(run.code == 0 && run.output.hasSuffix(answer), "\(run.output)\(run.errors)")
  }

  @Test("floats")
  func floats() throws {
    let words = ["X=X.csv", "y=y.csv", "--precision"]
    let files = text(["X.csv": "1,2,3\n4,5,6.1\n", "y.csv": "1\n2\n"])
    let wrong = try run(words + ["float16"], files)
    #expect(wrong.code == 64 && wrong.errors.contains("takes float32 or float64"), "\(wrong.errors)")
    let rounded = Double(Float(6.1))
    let exact = try run(words + ["float32", "--format", "json"], files)
    #expect(
      exact.code == 0 && exact.output.contains("\(Double(Float(9 + rounded)))"),
      "\(exact.output)\(exact.errors)")
    let large = try run(words + ["float32"], text(["X.csv": "1,2,3\n4,5,1e39\n", "y.csv": "1\n2\n"]))
    #expect(
      large.code == 65
        && large.errors.contains("X must be in the range of float32, but row 2, column 3 is 1e+39"),
      "\(large.errors)")
  }

  @Test("arrays of NumPy")
  func npy() throws {
    let y = text(["y.json": "[1, 2]"])
    let values: [Double] = [1, 2, 3, 4, 5, 6.5]
    let bits = values.map(\.bitPattern)
    let columns = [1, 4, 2, 5, 3, 6.5].map(\.bitPattern)
    let small = values.map { Float($0).bitPattern }
    typealias Archives = EvaluationArchives
    let files = [
      Archives.npy("<f8", shape: "(2, 3)", Archives.bytes(bits)),
      Archives.npy("<f8", shape: "(2, 3)", Archives.bytes(bits), version: 2),
      Archives.npy("<f8", shape: "(2, 3)", Archives.bytes(bits), version: 3),
      Archives.npy(">f8", shape: "(2, 3)", Archives.bytes(bits, big: true)),
      Archives.npy("<f8", fortran: true, shape: "(2, 3)", Archives.bytes(columns)),
      Archives.npy("<f4", shape: "(2, 3)", Archives.bytes(small)),
    ]
    for file in files {
      let run = try run(["X=X.npy", "y=y.json"], y.merging(["X.npy": file]) { $1 })
      #expect(run.output.hasSuffix(answer), "\(run.output)\(run.errors)")
    }
    let whole: [(String, [UInt8], String)] = [
      ("<i8", Archives.bytes([Int64(-1), 2]), "value   1\n"),
      ("<i4", Archives.bytes([Int32(-1), 2]), "value   1\n"),
      (">i4", Archives.bytes([Int32(-1), 2], big: true), "value   1\n"), ("|u1", [200, 2], "value   202\n"),
      ("|b1", [1, 0], "value   1\n"),
    ]
    for (type, bytes, value) in whole {
      let file = Archives.npy(type, shape: "(2,)", bytes)
      let run = try run(
        ["X=X.json", "y=y.npy"], text(["X.json": "[[1],[1]]"]).merging(["y.npy": file]) { $1 })
      #expect(run.output.contains(value), "\(type): \(run.output)\(run.errors)")
    }
  }

  @Test(
    "headers that promise what is not there",
    arguments: [
      ("<f8", "(9223372036854775807, 3)", "too large an array"), ("<f8", "(1000, 1000)", "bytes follow"),
      ("<f8", "(99999999999999999999, 3)", "too large an array"), ("<f8", "(1, 1, 1)", "3 axes"),
      ("<f8", "(0, 3)", "the array is empty"), ("<c16", "(1,)", "numbers of type '<c16' are not supported"),
      ("|O", "(1,)", "numbers of type '|O' are not supported"),
    ])
  func headers(_ type: String, _ shape: String, _ message: String) throws {
    let file = EvaluationArchives.npy(type, shape: shape, [UInt8](repeating: 0, count: 64))
    let run = try run(["X=X.npy"], ["X.npy": file])
    #expect(run.code == 65)
    #expect(run.errors.contains(message), "\(run.errors)")
  }

  @Test("archives, stored and deflated, and damaged")
  func archives() throws {
    let stored = try run(["a.npz"], ["a.npz": EvaluationArchives.stored])
    #expect(stored.output.hasSuffix(answer), "\(stored.output)\(stored.errors)")
    let text = "X : matrix(n, d)\ny : vector(n)\nlam : scalar\ngradient lam*y'*X*ones(d) wrt lam\n"
    let deflated = try run(["a.npz"], ["a.npz": EvaluationArchives.deflated], text)
    #expect(deflated.output.contains("result  12853.5\n"), "\(deflated.output)\(deflated.errors)")
    for position in [60, 200, 300] {
      var damaged = EvaluationArchives.deflated
      damaged[position] ^= 0x55
      let run = try run(["a.npz"], ["a.npz": damaged], text)
      #expect(run.code == 65 && run.errors.contains("damaged"), "\(run.errors)")
    }
    let cut = try run(["a.npz"], ["a.npz": EvaluationArchives.stored.prefix(400)])
    #expect(cut.code == 65 && cut.errors.contains("damaged or cut off"))
  }

  @Test("JSON in and out: names, shapes by type, numbers that are not finite")
  func json() throws {
    let text = """
      A : matrix(n, n)
      x : vector(n)
      r : row(n)
      λ : scalar
      jacobian λ*x wrt x
      gradient r*x wrt r
      gradient sum(exp(A)) + r*x wrt x
      check x == x

      """
    let data =
      "{\"A\": [[1e4]], \"x\": [0.1], \"r\": [3], \"lambda\": 2, \"other\": {\"a\": [null]}, \"n\": 1}"
    let run = try run(["a.json", "--format", "json"], ["a.json": Data(data.utf8)], text)
    #expect(run.code == 0)
    let objects = try #require(
      JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]], "\(run.output)")
    #expect(objects.map { $0["question"] as? String }.first == "jacobian λ*x wrt x")
    #expect(objects.map { $0["wrt"] as? String } == ["x", "r", "x"])
    #expect(objects[0]["value"] as? [Double] == [0.2])
    #expect(objects[0]["result"] as? [[Double]] == [[2]])
    #expect(objects[1]["result"] as? [[Double]] == [[0.1]])
    #expect(objects[2]["value"] as? String == "inf")
    #expect(objects[2]["result"] as? [Double] == [3])
    #expect(objects.allSatisfy { Set($0.keys) == ["question", "wrt", "value", "result"] })
    #expect(
      run.errors.contains("warning: the value of E in 'gradient sum(exp(A)) + r*x wrt x' is not finite: inf"))
  }

  @Test("an error as JSON")
  func jsonError() throws {
    let run = try run(
      ["a.json", "--format=json"], text(["a.json": "{\"X\": [[1],[2]],\n \"y\": [1, null]}"]))
    #expect(run.code == 65)
    let object = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let error = try #require(object["error"] as? [String: Any])
    #expect(error["message"] as? String == "y: entry 2 is null where a number is expected")
    #expect(error["line"] as? Int == 2)
    #expect(error["column"] as? Int == 11)
  }

  @Test("a faulty question does not stop the others")
  func goesOn() throws {
    let text = "f : scalar -> scalar\nx : vector(n)\ngradient sum(f(x)) wrt x\ngradient x'*x wrt x\n"
    let run = try run(["x=x.csv"], self.text(["x.csv": "1\n2\n"]), text)
    #expect(run.code == 65)
    #expect(run.errors.contains("the function f is declared without a body, so it has no value"))
    #expect(run.output == "gradient x'*x wrt x\n  value   5\n  result  [2]\n          [4]\n")
  }
}
