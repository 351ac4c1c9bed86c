import NablaOutput

/// The elements of a picture. Colours come from the page (`currentColor`), so that it fits both themes.
struct SVG {
  private var elements = ""
  let width: Double
  let height: Double

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) {
    add(
      "line", [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)],
      "stroke=\"currentColor\" stroke-opacity=\"0.4\"")
  }

  /// A line through points, with a dot at each if there are few.
  mutating func curve(_ points: [(x: Double, y: Double)]) {
    let path = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
    elements += "<polyline points=\"\(path)\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/>"
    if points.count > 60 { return }
    for point in points {
      add("circle", [("cx", point.x), ("cy", point.y), ("r", 2.5)], "fill=\"currentColor\"")
    }
  }

  /// A filled rectangle; opacity 0 is invisible, 1 is full.
  mutating func cell(_ x: Double, _ y: Double, _ width: Double, _ height: Double, opacity: Double) {
    add(
      "rect", [("x", x), ("y", y), ("width", width), ("height", height), ("fill-opacity", opacity)],
      "fill=\"currentColor\"")
  }

  mutating func frame(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, radius: Double = 0, fill: String = "none"
  ) {
    add(
      "rect", [("x", x), ("y", y), ("width", width), ("height", height), ("rx", radius)],
      "fill=\"\(fill)\" stroke=\"currentColor\" stroke-opacity=\"0.6\"")
  }

  mutating func text(_ x: Double, _ y: Double, _ text: String) {
    add(
      "text", [("x", x), ("y", y)],
      "text-anchor=\"middle\" dominant-baseline=\"central\" fill=\"currentColor\"",
      MathML.escaped(text))
  }

  private mutating func add(
    _ name: String, _ numbers: [(String, Double)], _ rest: String, _ content: String? = nil
  ) {
    let attributes = numbers.map { "\($0)=\"\(Self.number($1))\"" }.joined(separator: " ")
    elements += "<\(name) \(attributes) \(rest)" + (content.map { ">\($0)</\(name)>" } ?? "/>")
  }

  /// Two decimals are more than a screen shows.
  private static func number(_ value: Double) -> String {
    let hundredths = (value * 100).rounded()
    return hundredths.truncatingRemainder(dividingBy: 100) == 0
      ? "\(Int(hundredths / 100))" : "\(hundredths / 100)"
  }

  /// The picture with a description in words.
  func text(title: String) -> String {
    let size = "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
    let box = "viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\""
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) \(box) role=\"img\" font-family=\"sans-serif\" "
      + "font-size=\"12\"><title>\(MathML.escaped(title))</title>\(elements)</svg>"
  }
}
