import NablaStack

/// How deep a text may nest on this thread: reading, typing and lowering go down with it.
enum StackSpace {
  /// What a level of nesting takes at most, in the hungriest of all passes.
  #if DEBUG
    private static let bytesPerLevel = 16 << 10
  #else
    private static let bytesPerLevel = 4 << 10
  #endif
  /// Kept free for what is called at the bottom.
  private static let reserve = 96 << 10
  /// Nesting that every thread has room for; asking takes longer than reading a short text.
  static let levelsUnasked = 12

  /// How many levels of nesting there is room for below the caller.
  static var levels: Int { max((Int(clamping: nabla_stack_remaining()) - reserve) / bytesPerLevel, 0) }
}
