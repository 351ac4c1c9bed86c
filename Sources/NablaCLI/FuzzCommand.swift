import NablaFuzz
import Synchronization

/// `nabla fuzz [formulas|claims|latex|tex|spellings|files|rules|data]`.
struct FuzzCommand {
  private let campaigns: [any FuzzCampaign]
  private let first: Int
  private let count: Int
  /// Nil if only the number of cases limits the work.
  private let seconds: Int?
  private let isVerbose: Bool
  private let showsInput: Bool

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(words, for: .fuzz)
    let seed = UInt64(try Self.number("--seed", arguments) ?? 1)
    let all: [any FuzzCampaign] = [
      FormulaCampaign(seed: seed), ClaimCampaign(seed: seed), LaTeXCampaign(seed: seed),
      TeXCampaign(seed: seed), SpellingCampaign(seed: seed), FileCampaign(seed: seed),
      RuleCampaign(seed: seed), DataCampaign(seed: seed),
    ]
    let names = arguments.operands
    for name in names where !all.contains(where: { $0.name == name }) {
      throw UsageError(
        message: "fuzz takes \(all.map(\.name).joined(separator: ", ")), not '\(name)'")
    }
    campaigns = names.isEmpty ? all : all.filter { names.contains($0.name) }
    first = try Self.number("--start", arguments) ?? 0
    seconds = try Self.number("--seconds", arguments).map { min($0, 1 << 30) }
    count = try Self.number("--count", arguments) ?? (seconds == nil ? 1_000 : .max / 2)
    isVerbose = arguments.has("--verbose")
    showsInput = arguments.has("--show")
  }

  private static func number(_ name: String, _ arguments: Arguments) throws(UsageError) -> Int? {
    guard let text = try arguments.one(name) else { return nil }
    guard let value = Int(text), value >= 0 else {
      throw UsageError(message: "\(name) takes an integer of at least 0, not '\(text)'")
    }
    return value
  }

  func execute() -> ExitCode {
    var defects = 0
    System.tellCaseWhenDying()
    for campaign in campaigns { defects += run(campaign) }
    return defects == 0 ? .answered : .defect
  }

  /// Memory limit of one case, in bytes.
  private static let mostMemory = 1 << 29

  /// Cases that take more CPU seconds are reported with `--verbose`.
  private static let slow = 1.0

  /// Seconds after which a case counts as hanging; this includes shrinking.
  private static let patience: UInt32 = 120

  private func run(_ campaign: any FuzzCampaign) -> Int {
    let clock = ContinuousClock()
    let start = clock.now
    let limit = seconds.map { Duration.milliseconds($0 * 1000 / campaigns.count) }
    var (tried, defects) = (0, 0)
    var slowest = (time: 0.0, number: first)
    var memory = System.peakMemory
    var bar = ProgressBar(total: count)
    while tried < count, limit.map({ clock.now - start < $0 }) ?? true {
      let number = first &+ tried
      if isVerbose, tried.isMultiple(of: 1000) { Terminal.error("\(campaign.name): case \(number)\n") }
      if seconds == nil, !showsInput { bar.show(tried, campaign.name) }
      if showsInput { Terminal.print("# \(campaign.name), case \(number)\n\(campaign.input(number))\n") }
      System.currentCase.store(number, ordering: .relaxed)
      System.ringAfter(seconds: Self.patience)
      let began = System.threadSeconds
      var defect = campaign.tried(number)
      let time = System.threadSeconds - began
      if time > slowest.time { slowest = (time, number) }
      if isVerbose, time > Self.slow {
        Terminal.error("\(campaign.name): case \(number) took \(Self.text(.seconds(time))) s\n")
      }
      let peak = System.peakMemory
      if peak - memory > Self.mostMemory {
        defect = FuzzDefect(
          kind: .work, seed: campaign.seed, number: number, message: "took \((peak - memory) >> 20) MB",
          input: campaign.input(number))
      }
      memory = peak
      tried += 1
      if let defect {
        defects += 1
        bar.clear()
        Terminal.print(
          "# \(defect.kind.rawValue): \(defect.message)\n# \(campaign.name), seed \(defect.seed), case \(defect.number)\n\(defect.input)\n"
        )
      }
    }
    bar.clear()
    let seconds = Self.text(clock.now - start)
    Terminal.print(
      "\(campaign.name): \(tried) tried, \(defects) defects, seed \(campaign.seed), \(seconds) s, slowest case \(slowest.number) in \(Self.text(.seconds(slowest.time))) s, memory \(memory >> 20) MB\n"
    )
    return defects
  }

  private static func text(_ duration: Duration) -> String {
    let hundredths =
      duration.components.seconds * 100 + duration.components.attoseconds / 10_000_000_000_000_000
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
