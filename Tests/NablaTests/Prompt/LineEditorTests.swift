import NablaPrompt
import Testing

/// Terminal bytes in; the line and its visible part out.
struct LineEditorTests {
  struct Typed: Sendable, CustomTestStringConvertible {
    let bytes: String
    let line: String
    let cursor: Int
    var testDescription: String { bytes.debugDescription }
  }

  private static let cases = [
    Typed(bytes: "abc", line: "abc", cursor: 3),
    Typed(bytes: "λ*x²", line: "λ*x²", cursor: 4),
    Typed(bytes: "abc\u{1B}[D\u{1B}[DX", line: "aXbc", cursor: 2),
    Typed(bytes: "abc\u{1B}OD!", line: "ab!c", cursor: 3),
    Typed(bytes: "abc\u{01}X", line: "Xabc", cursor: 1),
    Typed(bytes: "abc\u{1B}[HX\u{1B}[FY", line: "XabcY", cursor: 5),
    Typed(bytes: "abc\u{1B}[1~X\u{1B}[4~Y", line: "XabcY", cursor: 5),
    Typed(bytes: "abc\u{7F}\u{08}", line: "a", cursor: 1),
    Typed(bytes: "\u{7F}abc\u{01}\u{1B}[3~\u{04}", line: "c", cursor: 0),
    Typed(bytes: "norm2(x) + y\u{17}z", line: "norm2(x) + z", cursor: 12),
    Typed(bytes: "abc def\u{01}\u{06}\u{0B}\u{05}!\u{19}", line: "a!bc def", cursor: 8),
    Typed(bytes: "abc\u{02}\u{15}", line: "c", cursor: 0),
    Typed(bytes: "one two\u{1B}bX\u{1B}b\u{1B}b\u{1B}fY", line: "oneY Xtwo", cursor: 4),
    Typed(bytes: "one two\u{1B}[1;5DX", line: "one Xtwo", cursor: 5),
    Typed(bytes: "sof\t(", line: "softmax(", cursor: 8),
    Typed(bytes: "norm2(X*wei\t", line: "norm2(X*weight", cursor: 14),
    Typed(bytes: "lo\t", line: "log", cursor: 3),
    Typed(bytes: "\u{1B}[A", line: "second", cursor: 6),
    Typed(bytes: "draft\u{1B}[A\u{1B}[A\u{1B}[A\u{1B}[B\u{1B}[B", line: "draft", cursor: 5),
    Typed(bytes: "\u{12}fi", line: "first", cursor: 5),
    Typed(bytes: "\u{12}s\u{12}", line: "first", cursor: 5),
    Typed(bytes: "x\u{1B}[99Zy\u{1B}Qz", line: "xyz", cursor: 3),
  ]

  private static func editor() -> LineEditor {
    var editor = LineEditor(history: ["first", "second"])
    editor.complete(with: ["softmax", "log", "log1p", "logdet", "weight", "wrt"])
    return editor
  }

  @Test(arguments: cases) func lines(_ typed: Typed) {
    var editor = Self.editor()
    var reader = KeyReader()
    for key in reader.keys(Array(typed.bytes.utf8)) { _ = editor.press(key) }
    #expect(editor.text == typed.line)
    #expect(editor.cursor == typed.cursor)
  }

  /// However a sequence is cut, it is the same keys.
  @Test(arguments: cases) func bytesOneByOne(_ typed: Typed) {
    var whole = KeyReader()
    var pieces = KeyReader()
    let bytes = Array(typed.bytes.utf8)
    #expect(whole.keys(bytes) == bytes.flatMap { pieces.keys([$0]) })
  }

  @Test func events() {
    var editor = Self.editor()
    var reader = KeyReader()
    func press(_ text: String) -> [LineEditor.Event] {
      reader.keys(Array(text.utf8)).compactMap { editor.press($0) }
    }
    #expect(press("log\t") == [.choices(["log", "log1p", "logdet"])])
    #expect(press("\u{03}") == [.interrupted])
    #expect(editor.text.isEmpty)
    #expect(press("x\r") == [.submitted("x")])
    #expect(press("x\r \r") == [.submitted("x"), .submitted(" ")])
    #expect(editor.history == ["first", "second", "x"])
    #expect(press("\u{0C}") == [.cleared])
    #expect(press("\u{04}") == [.ended])
    #expect(reader.keys([0x1B]).isEmpty)
    #expect(reader.flush() == [.escape])
  }

  @Test func screen() {
    var editor = Self.editor()
    for character in "abcdef" { _ = editor.press(.character(character)) }
    _ = editor.press(.left)
    let screen = LineScreen(editor, prompt: "> ", columns: 40)
    #expect(screen.text == "> abcdef")
    #expect(screen.column == 7)
    #expect(screen.bytes == "\r> abcdef\u{1B}[K\r\u{1B}[7C")
    let remarked = LineScreen(editor, prompt: "> ", columns: 40, remark: "scalar")
    #expect(remarked.bytes == "\r> abcdef\u{1B}[2m  # scalar\u{1B}[22m\u{1B}[K\r\u{1B}[7C")
    #expect(LineScreen(editor, prompt: "> ", columns: 17, remark: "scalar").remark.isEmpty)
    for _ in 0..<100 { _ = editor.press(.character("x")) }
    let long = LineScreen(editor, prompt: "> ", columns: 20)
    #expect(long.column < 20)
    #expect(long.text.count <= 20)
  }

  /// No bytes break it.
  @Test func anyBytes() {
    var state: UInt64 = 7
    var editor = Self.editor()
    var reader = KeyReader()
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      for key in reader.keys([UInt8(truncatingIfNeeded: state >> 40)]) { _ = editor.press(key) }
      #expect((0...editor.line.count).contains(editor.cursor))
    }
  }
}
