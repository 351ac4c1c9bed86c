import Foundation

/// Archives with one member, not compressed.
enum ExtremeArchive {
  static func stored(_ name: String, _ data: Data) -> Data {
    var shared = zeros(8)
    for value in [checksum(data), UInt32(data.count), UInt32(data.count)] { shared += little(value, 4) }
    shared += little(UInt32(name.utf8.count), 2)
    shared += zeros(2)
    var local = Data([0x50, 0x4B, 3, 4, 20, 0])
    local += shared
    local += Data(name.utf8)
    local += data
    var central = Data([0x50, 0x4B, 1, 2, 20, 0, 20, 0])
    central += shared
    central += zeros(14)
    central += Data(name.utf8)
    var end = Data([0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0])
    end += little(UInt32(central.count), 4)
    end += little(UInt32(local.count), 4)
    end += zeros(2)
    return local + central + end
  }

  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  private static func little(_ value: UInt32, _ count: UInt32) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// CRC-32 as in ISO 3309.
  private static func checksum(_ data: Data) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in data {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }
}
