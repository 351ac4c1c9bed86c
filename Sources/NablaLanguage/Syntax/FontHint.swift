/// The shape suggested by the font of a letter: bold lower case is a vector, bold upper case a matrix.
package enum FontHint: Sendable, Hashable {
  case vector, matrix
}
