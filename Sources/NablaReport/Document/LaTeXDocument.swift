import NablaOutput

/// A report as an article that LaTeX compiles.
package struct LaTeXDocument {
  private let report: Report

  package init(_ report: Report) { self.report = report }

  package var text: String {
    """
    \\documentclass{article}
    \\IfFileExists{lmodern.sty}{\\usepackage[T1]{fontenc}\\usepackage{lmodern}}{}
    \\usepackage[utf8]{inputenc}
    \\usepackage{textcomp}
    \\usepackage{amsmath,amssymb}
    \\usepackage[margin=2.5cm]{geometry}
    \\setlength{\\parindent}{0pt}
    \\setlength{\\parskip}{0.5\\baselineskip}
    \\allowdisplaybreaks
    % The indicator; the letters of amssymb have no 1.
    \\renewcommand{\\mathbb}[1]{\\mathrm{#1}\\mkern-5mu\\mathrm{l}}
    \\newcommand{\\reason}[1]{\\parbox{0.28\\linewidth}{\\raggedright\\footnotesize #1}}
    \\begin{document}
    \\title{\(LaTeXText.escaped(report.title))}
    \\date{}
    \\author{Derived and checked by Nabla}
    \\maketitle
    \(report.sections.map(section).joined(separator: "\n"))
    \\end{document}

    """
  }

  private func section(_ section: Report.Section) -> String {
    var text = "\\section*{\\raggedright \(spans(section.heading))}"
    var rest = section.blocks[...]
    while let first = rest.first {
      let definitions = rest.prefix { definition($0) != nil }.compactMap(definition)
      rest = rest.dropFirst(max(definitions.count, 1))
      // A display belongs to the paragraph before it.
      if definitions.count > 1 {
        text += "\n\(LaTeXAlignment(definitions).latex)"
      } else if let block = block(first) {
        if case .equation = first { text += "\n\(block)" } else { text += "\n\n\(block)" }
      }
    }
    return text
  }

  /// An equation with a left side, which is aligned with its neighbours.
  private func definition(_ block: Report.Block) -> LaTeXAlignment.Row? {
    guard case .equation(let equation) = block, case .symbol(.equals)? = equation.left.last else {
      return nil
    }
    return LaTeXAlignment.Row(left: equation.left.dropLast(), right: equation.right, reason: "")
  }

  private func spans(_ spans: [Report.Span]) -> String {
    spans.map { span in
      switch span {
      case .words(let words): LaTeXText.escaped(words)
      case .code(let code): "\\texttt{\(LaTeXText.escaped(code))}"
      case .formula(let equation): "$\(equation.latex)$"
      }
    }.joined()
  }

  private func block(_ block: Report.Block) -> String? {
    switch block {
    case .paragraph(let words): spans(words)
    case .equation(let equation): LaTeXAlignment.displayed(equation.left, equation.right)
    case .list(let items):
      "\\begin{itemize}\n" + items.map { "\\item \(spans($0))\n" }.joined() + "\\end{itemize}"
    case .table(let rows):
      "\\begin{tabular}{ll}\n"
        + rows.map {
          "\(LaTeXText.escaped($0.name)) & \\texttt{\(LaTeXText.escaped($0.value))} \\\\\n"
        }.joined() + "\\end{tabular}"
    case .verdict(let status, let words):
      switch status {
      case .verified, .skipped: "\\textit{\(LaTeXText.escaped(words))}"
      case .refuted: "\\textbf{\(LaTeXText.escaped(words))}"
      }
    case .steps(let steps):
      "{\\small\n\(alignment(steps).latex)}"
    case .picture: nil
    }
  }

  private func alignment(_ steps: [Report.Step]) -> LaTeXAlignment {
    LaTeXAlignment(
      steps.map { step in
        LaTeXAlignment.Row(
          left: step.left?.left, right: step.right.right,
          reason: "\\reason{\(LaTeXText.escaped(step.reason))}")
      }, size: 0.9)
  }
}
