import Nabla
import NablaExport
import NablaLanguage
import NablaPage

/// The languages of `nabla export`, for the page.
enum CodeTargets {
  static let all = ExportTarget.allCases.map { target in
    PageAPI.CodeTarget(name: target.rawValue) { file in write(file, target) }
  }

  private static func write(_ file: String, _ target: ExportTarget) -> Result<String, PageAPI.CodeProblem> {
    let session = Session(SourceText(file, name: "<page>"))
    if let diagnostic = session.diagnostics.first { return .failure(PageAPI.CodeProblem(diagnostic.message)) }
    do throws(ExportFailure) {
      return .success(try session.exported(to: target, name: "formulas").text)
    } catch {
      return .failure(PageAPI.CodeProblem(words(error)))
    }
  }

  private static func words(_ failure: ExportFailure) -> String {
    switch failure {
    case .unanswered(let diagnostic): diagnostic.message
    case .defect(let question): "the answer to '\(question)' failed its own check; please report it"
    case .problem(let problem, _): problem.description
    }
  }
}
