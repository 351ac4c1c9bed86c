/// A line being edited: takes keys, gives the line and the cursor. It knows nothing about terminals.
package struct LineEditor: Sendable {
  /// The effect of a key besides changing the line.
  package enum Event: Hashable, Sendable {
    case submitted(String)
    /// The line was abandoned.
    case interrupted
    /// The input has ended.
    case ended
    /// Several completions, to be shown.
    case choices([String])
    case cleared
  }

  package private(set) var line: [Character] = []
  /// The index at which the next character is inserted.
  package private(set) var cursor = 0
  /// The search pattern for the history, during a search.
  package private(set) var pattern: String?
  package private(set) var history: [String]
  private var place: Int
  private var draft: [Character] = []
  private var killed: [Character] = []
  private var words: [String] = []

  /// Number of history lines kept.
  package static let longestHistory = 1000

  package init(history: [String] = []) {
    self.history = Array(history.suffix(Self.longestHistory))
    place = self.history.count
  }

  /// Sets the words that Tab completes.
  package mutating func complete(with words: [String]) { self.words = words }

  package var text: String { String(line) }

  package mutating func press(_ key: Key) -> Event? {
    if pattern != nil, let event = searching(key) { return event.event }
    switch key {
    case .character(let character): insert([character])
    case .enter: return submit()
    case .interrupt:
      reset()
      return .interrupted
    case .endOfInput:
      if line.isEmpty { return .ended }
      delete()
    case .left: cursor = max(cursor - 1, 0)
    case .right: cursor = min(cursor + 1, line.count)
    case .home: cursor = 0
    case .end: cursor = line.count
    case .wordLeft: cursor = wordStart
    case .wordRight: cursor = wordEnd
    case .up: recall(place - 1)
    case .down: recall(place + 1)
    case .backspace:
      if cursor > 0 {
        cursor -= 1
        line.remove(at: cursor)
      }
    case .delete: delete()
    case .killToEnd: kill(cursor..<line.count)
    case .killToStart: kill(0..<cursor)
    case .killWord: kill(blankWordStart..<cursor)
    case .yank: insert(killed)
    case .tab: return complete()
    case .search: pattern = ""
    case .clear: return .cleared
    case .escape, .unknown: break
    }
    return nil
  }

  // MARK: Changes

  private mutating func insert(_ characters: [Character]) {
    line.insert(contentsOf: characters, at: cursor)
    cursor += characters.count
  }

  private mutating func delete() {
    if cursor < line.count { line.remove(at: cursor) }
  }

  private mutating func kill(_ range: Range<Int>) {
    if range.isEmpty { return }
    killed = Array(line[range])
    line.removeSubrange(range)
    cursor = range.lowerBound
  }

  private mutating func reset() {
    line = []
    cursor = 0
    place = history.count
    draft = []
    pattern = nil
  }

  private mutating func submit() -> Event {
    let text = text
    if !text.allSatisfy(\.isWhitespace), history.last != text {
      history.append(text)
      if history.count > Self.longestHistory { history.removeFirst() }
    }
    reset()
    return .submitted(text)
  }

  // MARK: Words

  private static func isWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  private var wordStart: Int {
    var place = cursor
    while place > 0, !Self.isWord(line[place - 1]) { place -= 1 }
    while place > 0, Self.isWord(line[place - 1]) { place -= 1 }
    return place
  }

  private var wordEnd: Int {
    var place = cursor
    while place < line.count, !Self.isWord(line[place]) { place += 1 }
    while place < line.count, Self.isWord(line[place]) { place += 1 }
    return place
  }

  private var blankWordStart: Int {
    var place = cursor
    while place > 0, line[place - 1].isWhitespace { place -= 1 }
    while place > 0, !line[place - 1].isWhitespace { place -= 1 }
    return place
  }

  /// Completes the word before the cursor up to the common prefix of all candidates.
  private mutating func complete() -> Event? {
    var start = cursor
    while start > 0, Self.isWord(line[start - 1]) { start -= 1 }
    if start > 0, line[start - 1] == ":" { start -= 1 }
    let word = String(line[start..<cursor])
    if word.isEmpty { return nil }
    let found = words.filter { $0.hasPrefix(word) }.sorted()
    guard var common = found.first else { return nil }
    for other in found { common = common.commonPrefix(with: other) }
    if common.count > word.count {
      insert(Array(common.dropFirst(word.count)))
      return nil
    }
    return found.count > 1 ? .choices(found) : nil
  }

  // MARK: History

  private mutating func recall(_ wanted: Int) {
    guard (0...history.count).contains(wanted), wanted != place else { return }
    if place == history.count { draft = line }
    place = wanted
    line = wanted == history.count ? draft : Array(history[wanted])
    cursor = line.count
  }

  /// A key during a history search; nil if the key ends the search and is then handled as usual.
  private mutating func searching(_ key: Key) -> (event: Event?, Void)? {
    guard let pattern else { return nil }
    switch key {
    case .character(let character): find(pattern + String(character), before: history.count)
    case .backspace: find(String(pattern.dropLast()), before: history.count)
    case .search: find(pattern, before: place)
    case .escape:
      self.pattern = nil
    case .interrupt:
      reset()
      return (.interrupted, ())
    case .enter, .tab, .left, .right, .up, .down, .home, .end, .wordLeft, .wordRight, .delete, .killToEnd,
      .killToStart, .killWord, .yank, .clear, .endOfInput, .unknown:
      self.pattern = nil
      return nil
    }
    return (nil, ())
  }

  private mutating func find(_ wanted: String, before end: Int) {
    pattern = wanted
    guard !wanted.isEmpty, let found = history[..<end].lastIndex(where: { $0.contains(wanted) }) else {
      return
    }
    place = found
    line = Array(history[found])
    cursor = line.count
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
