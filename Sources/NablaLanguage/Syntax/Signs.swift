extension Letters {
  /// The operator denoted by a sign outside ASCII.
  static func sign(_ value: UInt32) -> Token.Kind? {
    switch value {
    case 0xD7, 0x2217: .star
    case 0xB7, 0x22C5: .centeredDot
    case 0x27E8: .leftAngle
    case 0x27E9: .rightAngle
    case 0xF7, 0x2215: .slash
    case 0x2299, 0x2218: .dotStar
    case 0x2298: .dotSlash
    case 0x2297: .otimes
    case 0x2212: .minus
    case 0x2264: .lessOrEqual
    case 0x2265: .greaterOrEqual
    case 0x2016, 0x2225: .bar
    case 0x22A4: .transposeMark
    case 0x2032, 0x2019: .prime
    case 0x2192: .arrow
    default: nil
    }
  }
}
