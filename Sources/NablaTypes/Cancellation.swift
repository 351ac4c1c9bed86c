import Synchronization

/// Ends work early that nobody waits for any longer; what was found by then is not to be shown.
///
/// Work inside a task is cancelled with the task as well.
public final class Cancellation: Sendable {
  @TaskLocal private static var current: Cancellation?
  private let flag = Atomic<Bool>(false)

  public init() {}

  public var isCancelled: Bool { flag.load(ordering: .relaxed) }

  public func cancel() { flag.store(true, ordering: .relaxed) }

  /// Does work that can be cancelled.
  public func during<T>(_ work: () throws -> T) rethrows -> T {
    try Self.$current.withValue(self, operation: work)
  }

  /// Whether the work under way is cancelled.
  package static var isRequested: Bool { current?.isCancelled == true || Task.isCancelled }
}
