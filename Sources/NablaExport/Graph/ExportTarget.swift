/// A language that formulas are exported to.
public enum ExportTarget: String, CaseIterable, Hashable, Sendable {
  /// Python with NumPy and SciPy.
  case numpy
  /// Python with JAX.
  case jax
  /// Python with PyTorch.
  case torch
  /// Julia.
  case julia
  /// MATLAB and Octave.
  case matlab
  /// C99.
  case c
  /// Swift without a package.
  case swift

  /// The name in prose.
  package var title: String {
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
  package var fileExtension: String {
    switch self {
    case .numpy, .jax, .torch: "py"
    case .julia: "jl"
    case .matlab: "m"
    case .c: "c"
    case .swift: "swift"
    }
  }
}
