extension ExportRequest {
  /// The file for a target; throws if an operation has no counterpart there.
  package func source(for target: ExportTarget) throws(ExportProblem) -> ExportedSource {
    let program = try ExportProgram(self)
    switch target {
    case .numpy:
      var file = PythonFile<NumpyDialect>(program)
      return file.source()
    case .jax:
      var file = PythonFile<JaxDialect>(program)
      return file.source()
    case .torch:
      var file = PythonFile<TorchDialect>(program)
      return file.source()
    case .matlab:
      var file = MatlabFile(program)
      return file.source()
    case .julia:
      var file = JuliaFile(program)
      return file.source()
    case .c:
      var file = CFile(program)
      return try file.source()
    case .swift:
      var file = SwiftFile(program)
      return try file.source()
    }
  }
}
