/// A pressed key.
package enum Key: Hashable, Sendable {
  case character(Character)
  case enter, tab, escape
  case left, right, up, down, home, end, wordLeft, wordRight
  case backspace, delete
  case killToEnd, killToStart, killWord, yank
  case search, clear, interrupt, endOfInput
  /// An unknown sequence.
  case unknown
}

/// Converts the bytes of a terminal to keys; a sequence may arrive in pieces.
package struct KeyReader: Sendable {
  private var pending: [UInt8] = []

  package init() {}

  package mutating func keys(_ bytes: [UInt8]) -> [Key] {
    pending += bytes
    var keys: [Key] = []
    while let (key, count) = next() {
      keys.append(key)
      pending.removeFirst(count)
    }
    return keys
  }

  /// The escape key alone, if no more bytes follow.
  package mutating func flush() -> [Key] {
    defer { pending = [] }
    return pending == [0x1B] ? [.escape] : []
  }

  /// The first key and its number of bytes; nil if bytes are missing.
  private func next() -> (Key, Int)? {
    guard let first = pending.first else { return nil }
    if first == 0x1B { return escape() }
    if first < 0x20 || first == 0x7F { return (Self.control(first), 1) }
    let length = first < 0x80 ? 1 : first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard pending.count >= length else { return nil }
    let text = String(decoding: pending[..<length], as: UTF8.self)
    return (text.first.map { .character($0) } ?? .unknown, length)
  }

  private static func control(_ byte: UInt8) -> Key {
    switch byte {
    case 0x01: .home
    case 0x02: .left
    case 0x03: .interrupt
    case 0x04: .endOfInput
    case 0x05: .end
    case 0x06: .right
    case 0x08, 0x7F: .backspace
    case 0x09: .tab
    case 0x0A, 0x0D: .enter
    case 0x0B: .killToEnd
    case 0x0C: .clear
    case 0x0E: .down
    case 0x10: .up
    case 0x12: .search
    case 0x15: .killToStart
    case 0x17: .killWord
    case 0x19: .yank
    default: .unknown
    }
  }

  private func escape() -> (Key, Int)? {
    guard pending.count >= 2 else { return nil }
    switch pending[1] {
    case UInt8(ascii: "b"): return (.wordLeft, 2)
    case UInt8(ascii: "f"): return (.wordRight, 2)
    case 0x7F: return (.killWord, 2)
    case UInt8(ascii: "["), UInt8(ascii: "O"):
      // Parameters, then a letter or ~.
      guard let end = pending.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else {
        return pending.count > 16 ? (.unknown, pending.count) : nil
      }
      let parameters = String(decoding: pending[2..<end], as: UTF8.self)
      return (Self.sequence(parameters, pending[end]), end + 1)
    default: return (.unknown, 2)
    }
  }

  private static func sequence(_ parameters: String, _ last: UInt8) -> Key {
    let isModified = parameters.contains(";")
    switch (last, parameters) {
    case (UInt8(ascii: "A"), _): return .up
    case (UInt8(ascii: "B"), _): return .down
    case (UInt8(ascii: "C"), _): return isModified ? .wordRight : .right
    case (UInt8(ascii: "D"), _): return isModified ? .wordLeft : .left
    case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), "1"), (UInt8(ascii: "~"), "7"): return .home
    case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), "4"), (UInt8(ascii: "~"), "8"): return .end
    case (UInt8(ascii: "~"), "3"): return .delete
    default: return .unknown
    }
  }
}
