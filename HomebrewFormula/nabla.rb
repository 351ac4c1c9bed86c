# Homebrew takes formulae from taps only; a checkout of Nabla is one: Documentation/Install.md has the commands.
class Nabla < Formula
  desc "Derives matrix calculus symbolically and verifies it"
  license "Apache-2.0"
  # The tap itself, a clone of the checkout; whoever publishes puts the address of a release here.
  head File.expand_path("..", __dir__), using: :git, branch: "main"

  depends_on xcode: ["16.3", :build] if OS.mac?
  depends_on "swift" => :build if OS.linux?

  def install
    options = OS.linux? ? ["--static-swift-stdlib"] : []
    system "swift", "build", "-c", "release", "--disable-sandbox", "--product", "nabla", *options
    bin.install ".build/release/nabla"
    generate_completions_from_executable(bin/"nabla", "completions")
    (man1/"nabla.1").write Utils.safe_popen_read(bin/"nabla", "manual")
  end

  test do
    assert_match "2*x", shell_output("#{bin}/nabla derive \"norm2(x)^2\" --wrt x --quiet")
  end
end
