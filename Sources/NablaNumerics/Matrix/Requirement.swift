/// Stops the program with a message unless a condition holds: a `precondition` whose message is printed in release
/// builds too.
@inline(__always)
package func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}
