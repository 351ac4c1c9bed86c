import NablaStack

/// The nesting depth that a text may have on this thread; reading, typing and lowering recurse with it.
enum StackSpace {
  /// The stack space of one level of nesting in the most demanding pass.
  #if DEBUG
    private static let bytesPerLevel = 16 << 10
  #else
    private static let bytesPerLevel = 4 << 10
  #endif
  /// Reserved for the calls at the bottom.
  private static let reserve = 96 << 10
  /// A depth that every thread has room for; querying takes longer than reading a short text.
  static let levelsUnasked = 12

  /// The levels of nesting that fit below the caller.
  static var levels: Int { max((Int(clamping: nabla_stack_remaining()) - reserve) / bytesPerLevel, 0) }
}
