// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "Nabla",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Nabla", targets: ["Nabla"]),
    .executable(name: "nabla", targets: ["NablaCLI"]),
  ],
  targets: [
    // How much of its stack a thread has left, and the time it has used.
    .target(name: "NablaStack"),
    // Text to typed syntax tree; knows shapes, no mathematics.
    .target(name: "NablaLanguage", dependencies: ["NablaStack"]),
    // The loops under all numbers, once for each instruction set.
    .target(name: "NablaKernels", linkerSettings: [.linkedLibrary("m")]),
    // Dense matrices, factorizations, special functions, random instances.
    .target(name: "NablaNumerics", dependencies: ["NablaKernels"], linkerSettings: [.linkedLibrary("m")]),
    // The texts of Rules/, embedded in the binary.
    .target(name: "NablaRules"),
    // Formulas, rules, derivation, printing, compilation, verification.
    .target(name: "Nabla", dependencies: ["NablaKernels", "NablaLanguage", "NablaNumerics", "NablaRules", "NablaStack"]),
    .executableTarget(name: "NablaCLI", dependencies: ["Nabla"]),
    .testTarget(name: "NablaLanguageTests", dependencies: ["NablaLanguage"]),
    .testTarget(name: "NablaNumericsTests", dependencies: ["NablaKernels", "NablaNumerics"]),
    .testTarget(name: "NablaTests", dependencies: ["Nabla"]),
  ],
  swiftLanguageModes: [.v6]
)
