/// The formats of answers.
package enum OutputFormat: String, CaseIterable, Sendable {
  case text, unicode, latex, mathml, index, json
}
