/// A language that formulas are exported to.
public enum ExportTarget: String, CaseIterable, Hashable, Sendable {
  case numpy, jax, torch, julia, matlab, c, swift

  /// The name in prose.
  public var title: String {
    switch self {
    case .numpy: "NumPy"
    case .jax: "JAX"
    case .torch: "PyTorch"
    case .julia: "Julia"
    case .matlab: "MATLAB"
    case .c: "C"
    case .swift: "Swift"
    }
  }

  /// The extension of its files, without the dot.
  public var fileExtension: String {
    switch self {
    case .numpy, .jax, .torch: "py"
    case .julia: "jl"
    case .matlab: "m"
    case .c: "c"
    case .swift: "swift"
    }
  }
}
