import NablaKernels

/// Threads for large operations: products, passes over arrays, and rows of exponentials.
///
/// There is one unless more are asked for, here or by the environment variable NABLA_THREADS. Results do not depend on
/// the number. Work that takes less than a tenth of a millisecond stays on the calling thread, as does all of it for a
/// while when the other threads turn out to cost more time than they save.
public enum Threads {
  public static let most = 256

  /// Has the process use up to this many threads for an operation, the calling thread included.
  public static func use(_ count: Int) { nabla_use_threads(Int32(clamping: count)) }

  /// The number of threads for an operation of the calling thread.
  public static var count: Int { Int(nabla_thread_count()) }

  /// Runs operations with up to this many threads, or as many as the process uses.
  @inlinable
  public static func limited<T, E: Error>(to count: Int?, _ body: () throws(E) -> T) throws(E) -> T {
    guard let count else { return try body() }
    let before = nabla_limit_threads(Int32(clamping: count))
    defer { nabla_limit_threads(before) }
    return try body()
  }
}
