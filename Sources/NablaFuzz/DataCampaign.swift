import NablaData
import NablaNumerics

/// Mutated data files: JSON, CSV, NPY, NPZ and the streams inside archives must be read or rejected.
package struct DataCampaign: FuzzCampaign {
  package let name = "data"
  package let seed: UInt64
  private let corpus = DataCorpus.all.map(\.bytes)

  package init(seed: UInt64) {
    self.seed = seed
  }

  private func sample(_ number: Int) -> (format: DataCorpus.Format, bytes: [UInt8]) {
    var mutator = FuzzMutator(random: random(number))
    guard let base = DataCorpus.all.randomElement(using: &mutator.random) else { return (.json, []) }
    // Text is mixed with text, archives with the bytes of any other file.
    let others = DataCorpus.all.filter { $0.format == base.format }.map(\.bytes)
    return (base.format, mutator.spoiled(base.bytes, others: mutator.random.coin() ? others : corpus))
  }

  package func input(_ number: Int) -> String {
    let (format, bytes) = sample(number)
    return Self.shown(format, bytes)
  }

  private static func shown(_ format: DataCorpus.Format, _ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return "\(format): " + String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  package func tried(_ number: Int) -> FuzzDefect? {
    let (format, bytes) = sample(number)
    let clock = ContinuousClock()
    var problem: String?
    let time = clock.measure { problem = Self.read(format, bytes) }
    if problem == nil, time > FuzzPatience.limit { problem = "took \(time)" }
    guard let problem else { return nil }
    return FuzzDefect(
      kind: .work, seed: seed, number: number, message: problem, input: Self.shown(format, bytes))
  }

  /// Reads the bytes; returns the problem with the result, or nil.
  private static func read(_ format: DataCorpus.Format, _ bytes: [UInt8]) -> String? {
    let file = DataFile(name: "fuzz", bytes: bytes)
    var arrays: [DataArray] = []
    do throws(DataProblem) {
      switch format {
      case .json:
        let node = try DataJSON.parse(file)
        if case .object(let fields) = node.kind {
          for (name, value) in fields { arrays.append(try DataJSON.array(value, name, in: file)) }
        } else {
          arrays.append(try DataJSON.array(node, "x", in: file))
        }
      case .csv: arrays.append(try DataCSV.array(file))
      case .npy: arrays.append(try DataNPY.array(file))
      case .npz: arrays += try DataNPZ.arrays(file) { _ in true }.map(\.array)
      case .deflate: _ = Inflate.unpacked(bytes[...], size: 1 << 16)
      }
    } catch {
      // Also builds the message.
      return error.text.isEmpty ? "an empty message" : nil
    }
    let wrong = arrays.first { $0.matrix.storage.count != $0.matrix.rows * $0.matrix.columns }
    return wrong.map { "a matrix of \($0.matrix.rows) x \($0.matrix.columns) has \($0.matrix.storage.count)" }
  }
}
