import Nabla

/// A formula file and its data, as operands of `eval` and `minimize`.
struct DataOperands {
  let session: Session
  let options: CommonOptions
  private let words: [String]

  /// `arguments` must accept the option `--data`.
  init(_ arguments: Arguments) throws(UsageError) {
    try self.init(arguments, CommonOptions(arguments))
  }

  init(_ arguments: Arguments, _ options: CommonOptions) throws(UsageError) {
    try arguments.useKernels()
    // More data may follow the first: `--data X=X.csv y=y.csv`.
    var operands = arguments.operands
    let place = operands.firstIndex { $0.hasSuffix(".nabla") } ?? operands.indices.first
    guard let place else { throw UsageError(message: "formula file is missing") }
    let path = operands.remove(at: place)
    if path == "-", arguments.all("--data").contains("-") {
      throw UsageError(message: "standard input is one text: the formulas or the data")
    }
    words = arguments.all("--data") + operands
    self.options = options
    session = Session(try InputFile.source(path), options: options.session)
  }

  /// All the data; nil if some are invalid, which has then been reported.
  func table(_ writer: inout EvaluationWriter) throws(UsageError) -> DataTable? {
    var table = DataTable(session)
    for word in words {
      do throws(DataTable.Failure) {
        try table.read(word)
      } catch {
        switch error {
        case .usage(let problem): throw problem
        case .data(let problem):
          writer.report(problem)
          return nil
        }
      }
    }
    for name in table.overridden {
      writer.warn("\(name) is defined in the file, so its data are not used")
    }
    return table
  }
}
