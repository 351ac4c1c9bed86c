import NablaCore
import NablaLanguage
import NablaTypes

/// Reads texts with the names of a file.
struct FormulaReader {
  let names: Lowering
  let environment: Environment

  /// The formula of a text; `nil` if it is invalid or has another shape.
  func formula(_ text: String, as shape: Shape) -> Formula? {
    let source = SourceText(text)
    guard let tree = try? parseExpression(source),
      let typed = try? infer(tree, as: shape, in: environment, source: source), typed.shape == shape
    else { return nil }
    let formula = names.formula(typed)
    return formula.isInvalid || formula.shape != shape ? nil : formula
  }
}

/// The distinct formulas that edits of a side lead to, most likely first.
final class SlipCandidates {
  struct Candidate {
    let edit: SlipEdits.Edit
    let formula: Prefilter.Candidate
  }

  private let side: ClaimSide
  private let typed: SideText
  private let reader: FormulaReader
  private var edits: ArraySlice<SlipEdits.Edit>
  private var seen: Set<Formula>
  /// The signed terms of a long sum: an edited term is read without the others.
  private var stretches: [SourceRange] = []
  private var known: [Int: Formula] = [:]
  private var count = 0

  /// Longer sums are read term by term.
  private static let longSide = 300
  private static let mostEdits = 1200

  init(
    of side: ClaimSide, _ typed: SideText, edits: [SlipEdits.Edit], reader: FormulaReader,
    isWhole: Bool = false
  ) {
    self.side = side
    self.typed = typed
    self.reader = reader
    self.edits = edits[...]
    seen = [side.expression]
    if !isWhole, typed.source.bytes.count > Self.longSide, let row = typed.terms(typed.tree) {
      var start = 0
      for part in row.parts {
        stretches.append(SourceRange(start: start, end: part.range.end))
        start = part.range.end
      }
    }
  }

  /// The next well-formed candidate; adds the bytes read.
  func next(_ bytes: inout Int) -> Candidate? {
    while count < Self.mostEdits, let edit = edits.popFirst() {
      count += 1
      let place = stretch(of: edit)
      let read = place.map { term($0, edit, &bytes) } ?? whole(edit, &bytes)
      if let read { return Candidate(edit: edit, formula: read) }
    }
    return nil
  }

  private func whole(_ edit: SlipEdits.Edit, _ bytes: inout Int) -> Prefilter.Candidate? {
    let text = typed.replacing(edit.range, by: edit.replacement)
    bytes += text.utf8.count
    guard let formula = reader.formula(text, as: side.claim.expression.shape), seen.insert(formula).inserted
    else { return nil }
    return .whole(formula)
  }

  /// The term that an edit is in; `nil` if there is none, or if its shape differs from that of the sum.
  private func stretch(of edit: SlipEdits.Edit) -> Int? {
    // Finds the first term that does not end before the edit does.
    var (low, high) = (0, stretches.count)
    while low < high {
      let middle = (low + high) / 2
      if stretches[middle].end < edit.range.end { low = middle + 1 } else { high = middle }
    }
    guard low < stretches.count, stretches[low].start <= edit.range.start else { return nil }
    if known[low] == nil {
      known[low] = reader.formula(typed.source.text(stretches[low]), as: side.claim.expression.shape)
    }
    return known[low] == nil ? nil : low
  }

  private func term(
    _ place: Int, _ edit: SlipEdits.Edit, _ bytes: inout Int
  ) -> Prefilter.Candidate? {
    guard let old = known[place] else { return nil }
    let text = typed.replacing(edit.range, by: edit.replacement, in: stretches[place])
    bytes += text.utf8.count
    let isLeftOut = text.allSatisfy { $0 == " " }
    let new = isLeftOut ? .zeros(old.shape) : reader.formula(text, as: old.shape)
    return new.map { .part(old, by: $0) }
  }
}
