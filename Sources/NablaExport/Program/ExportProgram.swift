import NablaCore
import NablaTypes

/// A request as a routine, with the routines of its self-test.
struct ExportProgram {
  let request: ExportRequest
  let main: ExportRoutine
  let selfTest: SelfTest?

  init(_ request: ExportRequest) throws(ExportProblem) {
    self.request = request
    if request.outputs.isEmpty { throw .nothing }
    let formulas = request.outputs.map(\.formula)
    if let name = formulas.sharedName { throw .nameTwice(name) }
    var lowering = ExportLowering(options: request.options)
    // Definitions come first: of a sum and its negative, the one with a name is computed. Definitions that no output
    // uses may lack code.
    let definitions = request.definitions.map { (name: $0.name, node: try? lowering.lower($0.formula)) }
    var outputs: [(name: String, node: Int)] = []
    for output in request.outputs { outputs.append((output.name, try lowering.lower(output.formula))) }
    let isUsed = Set(lowering.graph.reachable(from: outputs.map(\.node)))
    var names: [Int: String] = [:]
    for (name, node) in definitions {
      guard let node, isUsed.contains(node), names[node] == nil else { continue }
      names[node] = name
    }
    let parameters = request.variables.map { ExportParameter(name: $0.name, shape: $0.shape) }
    var main = ExportRoutine(
      name: request.name, graph: lowering.graph, parameters: parameters, outputs: outputs)
    main.names = names
    self.main = main
    selfTest = SelfTest(request, main)
  }

  /// The exported file, with the identifiers of the main function and its parameters.
  func exported(
    _ text: String, to target: ExportTarget, function: String, parameters: [String], sizes: [String]
  ) -> ExportedSource {
    ExportedSource(
      text: text, target: target, function: function,
      parameters: zip(parameters, main.parameters).map { ($0, $1.name, $1.shape) }, sizes: sizes,
      allSizes: main.sizes.names,
      outputs: zip(main.outputs, request.outputs).map { ($0.name, main.graph.shape($0.node), $1.value) })
  }

  /// The helpers that the code uses, each after those that it uses.
  static func closed(_ helpers: Set<ScalarHelper>) -> [ScalarHelper] {
    var all = helpers
    for helper in helpers {
      for node in helper.definition().graph.nodes {
        if case .helper(let inner) = node.operation { all.insert(inner) }
      }
    }
    return ScalarHelper.allCases.filter(all.contains)
  }
}

extension ScalarHelper {
  var routine: ExportRoutine {
    let (graph, result) = definition()
    var routine = ExportRoutine(
      name: rawValue, graph: graph,
      parameters: parameters.map { ExportParameter(name: $0, shape: .scalar) },
      outputs: [("result", result)])
    routine.documentation = [summary]
    return routine
  }
}
