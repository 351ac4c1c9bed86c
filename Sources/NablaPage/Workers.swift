import NablaSockets
import NablaStack
import NablaTypes
import Synchronization

/// A few threads with large stacks that answer requests in order of arrival.
final class Workers: Sendable {
  struct Job: Sendable {
    let request: HTTPRequest
    let cancellation: Cancellation
    /// Receives the answer, on the thread that computed it.
    let finish: @Sendable (HTTPResponse) -> Void
  }

  private struct State {
    var jobs: [Job] = []
    var idle: [WakePipe] = []
    var isStopped = false
  }

  private let state = Mutex(State())
  private let answer: @Sendable (HTTPRequest) -> HTTPResponse

  /// Some code recurses over deep formulas. Only the used part of a stack takes memory.
  private static let stack = 256 << 20
  /// Limit on waiting requests; more are rejected.
  private static let mostWaiting = 256

  init(count: Int, answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse) {
    self.answer = answer
    for _ in 0..<count {
      let context = Unmanaged.passRetained(self).toOpaque()
      let started = nabla_start_thread(
        Self.stack,
        { context in
          guard let context else { return }
          Unmanaged<Workers>.fromOpaque(context).takeRetainedValue().work()
        }, context)
      if started == 0 { Unmanaged<Workers>.fromOpaque(context).release() }
    }
  }

  /// False if too many are waiting already.
  func add(_ job: Job) -> Bool {
    state.withLock { state in
      guard state.jobs.count < Self.mostWaiting, !state.isStopped else { return false }
      state.jobs.append(job)
      state.idle.popLast()?.wake()
      return true
    }
  }

  /// Threads end after their current job.
  func stop() {
    state.withLock { state in
      state.isStopped = true
      for pipe in state.idle { pipe.wake() }
      state.idle = []
      state.jobs = []
    }
  }

  private func work() {
    guard let pipe = WakePipe() else { return }
    while true {
      let (job, isStopped) = state.withLock { state -> (Job?, Bool) in
        if state.isStopped { return (nil, true) }
        if !state.jobs.isEmpty { return (state.jobs.removeFirst(), false) }
        state.idle.append(pipe)
        return (nil, false)
      }
      if isStopped { return }
      guard let job else {
        pipe.wait()
        continue
      }
      job.finish(job.cancellation.during { answer(job.request) })
    }
  }
}

/// Lets a thread sleep until another wakes it.
final class WakePipe: Sendable {
  let readEnd: Int32
  let writeEnd: Int32

  init?() {
    var ends: [Int32] = [-1, -1]
    guard nabla_wake_pipe(&ends) == 0 else { return nil }
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  deinit {
    nabla_close(readEnd)
    nabla_close(writeEnd)
  }

  func wake() { nabla_wake(writeEnd) }
  func clear() { nabla_clear(readEnd) }

  func wait() {
    var wait = nabla_wait()
    wait.descriptor = readEnd
    wait.wants_reading = 1
    _ = nabla_wait_for(&wait, 1, -1)
    clear()
  }
}
