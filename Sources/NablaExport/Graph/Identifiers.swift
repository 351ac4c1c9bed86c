/// The names in a scope, as identifiers of the target.
struct Identifiers {
  private let reserved: Set<String>
  private let renamed: [String: String]
  private var taken: Set<String>
  private var known: [String: String] = [:]
  private var count = 0

  /// `taken` are names already used in the file.
  init(reserved: Set<String>, renamed: [String: String], taken: Set<String> = []) {
    self.reserved = reserved
    self.renamed = renamed
    self.taken = taken
  }

  /// The identifier for a name of the formula file, always the same one.
  mutating func name(_ name: String) -> String {
    if let known = known[name] { return known }
    let made = unique(name)
    known[name] = made
    return made
  }

  /// The existing identifier for a name of the formula file.
  func known(_ name: String) -> String? { known[name] }

  /// An unused identifier similar to the wanted one.
  mutating func unique(_ wanted: String) -> String {
    var name = Self.spelled(renamed[wanted] ?? wanted)
    while reserved.contains(name) || !taken.insert(name).inserted { name += "_" }
    return name
  }

  /// `t1`, `t2`, ….
  mutating func fresh() -> String {
    while true {
      count += 1
      let name = "t\(count)"
      if !reserved.contains(name), taken.insert(name).inserted { return name }
    }
  }

  /// ASCII letters, digits and underscores, starting with a letter.
  static func spelled(_ name: String) -> String {
    var result = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_": result.unicodeScalars.append(scalar)
      case "-", " ", ".": result += "_"
      default: result += "u" + String(scalar.value, radix: 16)
      }
    }
    guard let first = result.unicodeScalars.first else { return "f" }
    switch first {
    case "0"..."9": return "f" + result
    case "_": return "v" + result
    default: return result
    }
  }
}
