import NablaKernels

/// A type of numbers that has kernels, which `NablaKernels.h` describes.
public protocol KernelNumber: BinaryFloatingPoint {
  static func gemm(
    _ m: Int, _ n: Int, _ k: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ ars: Int, _ acs: Int,
    _ b: UnsafePointer<Self>, _ brs: Int, _ bcs: Int, _ accumulate: Int32, _ c: UnsafeMutablePointer<Self>,
    _ ldc: Int, _ part: nabla_part)
  static func gram(
    _ n: Int, _ k: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ ars: Int, _ acs: Int,
    _ b: UnsafePointer<Self>,
    _ brs: Int, _ bcs: Int, _ weights: UnsafePointer<Self>?, _ c: UnsafeMutablePointer<Self>, _ ldc: Int)
  static func mirror(_ n: Int, _ c: UnsafeMutablePointer<Self>, _ ldc: Int)
  static func gemv(
    _ m: Int, _ n: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ lda: Int, _ x: UnsafePointer<Self>,
    _ accumulate: Int32, _ y: UnsafeMutablePointer<Self>)
  static func gemvt(
    _ m: Int, _ n: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ lda: Int, _ x: UnsafePointer<Self>,
    _ accumulate: Int32, _ y: UnsafeMutablePointer<Self>)
  static func gemvBoth(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Self>, _ lda: Int, _ x: UnsafePointer<Self>,
    _ y: UnsafeMutablePointer<Self>, _ u: UnsafePointer<Self>, _ z: UnsafeMutablePointer<Self>)
  static func dot(_ n: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>) -> Self
  static func sum(_ n: Int, _ x: UnsafePointer<Self>) -> Self
  static func axpy(_ n: Int, _ alpha: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  static func scale(_ n: Int, _ alpha: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  static func offset(_ n: Int, _ value: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  static func add(
    _ n: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, _ z: UnsafeMutablePointer<Self>)
  static func multiply(
    _ n: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, _ z: UnsafeMutablePointer<Self>)
  static func fused(
    _ first: Int, _ n: Int, _ steps: UnsafePointer<nabla_step>, _ count: Int,
    _ slots: UnsafePointer<nabla_slot>, _ slotCount: Int, _ sums: UnsafeMutablePointer<Self>?)
  static func transpose(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Self>, _ lda: Int, _ b: UnsafeMutablePointer<Self>, _ ldb: Int)
  static func softmax(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Self>, _ ldx: Int, _ y: UnsafeMutablePointer<Self>, _ ldy: Int)
  static func logSoftmax(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Self>, _ ldx: Int, _ y: UnsafeMutablePointer<Self>, _ ldy: Int)
  static func logSumExp(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Self>, _ ldx: Int, _ y: UnsafeMutablePointer<Self>)
}

extension Double: KernelNumber {
  @inlinable
  public static func gemm(
    _ m: Int, _ n: Int, _ k: Int, _ alpha: Double, _ a: UnsafePointer<Double>, _ ars: Int, _ acs: Int,
    _ b: UnsafePointer<Double>, _ brs: Int, _ bcs: Int, _ accumulate: Int32,
    _ c: UnsafeMutablePointer<Double>, _ ldc: Int, _ part: nabla_part
  ) {
    nabla_gemm(nabla_kernels_active(), m, n, k, alpha, a, ars, acs, b, brs, bcs, accumulate, c, ldc, part)
  }

  @inlinable
  public static func gram(
    _ n: Int, _ k: Int, _ alpha: Double, _ a: UnsafePointer<Double>, _ ars: Int, _ acs: Int,
    _ b: UnsafePointer<Double>,
    _ brs: Int, _ bcs: Int, _ weights: UnsafePointer<Double>?, _ c: UnsafeMutablePointer<Double>, _ ldc: Int
  ) {
    nabla_gram(nabla_kernels_active(), n, k, alpha, a, ars, acs, b, brs, bcs, weights, c, ldc)
  }

  @inlinable
  public static func mirror(_ n: Int, _ c: UnsafeMutablePointer<Double>, _ ldc: Int) {
    nabla_mirror(nabla_kernels_active(), n, c, ldc)
  }

  @inlinable
  public static func gemv(
    _ m: Int, _ n: Int, _ alpha: Double, _ a: UnsafePointer<Double>, _ lda: Int, _ x: UnsafePointer<Double>,
    _ accumulate: Int32, _ y: UnsafeMutablePointer<Double>
  ) {
    nabla_gemv(nabla_kernels_active(), m, n, alpha, a, lda, x, accumulate, y)
  }

  @inlinable
  public static func gemvt(
    _ m: Int, _ n: Int, _ alpha: Double, _ a: UnsafePointer<Double>, _ lda: Int, _ x: UnsafePointer<Double>,
    _ accumulate: Int32, _ y: UnsafeMutablePointer<Double>
  ) {
    nabla_gemvt(nabla_kernels_active(), m, n, alpha, a, lda, x, accumulate, y)
  }

  @inlinable
  public static func gemvBoth(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, _ lda: Int, _ x: UnsafePointer<Double>,
    _ y: UnsafeMutablePointer<Double>, _ u: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Double>
  ) {
    nabla_gemv_both(nabla_kernels_active(), m, n, a, lda, x, y, u, z)
  }

  @inlinable
  public static func dot(_ n: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>) -> Double {
    nabla_dot(nabla_kernels_active(), n, x, y)
  }

  @inlinable
  public static func sum(_ n: Int, _ x: UnsafePointer<Double>) -> Double {
    nabla_sum(nabla_kernels_active(), n, x)
  }

  @inlinable
  public static func axpy(
    _ n: Int, _ alpha: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) {
    nabla_axpy(nabla_kernels_active(), n, alpha, x, y)
  }

  @inlinable
  public static func scale(
    _ n: Int, _ alpha: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) {
    nabla_scale(nabla_kernels_active(), n, alpha, x, y)
  }

  @inlinable
  public static func offset(
    _ n: Int, _ value: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) {
    nabla_offset(nabla_kernels_active(), n, value, x, y)
  }

  @inlinable
  public static func add(
    _ n: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Double>
  ) {
    nabla_add(nabla_kernels_active(), n, x, y, z)
  }

  @inlinable
  public static func multiply(
    _ n: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Double>
  ) {
    nabla_multiply(nabla_kernels_active(), n, x, y, z)
  }

  @inlinable
  public static func fused(
    _ first: Int, _ n: Int, _ steps: UnsafePointer<nabla_step>, _ count: Int,
    _ slots: UnsafePointer<nabla_slot>, _ slotCount: Int, _ sums: UnsafeMutablePointer<Double>?
  ) {
    nabla_fused(nabla_kernels_active(), first, n, steps, count, slots, slotCount, sums)
  }

  @inlinable
  public static func transpose(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, _ lda: Int, _ b: UnsafeMutablePointer<Double>, _ ldb: Int
  ) {
    nabla_transpose(nabla_kernels_active(), m, n, a, lda, b, ldb)
  }

  @inlinable
  public static func softmax(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Double>, _ ldx: Int, _ y: UnsafeMutablePointer<Double>, _ ldy: Int
  ) {
    nabla_softmax(nabla_kernels_active(), m, n, x, ldx, y, ldy)
  }

  @inlinable
  public static func logSoftmax(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Double>, _ ldx: Int, _ y: UnsafeMutablePointer<Double>, _ ldy: Int
  ) {
    nabla_logsoftmax(nabla_kernels_active(), m, n, x, ldx, y, ldy)
  }

  @inlinable
  public static func logSumExp(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Double>, _ ldx: Int, _ y: UnsafeMutablePointer<Double>
  ) {
    nabla_logsumexp(nabla_kernels_active(), m, n, x, ldx, y)
  }
}

extension Float: KernelNumber {
  @inlinable
  public static func gemm(
    _ m: Int, _ n: Int, _ k: Int, _ alpha: Float, _ a: UnsafePointer<Float>, _ ars: Int, _ acs: Int,
    _ b: UnsafePointer<Float>, _ brs: Int, _ bcs: Int, _ accumulate: Int32, _ c: UnsafeMutablePointer<Float>,
    _ ldc: Int, _ part: nabla_part
  ) {
    nabla_single_gemm(
      nabla_single_kernels_active(), m, n, k, alpha, a, ars, acs, b, brs, bcs, accumulate, c, ldc, part)
  }

  @inlinable
  public static func gram(
    _ n: Int, _ k: Int, _ alpha: Float, _ a: UnsafePointer<Float>, _ ars: Int, _ acs: Int,
    _ b: UnsafePointer<Float>,
    _ brs: Int, _ bcs: Int, _ weights: UnsafePointer<Float>?, _ c: UnsafeMutablePointer<Float>, _ ldc: Int
  ) {
    nabla_single_gram(nabla_single_kernels_active(), n, k, alpha, a, ars, acs, b, brs, bcs, weights, c, ldc)
  }

  @inlinable
  public static func mirror(_ n: Int, _ c: UnsafeMutablePointer<Float>, _ ldc: Int) {
    nabla_single_mirror(nabla_single_kernels_active(), n, c, ldc)
  }

  @inlinable
  public static func gemv(
    _ m: Int, _ n: Int, _ alpha: Float, _ a: UnsafePointer<Float>, _ lda: Int, _ x: UnsafePointer<Float>,
    _ accumulate: Int32, _ y: UnsafeMutablePointer<Float>
  ) {
    nabla_single_gemv(nabla_single_kernels_active(), m, n, alpha, a, lda, x, accumulate, y)
  }

  @inlinable
  public static func gemvt(
    _ m: Int, _ n: Int, _ alpha: Float, _ a: UnsafePointer<Float>, _ lda: Int, _ x: UnsafePointer<Float>,
    _ accumulate: Int32, _ y: UnsafeMutablePointer<Float>
  ) {
    nabla_single_gemvt(nabla_single_kernels_active(), m, n, alpha, a, lda, x, accumulate, y)
  }

  @inlinable
  public static func gemvBoth(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Float>, _ lda: Int, _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>, _ u: UnsafePointer<Float>, _ z: UnsafeMutablePointer<Float>
  ) {
    nabla_single_gemv_both(nabla_single_kernels_active(), m, n, a, lda, x, y, u, z)
  }

  @inlinable
  public static func dot(_ n: Int, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>) -> Float {
    nabla_single_dot(nabla_single_kernels_active(), n, x, y)
  }

  @inlinable
  public static func sum(_ n: Int, _ x: UnsafePointer<Float>) -> Float {
    nabla_single_sum(nabla_single_kernels_active(), n, x)
  }

  @inlinable
  public static func axpy(
    _ n: Int, _ alpha: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
  ) {
    nabla_single_axpy(nabla_single_kernels_active(), n, alpha, x, y)
  }

  @inlinable
  public static func scale(
    _ n: Int, _ alpha: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
  ) {
    nabla_single_scale(nabla_single_kernels_active(), n, alpha, x, y)
  }

  @inlinable
  public static func offset(
    _ n: Int, _ value: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
  ) {
    nabla_single_offset(nabla_single_kernels_active(), n, value, x, y)
  }

  @inlinable
  public static func add(
    _ n: Int, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ z: UnsafeMutablePointer<Float>
  ) {
    nabla_single_add(nabla_single_kernels_active(), n, x, y, z)
  }

  @inlinable
  public static func multiply(
    _ n: Int, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ z: UnsafeMutablePointer<Float>
  ) {
    nabla_single_multiply(nabla_single_kernels_active(), n, x, y, z)
  }

  @inlinable
  public static func fused(
    _ first: Int, _ n: Int, _ steps: UnsafePointer<nabla_step>, _ count: Int,
    _ slots: UnsafePointer<nabla_slot>, _ slotCount: Int, _ sums: UnsafeMutablePointer<Float>?
  ) {
    nabla_single_fused(nabla_single_kernels_active(), first, n, steps, count, slots, slotCount, sums)
  }

  @inlinable
  public static func transpose(
    _ m: Int, _ n: Int, _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafeMutablePointer<Float>, _ ldb: Int
  ) {
    nabla_single_transpose(nabla_single_kernels_active(), m, n, a, lda, b, ldb)
  }

  @inlinable
  public static func softmax(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Float>, _ ldx: Int, _ y: UnsafeMutablePointer<Float>, _ ldy: Int
  ) {
    nabla_single_softmax(nabla_single_kernels_active(), m, n, x, ldx, y, ldy)
  }

  @inlinable
  public static func logSoftmax(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Float>, _ ldx: Int, _ y: UnsafeMutablePointer<Float>, _ ldy: Int
  ) {
    nabla_single_logsoftmax(nabla_single_kernels_active(), m, n, x, ldx, y, ldy)
  }

  @inlinable
  public static func logSumExp(
    _ m: Int, _ n: Int, _ x: UnsafePointer<Float>, _ ldx: Int, _ y: UnsafeMutablePointer<Float>
  ) {
    nabla_single_logsumexp(nabla_single_kernels_active(), m, n, x, ldx, y)
  }
}
