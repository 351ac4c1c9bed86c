/// What the font of a letter says of the name: bold lower case is a vector, bold upper case a matrix.
public enum FontHint: Sendable, Hashable {
  case vector, matrix
}
