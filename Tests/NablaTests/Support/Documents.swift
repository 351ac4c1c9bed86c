import Foundation
import Synchronization
import TestSupport

@testable import Nabla
@testable import NablaLanguage

/// The formula files of the repository: each is read once, and each question answered once, for all tests.
enum Documents {
  /// The files of `Examples` without those of its folders.
  static let examples = sessions(in: "Examples")
  static let derivations = sessions(in: "Examples/derivations")
  static let seeds = sessions(in: "Examples/seeds")

  private static func sessions(in folder: String) -> [Session] {
    let folder = Repository.root.appending(path: folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".nabla") }.sorted().map { name in
      let data = (try? Data(contentsOf: folder.appending(path: name))) ?? Data()
      return Session(SourceText(bytes: Array(data), name: name))
    }
  }

  fileprivate struct Key: Hashable {
    let name: String
    let text: String
    let place: Int
  }

  fileprivate static let outcomes = Mutex<[Key: Outcome]>([:])
}

extension Session {
  /// The questions that a run of the tests takes from a file. All suites take the same, so their answers are shared.
  var sampledQuestions: [TypedQuestion] { Sample.of(questions, oneIn: 6) }

  /// The outcome of a question of a file that several tests read; it is computed once.
  func sharedAnswer(_ question: TypedQuestion) -> Outcome {
    let key = Documents.Key(name: source.name, text: source.text, place: question.statement.range.start)
    if let known = Documents.outcomes.withLock({ $0[key] }) { return known }
    let outcome = answer(question)
    Documents.outcomes.withLock { $0[key] = outcome }
    return outcome
  }
}
