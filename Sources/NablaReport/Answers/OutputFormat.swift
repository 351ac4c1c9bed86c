/// How answers are written.
package enum OutputFormat: String, CaseIterable, Sendable {
  case text, unicode, latex, mathml, index, json
}
