import Synchronization

/// Ends work early when nobody waits for its result; partial results are not to be shown.
/// Cancelling a task also cancels the work inside it.
package final class Cancellation: Sendable {
  @TaskLocal private static var current: Cancellation?
  private let flag = Atomic<Bool>(false)

  package init() {}

  package var isCancelled: Bool { flag.load(ordering: .relaxed) }

  package func cancel() { flag.store(true, ordering: .relaxed) }

  /// Runs work that can be cancelled.
  package func during<T>(_ work: () throws -> T) rethrows -> T {
    try Self.$current.withValue(self, operation: work)
  }

  /// Whether the current work is cancelled.
  package static var isRequested: Bool { current?.isCancelled == true || Task.isCancelled }
}
