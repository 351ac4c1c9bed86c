import NablaOutput

/// A self-contained HTML page: formulas in MathML, pictures in SVG, light and dark themes, printable.
package struct HTMLDocument {
  private let report: Report

  package init(_ report: Report) { self.report = report }

  package var text: String {
    let title = MathML.escaped(report.title)
    let style = PageFiles.text("Page/report.css") ?? ""
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title)</title>
      <style>
      \(style)</style>
      </head>
      <body>
      <h1>\(title)</h1>
      \(report.sections.map(section).joined())<footer>Derived and checked by Nabla.</footer>
      </body>
      </html>

      """
  }

  private func section(_ section: Report.Section) -> String {
    "<section>\n<h2>\(spans(section.heading))</h2>\n\(section.blocks.map(block).joined())</section>\n"
  }

  private func spans(_ spans: [Report.Span]) -> String {
    spans.map { span in
      switch span {
      case .words(let words): MathML.escaped(words)
      case .code(let code): "<code>\(MathML.escaped(code))</code>"
      case .formula(let equation): "<math>\(equation.mathML)</math>"
      }
    }.joined()
  }

  private func block(_ block: Report.Block) -> String {
    switch block {
    case .paragraph(let words): "<p>\(spans(words))</p>\n"
    case .equation(let equation): "<div class=\"formula\">\(MathML.block(equation.mathML))</div>\n"
    case .list(let items): "<ul>\(items.map { "<li>\(spans($0))</li>" }.joined())</ul>\n"
    case .table(let rows):
      "<table>"
        + rows.map { "<tr><th>\(MathML.escaped($0.name))</th><td>\(MathML.escaped($0.value))</td></tr>" }
        .joined() + "</table>\n"
    case .verdict(let status, let words):
      "<p class=\"verdict \(status.rawValue)\">\(sign(status))\(MathML.escaped(words))</p>\n"
    case .steps(let steps):
      "<details open><summary>Steps</summary><div class=\"formula\"><table class=\"steps\">\(self.steps(steps))</table></div></details>\n"
    case .picture(let svg, let caption):
      "<figure>\(svg)<figcaption>\(MathML.escaped(caption))</figcaption></figure>\n"
    }
  }

  private func sign(_ status: Report.Status) -> String {
    switch status {
    case .verified: "✓ "
    case .refuted: "✗ "
    case .skipped: ""
    }
  }

  private func steps(_ steps: [Report.Step]) -> String {
    steps.map { step in
      let right = MathML.row([.symbol(.equals)]) + step.right.mathML
      return "<tr><td>\(step.left.map { MathML.block($0.mathML) } ?? "")</td><td>\(MathML.block(right))</td>"
        + "<td class=\"reason\">\(MathML.escaped(step.reason))</td></tr>"
    }.joined(separator: "\n")
  }
}
