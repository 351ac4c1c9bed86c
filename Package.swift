// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "Nabla",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Nabla", targets: ["Nabla"]),
    .executable(name: "nabla", targets: ["NablaCLI"]),
  ],
  targets: [
    // Threads: their stacks, and the time they have used.
    .target(name: "NablaStack"),
    // Sockets of the loopback interface.
    .target(name: "NablaSockets"),
    // The files of Page/ and the gallery's examples, embedded in the binary.
    .target(name: "NablaPageFiles"),
    // The texts of Rules/, embedded in the binary.
    .target(name: "NablaRules"),
    // Exact numbers, sizes, shapes and properties.
    .target(name: "NablaTypes"),
    // Text to typed syntax tree; knows shapes, no mathematics.
    .target(name: "NablaLanguage", dependencies: ["NablaRules", "NablaStack", "NablaTypes"]),
    // The loops under all numbers, once for each instruction set.
    .target(name: "NablaKernels", linkerSettings: [.linkedLibrary("m")]),
    // The kernels in Swift, for doubles and for floats.
    .target(name: "NablaArrays", dependencies: ["NablaKernels"]),
    // Dense matrices, factorizations, special functions, random instances, balls.
    .target(
      name: "NablaNumerics", dependencies: ["NablaArrays", "NablaTypes"],
      linkerSettings: [.linkedLibrary("m")]),
    // Formulas, rules, simplification, derivatives.
    .target(name: "NablaCore", dependencies: ["NablaLanguage", "NablaTypes"]),
    // Formulas as text, Unicode, LaTeX, MathML and index notation.
    .target(name: "NablaOutput", dependencies: ["NablaCore"]),
    // Formulas as programs over dense arrays.
    .target(name: "NablaCompile", dependencies: ["NablaCore", "NablaNumerics"]),
    // Formulas as source code in other languages.
    .target(name: "NablaExport", dependencies: ["NablaCompile", "NablaOutput"]),
    // Claims, compared with numbers, exactly, and in balls.
    .target(name: "NablaVerify", dependencies: ["NablaCompile", "NablaOutput"]),
    // Formula files, derivations, values, minimization, the library.
    .target(name: "Nabla", dependencies: ["NablaExport", "NablaVerify"]),
    // Arrays from JSON, CSV, NPY and NPZ.
    .target(name: "NablaData", dependencies: ["NablaLanguage", "NablaNumerics"]),
    // Answers as text, JSON, pages, articles and Markdown.
    .target(name: "NablaReport", dependencies: ["Nabla", "NablaPageFiles"]),
    // The page that `nabla serve` serves.
    .target(
      name: "NablaPage",
      dependencies: ["NablaData", "NablaReport", "NablaSockets", "NablaStack"]),
    // What `nabla repl` does with keys and lines.
    .target(name: "NablaPrompt", dependencies: ["NablaReport"]),
    // Campaigns of random formulas, texts and files.
    .target(name: "NablaFuzz", dependencies: ["Nabla", "NablaData"]),
    // The Swift libraries are linked in, which starts faster; unsafe flags are allowed, as no library depends on it.
    .executableTarget(
      name: "NablaCLI", dependencies: ["NablaFuzz", "NablaPage", "NablaPrompt", "NablaReport"],
      linkerSettings: [.unsafeFlags(["-static-stdlib"], .when(platforms: [.linux]))]),
    .testTarget(name: "NablaLanguageTests", dependencies: ["NablaLanguage"]),
    .testTarget(name: "NablaNumericsTests", dependencies: ["NablaArrays", "NablaNumerics", "TestSupport"]),
    // The part of long tables that a run covers.
    .target(name: "TestSupport", dependencies: ["NablaNumerics"], path: "Tests/TestSupport"),
    // Counts the allocations of a thread.
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .testTarget(
      name: "NablaTests",
      dependencies: [
        "AllocationCounter", "NablaFuzz", "NablaPage", "NablaPrompt", "NablaReport", "TestSupport",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
