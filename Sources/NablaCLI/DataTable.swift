import Nabla
import NablaData
import NablaLanguage
import NablaNumerics
import NablaReport
import NablaTypes

/// The data of a command, from operands such as `data.json`, `X=X.csv`, `all.npz`, `n=5`.
struct DataTable {
  /// The matrices by name, in their declared shapes.
  private(set) var matrices: [String: Matrix] = [:]
  private(set) var sizes: [String: Int] = [:]
  /// Names that the file itself defines; their data are not used.
  private(set) var overridden: [String] = []
  private var origins: [String: String] = [:]
  private let shapes: [String: Shape]
  private let sizeNames: Set<String>
  private let defined: Set<String>

  init(_ session: Session) {
    shapes = session.dataShapes
    sizeNames = session.sizeNames
    defined = session.definedNames
  }

  /// The reason why an operand gives no data.
  enum Failure: Error {
    case usage(UsageError)
    case data(DataProblem)
  }

  /// The name as in the language (`λ` is `lambda`); nil if it is not a name.
  static func name(_ text: String) -> String? {
    guard text.utf8.count <= 200, !text.contains(where: { $0.isNewline || $0 == "#" }) else { return nil }
    let (statements, problems) = parseFile(SourceText("\(text) : scalar\n"))
    guard problems.isEmpty, statements.count == 1, case .declaration(let declared) = statements[0].kind,
      declared.count == 1, declared[0].properties.isEmpty
    else { return nil }
    return declared[0].name
  }

  private func isUsed(_ name: String) -> Bool {
    shapes[name] != nil || sizeNames.contains(name) || defined.contains(name)
  }

  /// Reads the data of one operand.
  mutating func read(_ word: String) throws(Failure) {
    if let equals = word.firstIndex(of: "="), let name = Self.name(String(word[..<equals])) {
      let value = String(word[word.index(after: equals)...])
      if value.isEmpty { throw .usage(UsageError(message: "nothing follows '\(name)='")) }
      if let number = DataNumber.value(Array(value.utf8)[...]) {
        try add(
          name, DataArray(layout: .number, matrix: Matrix(number)), DataFile(name: word, bytes: []), nil)
      } else {
        try readOne(name, value)
      }
      return
    }
    let isArchive = Self.ends(word, "npz")
    guard isArchive || Self.ends(word, "json") || word == "-" else {
      throw .usage(
        UsageError(
          message: "'\(word)' is not data: a .json or .npz file, or NAME=FILE with .csv, .npy or .json",
          hint: Self.ends(word, "csv", "tsv", "txt", "npy") ? "name it: X=\(word)" : nil))
    }
    let file = try Self.file(word)
    if isArchive {
      let arrays = try Self.reading { () throws(DataProblem) in
        try DataNPZ.arrays(file) { Self.name($0).map(isUsed) ?? false }
      }
      for (text, array) in arrays { if let name = Self.name(text) { try add(name, array, file, nil) } }
    } else {
      try readObject(file)
    }
  }

  private mutating func readOne(_ name: String, _ path: String) throws(Failure) {
    guard Self.ends(path, "csv", "tsv", "txt", "npy", "json") else {
      throw .usage(
        UsageError(
          message: "'\(path)' is not a number, and no .csv, .tsv, .txt, .npy or .json file",
          hint: Self.ends(path, "npz") ? "an archive needs no name: --data \(path)" : nil))
    }
    let file = try Self.file(path)
    guard isUsed(name) else { return }
    let array = try Self.reading { () throws(DataProblem) in
      if Self.ends(path, "npy") { return try DataNPY.array(file) }
      if Self.ends(path, "json") { return try DataJSON.array(try DataJSON.parse(file), name, in: file) }
      return try DataCSV.array(file)
    }
    try add(name, array, file, nil)
  }

  private mutating func readObject(_ file: DataFile) throws(Failure) {
    let node = try Self.reading { () throws(DataProblem) in try DataJSON.parse(file) }
    guard case .object(let fields) = node.kind else {
      throw .data(
        file.problem(
          "the data must be an object of names and values", at: node.start, to: node.start + 1,
          hint: "{\"X\": [[1, 2], [3, 4]], \"y\": [1, 2]}"))
    }
    for (text, value) in fields {
      guard let name = Self.name(text), isUsed(name) else { continue }
      let array = try Self.reading { () throws(DataProblem) in try DataJSON.array(value, name, in: file) }
      try add(name, array, file, value)
    }
  }

  private mutating func add(
    _ name: String, _ array: DataArray, _ file: DataFile, _ node: DataJSON.Node?
  ) throws(Failure) {
    func fault(_ message: String, hint: String? = nil) -> Failure {
      guard let node else { return .data(file.problem(message, hint: hint)) }
      return .data(file.problem(message, at: node.start, to: node.end, hint: hint))
    }
    guard isUsed(name) else { return }
    if let origin = origins[name] {
      throw fault("\(name) is given twice" + (origin == file.name ? "" : ", in \(origin) too"))
    }
    origins[name] = file.name
    let matrix = array.matrix
    if sizeNames.contains(name) {
      guard matrix.count == 1, let size = Int(exactly: matrix.storage[0]), size > 0 else {
        let found = matrix.count == 1 ? Matrix.text(of: matrix.storage[0], digits: 10) : "an array"
        throw fault("\(name) is a size and must be a positive integer, not \(found)")
      }
      sizes[name] = size
    } else if let shape = shapes[name] {
      if array.layout == .flat, shape.isMatrix {
        throw fault(
          "\(name) : \(shape.declaration) is given as a flat array of \(matrix.count)",
          hint: "a matrix is an array of its rows")
      }
      matrices[name] = matrix
    } else {
      overridden.append(name)
    }
  }

  private static func ends(_ path: String, _ extensions: String...) -> Bool {
    extensions.contains { path.lowercased().hasSuffix("." + $0) }
  }

  private static func file(_ path: String) throws(Failure) -> DataFile {
    do throws(UsageError) { return try DataFile(path) } catch { throw .usage(error) }
  }

  private static func reading<T>(_ body: () throws(DataProblem) -> T) throws(Failure) -> T {
    do throws(DataProblem) { return try body() } catch { throw .data(error) }
  }
}
