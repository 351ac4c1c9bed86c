/// A report in Markdown with formulas between dollar signs, for notebooks and code hosts.
package struct MarkdownDocument {
  private let report: Report

  package init(_ report: Report) { self.report = report }

  package var text: String {
    (["# \(words(report.title))"] + report.sections.map(section)).joined(separator: "\n\n") + "\n"
  }

  private func section(_ section: Report.Section) -> String {
    (["## \(spans(section.heading))"] + section.blocks.compactMap(block)).joined(separator: "\n\n")
  }

  private func spans(_ spans: [Report.Span]) -> String {
    spans.map { span in
      switch span {
      case .words(let words): self.words(words)
      case .code(let code): self.code(code)
      case .formula(let equation): "$\(equation.latex)$"
      }
    }.joined()
  }

  /// Code between more backticks than it has in a row.
  private func code(_ text: String) -> String {
    let longest = text.split { $0 != "`" }.map(\.count).max() ?? 0
    let ticks = String(repeating: "`", count: longest + 1)
    let pad = text.hasPrefix("`") || text.hasSuffix("`") || text.hasPrefix(" ") ? " " : ""
    return ticks + pad + text + pad + ticks
  }

  private func words(_ text: String) -> String {
    text.map { "\\`*_{}[]<>#|$~".contains($0) ? "\\\($0)" : $0.isNewline ? " " : "\($0)" }.joined()
  }

  private func block(_ block: Report.Block) -> String? {
    switch block {
    case .paragraph(let words): spans(words)
    case .equation(let equation): "$$\n\(equation.latex)\n$$"
    case .list(let items): items.map { "- \(spans($0))" }.joined(separator: "\n")
    case .table(let rows):
      (["| name | value |", "|---|---|"] + rows.map { "| \(words($0.name)) | \(code($0.value)) |" })
        .joined(separator: "\n")
    case .verdict(let status, let words): "\(sign(status))*\(self.words(words))*"
    case .steps(let steps):
      "$$\n\\begin{aligned}\n"
        + steps.map {
          "\($0.left?.latex ?? "") &= \($0.right.latex) && \\text{\(LaTeXText.mathematicsText($0.reason))}"
        }
        .joined(separator: " \\\\\n") + "\n\\end{aligned}\n$$"
    case .picture: nil
    }
  }

  private func sign(_ status: Report.Status) -> String {
    switch status {
    case .verified: "✓ "
    case .refuted: "✗ "
    case .skipped: ""
    }
  }
}
