/// The appearance of a line on a terminal with a given number of columns.
package struct LineScreen: Hashable, Sendable {
  /// The visible part of prompt and line, and the column of the cursor, from 0.
  package let text: String
  package let column: Int
  /// The faint text behind the line; empty if there is no room.
  package let remark: String

  package init(_ editor: LineEditor, prompt: String, columns: Int, remark: String? = nil) {
    let prompt = editor.pattern.map { "search '\($0)': " } ?? prompt
    // Keeps the cursor visible by scrolling a long line.
    let room = max(columns - prompt.count - 1, 8)
    let first = max(editor.cursor - room, 0)
    let visible = editor.line.dropFirst(first).prefix(room)
    text = prompt + String(visible)
    column = prompt.count + editor.cursor - first
    let shown = remark.map { "  # \($0)" } ?? ""
    let width = prompt.count + editor.line.count + shown.count
    let hasRoom = first == 0 && editor.pattern == nil && width < columns
    self.remark = hasRoom ? shown : ""
  }

  /// The bytes that draw it over the terminal's current line.
  package var bytes: String {
    "\r\(text)" + (remark.isEmpty ? "" : "\u{1B}[2m\(remark)\u{1B}[22m") + "\u{1B}[K\r"
      + (column > 0 ? "\u{1B}[\(column)C" : "")
  }
}
