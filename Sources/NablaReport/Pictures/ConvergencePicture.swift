import Nabla

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The norm of the gradient over the steps, on a logarithmic scale.
struct ConvergencePicture {
  let svg: String

  private static let (width, height, left, bottom) = (420.0, 200.0, 52.0, 34.0)
  /// Limit on the number of points drawn.
  private static let mostPoints = 400

  /// Nil if fewer than two steps have a nonzero gradient.
  init?(_ history: [MinimizationProgress]) {
    let points = Self.thinned(history).filter { $0.gradientNorm > 0 && $0.gradientNorm.isFinite }
      .map { (step: Double($0.iteration), decade: Self.decade($0.gradientNorm)) }
    guard points.count > 1, let last = points.last?.step, last > 0 else { return nil }
    let lowest = (points.map(\.decade).min() ?? 0).rounded(.down)
    let highest = max((points.map(\.decade).max() ?? 0).rounded(.up), lowest + 1)
    var picture = SVG(width: Self.left + Self.width + 16, height: Self.height + Self.bottom + 10)
    func x(_ step: Double) -> Double { Self.left + step / last * Self.width }
    func y(_ decade: Double) -> Double { 10 + (highest - decade) / (highest - lowest) * Self.height }
    let apart = ((highest - lowest) / 6).rounded(.up)
    for decade in stride(from: lowest, through: highest, by: apart) {
      picture.text(Self.left - 26, y(decade), "1e\(Int(decade))")
      picture.line(Self.left - 4, y(decade), Self.left, y(decade))
    }
    for step in [0, (last / 2).rounded(), last] {
      picture.text(x(step), Self.height + 24, "\(Int(step))")
      picture.line(x(step), Self.height + 10, x(step), Self.height + 14)
    }
    picture.frame(Self.left, 10, Self.width, Self.height)
    picture.curve(points.map { (x($0.step), y($0.decade)) })
    svg = picture.text(title: "the norm of the gradient by steps")
  }

  private static func decade(_ value: Double) -> Double {
    // Rounds, so that a power of ten is a decade despite the last digit of the logarithm.
    (log10(value) * 1e9).rounded() / 1e9
  }

  private static func thinned(_ history: [MinimizationProgress]) -> [MinimizationProgress] {
    guard history.count > mostPoints, let last = history.last else { return history }
    return (0..<mostPoints).map { history[$0 * history.count / mostPoints] } + [last]
  }
}
