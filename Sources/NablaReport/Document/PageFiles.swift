import NablaPageFiles

/// The files that are embedded in the binary.
package enum PageFiles {
  package static func bytes(_ name: String) -> [UInt8]? {
    for index in 0..<nabla_page_file_count() {
      let file = nabla_page_file_at(index)
      guard let known = file.name, String(cString: known) == name, let bytes = file.bytes else { continue }
      return bytes.withMemoryRebound(to: UInt8.self, capacity: file.count) {
        Array(UnsafeBufferPointer(start: $0, count: file.count))
      }
    }
    return nil
  }

  package static func text(_ name: String) -> String? {
    bytes(name).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The names of all files in a folder, in the order of embedding.
  package static func names(in folder: String) -> [String] {
    (0..<nabla_page_file_count()).compactMap { index in
      nabla_page_file_at(index).name.map { String(cString: $0) }
    }.filter { $0.hasPrefix(folder + "/") }
  }
}
