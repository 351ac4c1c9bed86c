import NablaRules

/// The texts of `Rules/`, embedded in the binary.
package enum RuleTexts {
  /// Each text with its name.
  package static let embedded: [SourceText] = (0..<nabla_rule_file_count()).map { index in
    let file = nabla_rule_file_at(index)
    let bytes = UnsafeRawBufferPointer(start: file.bytes, count: file.count)
    return SourceText(bytes: Array(bytes), name: String(cString: file.name))
  }

  /// Each text with its entries.
  package static let files: [RuleFile] = embedded.map(RuleFile.init)
}

extension Signature {
  /// The functions of the language by name: those with a block in `Rules/`, and the special ones.
  package static let builtins: [String: Signature] = {
    var table: [String: Signature] = [:]
    for file in RuleTexts.files {
      let blocks = file.entries.filter { $0.kind != .kernel }
      for (name, signature) in blocks.compactMap(file.signature) where !hidden.contains(name) {
        table[name] = signature
      }
    }
    table["norm"] = table["norm2"].map { Signature($0.arity, $0.rule, as: "norm2") }
    return table.merging(special) { _, special in special }
  }()

  /// Internal functions with a notation instead of a name.
  package static let hidden: Set<String> = ["power", "less", "lessequal"]
}
