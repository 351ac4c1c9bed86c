import NablaCompile
import NablaCore
import NablaExport
import NablaLanguage
import NablaOutput
import NablaTypes

extension Formula {
  /// The value and its gradients as source code: one function that returns them together.
  ///
  /// ```swift
  /// let code = try J.exported(to: .numpy, name: "ridge", gradients: [w])
  /// print(code.text)
  /// ```
  /// The parameters are the variables, sorted. Throws the errors of `gradient(wrt:)`, and a `FormulaError` if the
  /// target lacks an operation.
  public func exported(
    to target: ExportTarget, name: String = "f", gradients variables: [Formula] = [],
    options: SessionOptions = SessionOptions()
  ) throws(FormulaError) -> ExportedSource {
    let derivatives = variables.isEmpty ? [] : try gradients(wrt: variables, options: options)
    let parameters = Set(freeVariables + variables).compactMap(\.variable).sorted { $0.name < $1.name }
    let places = Dictionary(parameters.enumerated().map { ($1.name, $0) }) { first, _ in first }
    var outputs = [ExportRequest.Output(name: "value", formula: self, text: text)]
    var remarks: [String] = []
    for (variable, derivative) in zip(variables, derivatives) {
      guard let place = variable.name.flatMap({ places[$0] }) else { continue }
      var output = ExportRequest.Output(
        name: "gradient_\(parameters[place].name)", formula: derivative.result.takingSubgradients(of: self),
        text: derivative.result.text, value: 0)
      output.relation = .slope(
        of: 0, variable: place,
        layout: .init(value: shape, variable: variable.shape, layout: options.layout))
      outputs.append(output)
      for condition in derivative.conditions where !remarks.contains("Holds where \(condition).") {
        remarks.append("Holds where \(condition).")
      }
    }
    let request = ExportRequest(
      name: name, variables: parameters, outputs: outputs, remarks: remarks,
      options: .relyingOnProperties(options.book)
    )
    do throws(ExportProblem) { return try request.source(for: target) } catch {
      throw FormulaError(text, name: "<formula>", message: error.description)
    }
  }
}
