import Foundation

/// Archives as NumPy wrote them, and files in its array format.
enum EvaluationArchives {
  /// `savez(X=[[1, 2, 3], [4, 5, 6.5]], y=[1, 2], n=2)`, not compressed.
  static let stored = decoded(
    """
    UEsDBC0AAAAAAAAAIQC7Ez/o//////////8FABQAWC5ucHkBABAAsAAAAAAAAACwAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzog \
    JzxmOCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCAzKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAg \
    ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAA8D8AAAAAAAAAQAAAAAAAAAhAAAAAAAAAEEAAAAAAAAAUQAAA \
    AAAAABpAUEsDBC0AAAAAAAAAIQAM/Bzp//////////8FABQAeS5ucHkBABAAkAAAAAAAAACQAAAAAAAAAJNOVU1QWQEAdgB7J2Rl \
    c2NyJzogJzxpOCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAgICAgICAgICAgICAgICAg \
    ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAQAAAAAAAAACAAAAAAAAAFBLAwQtAAAAAAAAACEAR7YQJP// \
    ////////BQAUAG4ubnB5AQAQAIgAAAAAAAAAiAAAAAAAAACTTlVNUFkBAHYAeydkZXNjcic6ICc8aTgnLCAnZm9ydHJhbl9vcmRl \
    cic6IEZhbHNlLCAnc2hhcGUnOiAoKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg \
    ICAgICAgICAgICAgCgIAAAAAAAAAUEsBAi0DLQAAAAAAAAAhALsTP+iwAAAAsAAAAAUAAAAAAAAAAAAAAIABAAAAAFgubnB5UEsB \
    Ai0DLQAAAAAAAAAhAAz8HOmQAAAAkAAAAAUAAAAAAAAAAAAAAIAB5wAAAHkubnB5UEsBAi0DLQAAAAAAAAAhAEe2ECSIAAAAiAAA \
    AAUAAAAAAAAAAAAAAIABrgEAAG4ubnB5UEsFBgAAAAADAAMAmQAAAG0CAAAAAA==
    """)

  /// `savez_compressed(X=tile([[1, 2, 3], [4, 5, 6.5]], (200, 1)), y=arange(400) % 7, lam=0.5)`.
  static let deflated = decoded(
    """
    UEsDBC0AAAAIAAAAIQBGdvNs//////////8FABQAWC5ucHkBABAAACYAAAAAAACZAAAAAAAAAO3KoQoCQRRG4bGJyWAy3XYVJixo \
    EBHcZFMsBpMM7iwGcWVGLOJT+KI+gqszT2A+txzuz/fa7NbbfcfczUMrH49B56KLeqZWtG7CLbjLoQmV/+4rd46+3ePJXX37j6ZF \
    YWUytvKUP69nfvdeppoypZvbzx3kDks8Ho/H4/F4PB6Px+PxeDwej8fj8Xg8Ho/H4/F4PB6Pxyf/AVBLAwQtAAAACAAAACEA8qIm \
    e///////////BQAUAHkubnB5AQAQAAANAAAAAAAAdQAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBef \
    X5SSChJ3S8wpTgWKF2ckFqQC+RomBgY6mjoKtQpkAy4GKGCE0kxQmhlKs0BpVijNxoAKRvWN6hvVN6pvVN+ovlF9o/pG9Y3qG9U3 \
    qo9YfQBQSwMELQAAAAgAAAAhAHDukmn//////////wcAFABsYW0ubnB5AQAQAIgAAAAAAAAARwAAAAAAAACb7BfqGxDJyFDGUK2e \
    klqcXKRupaBuk2ahrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RqaOgq1ChQBLgYweGAPAFBLAQItAy0AAAAIAAAAIQBG \
    dvNsmQAAAAAmAAAFAAAAAAAAAAAAAACAAQAAAABYLm5weVBLAQItAy0AAAAIAAAAIQDyoiZ7dQAAAAANAAAFAAAAAAAAAAAAAACA \
    AdAAAAB5Lm5weVBLAQItAy0AAAAIAAAAIQBw7pJpRwAAAIgAAAAHAAAAAAAAAAAAAACAAXwBAABsYW0ubnB5UEsFBgAAAAADAAMA \
    mwAAAPwBAAAAAA==
    """)

  private static func decoded(_ text: String) -> Data {
    Data(base64Encoded: text, options: .ignoreUnknownCharacters) ?? Data()
  }

  /// An NPY file with this header and these bytes of numbers.
  static func npy(_ type: String, fortran: Bool = false, shape: String, _ bytes: [UInt8], version: UInt8 = 1)
    -> Data
  {
    let header = Array(
      "{'descr': '\(type)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }\n".utf8)
    var data = Data([0x93] + Array("NUMPY".utf8) + [version, 0])
    data += [UInt8(header.count & 0xFF), UInt8(header.count >> 8)]
    if version > 1 { data += [0, 0] }
    return data + header + bytes
  }

  /// Numbers as bytes, the lowest first or last.
  static func bytes<T: FixedWidthInteger>(_ values: [T], big: Bool = false) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: big ? value.bigEndian : value.littleEndian) { Array($0) } }
  }
}
