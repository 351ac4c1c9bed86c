import NablaData
import NablaLanguage
import NablaReport

extension DataFile {
  /// The file at a path, or standard input for `-`.
  init(_ path: String) throws(UsageError) {
    self.init(
      name: path == "-" ? "<stdin>" : path, bytes: try InputFile.bytes(path, limit: DataLimits.bytes))
  }
}

extension DataProblem {
  var json: JSON {
    if let place {
      return AnswerWriter.json(
        Diagnostic(message: message, range: place.range, hint: hint), place.source)
    }
    return .error("\(file): \(message)", hint: hint)
  }
}
