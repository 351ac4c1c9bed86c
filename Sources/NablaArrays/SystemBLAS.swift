import NablaKernels

/// A BLAS of the system for large products and triangular systems, in place of the package's own loops.
///
/// It is never needed. The environment variable NABLA_BLAS names one from the start. Results differ by rounding. The library decides how many threads it uses.
public enum SystemBLAS {
  /// Why a library cannot be used.
  public struct Problem: Error, CustomStringConvertible {
    public let description: String
  }

  /// Has everything that is computed from now on use a library: a file, or the one that is installed.
  ///
  /// To be called before other threads compute. A library stays for the life of the process.
  public static func use(_ library: String = "system") throws(Problem) {
    nabla_use(try kernels(library))
  }

  /// Whether the library is in use.
  public static var isUsed: Bool { String(cString: nabla_kernels_active().pointee.name) == "blas" }

  static func kernels(_ library: String) throws(Problem) -> UnsafePointer<nabla_kernels> {
    let size = 512
    let text = UnsafeMutablePointer<CChar>.allocate(capacity: size)
    defer { text.deallocate() }
    text.initialize(repeating: 0, count: size)
    guard let found = nabla_blas(library, text, size) else {
      throw Problem(description: String(cString: text))
    }
    return found
  }
}
