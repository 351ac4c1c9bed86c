/// The texts of `--help`.
enum Help {
  static let overview = """
    nabla derives matrix calculus: gradients, Jacobians, Hessians and differentials, verified before they are shown.

    usage: nabla COMMAND ...

      derive EXPR --wrt x      \(Command.derive.summary)
      run FILE                 \(Command.run.summary)
      check FILE...            \(Command.check.summary)
      eval FILE --data DATA    \(Command.eval.summary)
      minimize FILE --wrt w    \(Command.minimize.summary)
      export FILE --to numpy   \(Command.export.summary)
      report FILE -o OUT       \(Command.report.summary)
      explain FILE             \(Command.explain.summary)
      repl                     \(Command.repl.summary)
      serve [--port N]         \(Command.serve.summary)
      rules [list|show|check]  \(Command.rules.summary)
      fuzz [CAMPAIGN]          \(Command.fuzz.summary)
      bench numbers|symbols    \(Command.bench.summary)
      completions bash         \(Command.completions.summary)
      manual                   \(Command.manual.summary)

    `nabla COMMAND --help` shows its options and examples; `nabla help language`, `nabla help functions` and
    `nabla help NAME` (a function, a property, a question) explain the language.

    """

  /// The output of `nabla COMMAND --help`.
  static func text(_ command: Command) -> String {
    let options = CommandOption.all(command)
    let lines = options.map { option in
      let usage = "  \(option.usage)"
      let isLong = usage.count > 34
      let room = String(repeating: " ", count: 36)
      let summary = wrapped(option.summary, 78)
      let head = isLong ? usage + "\n" + room : usage + String(repeating: " ", count: 36 - usage.count)
      return head + summary.joined(separator: "\n" + room)
    }
    return prose(command) + (options.isEmpty ? "" : "\noptions:\n" + lines.joined(separator: "\n") + "\n")
  }

  private static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      if lines[lines.count - 1].count + word.count >= width { lines.append("") }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
    }
    return lines
  }

  /// Usage and description of a command, with examples.
  static func prose(_ command: Command) -> String {
    switch command {
    case .derive:
      """
      usage: nabla derive EXPR --wrt x[,A...] [--declare 'X : matrix(n, d)']... [--mode MODE]

      Derives one expression. MODE is gradient (default), jacobian, hessian or differential.
      The types of undeclared names are inferred from their use; the answer states the assumptions. EXPR may use
      other common notations (2x'A x, A\\b, A.T @ x, ||x||_2^2, tr A, J = ...) or LaTeX; `∇_x f` and `d/dx f` need
      no --wrt.

      examples:
        nabla derive "x'*A*x" --wrt x
        nabla derive "norm2(X*w - y)^2" --wrt w --declare "X : matrix(n, d)" --format latex
        nabla derive "softmax(z)" --wrt z --declare "z : vector(n)" --mode jacobian
        nabla derive '\\frac12 \\mathbf{x}^\\top A \\mathbf{x}' --wrt x
        nabla derive "∇_x x'A x"
        nabla derive '\\nabla_W \\lVert XW - Y \\rVert_F^2'

      """
    case .run:
      """
      usage: nabla run FILE

      Answers every question of a formula file, in order; `-` is standard input.

      examples:
        nabla run Examples/ridge.nabla
        echo "gradient tr(A*W) wrt W" | nabla run -

      """
    case .check:
      """
      usage: nabla check FILE... [--declare 'X : matrix(n, d)']...

      Verifies the `check` questions of formula files, and all other answers. Prints a line for each, and a count.
      For a derivation `check E1 == E2 == E3` it names the first wrong step. A refuted claim is shown with a small
      counterexample, the likeliest slip (a missing factor, a transpose, a sign) and the property that would make the
      claim true.

      In a paper (.tex, .md) it checks every formula that claims a derivative: verified, refuted, or not understood.
      Lines `% nabla: X : matrix(n, d)` or `<!-- nabla: ... -->` and --declare declare names.

      examples:
        nabla check Examples/seeds/*.nabla
        nabla check paper.tex --declare "S : matrix(n, n), symmetric"

      """
    case .eval:
      """
      usage: nabla eval FILE --data DATA...

      Computes the numeric value of every question. DATA is a JSON object (data.json), or X=X.csv, X=X.npy, all.npz.
      Sizes are inferred from the data; a size may also be given, as in n=5.

      examples:
        nabla eval Examples/ridge.nabla --data Examples/data/ridge.json
        nabla eval Examples/diabetes.nabla --data X=Examples/data/diabetes-X.csv --data y=Examples/data/diabetes-y.csv

      """
    case .minimize:
      """
      usage: nabla minimize FILE --data DATA... --wrt w[,b...] [--method gd|newton|lbfgs] [--objective J]

      Minimizes the file's last definition, or J, over w, b... with the derived gradient (and, for newton, the derived
      Hessian). DATA is as for `nabla eval`; data for the variables are the start, which is zero otherwise. The exit
      code is 0 if the method converged, and 1 otherwise; the output gives the reason. With --precision float32 most
      steps are taken in 32-bit floats; the last ones, and the check of the gradient, are always in doubles.

      examples:
        nabla minimize Examples/logistic.nabla --wrt w --method newton \\
          --data X=Examples/data/iris-pair-X.csv y=Examples/data/iris-pair-y.csv lambda=0.01
        nabla minimize Examples/network.nabla --wrt W1,W2 --data Examples/data/network.json

      """
    case .export:
      """
      usage: nabla export FILE --to numpy|jax|torch|julia|matlab|c|swift [-o OUT]

      Writes one function that returns the values and all derivatives of a formula file, with shared parts computed
      once, in forms that keep their digits. The file says what it computes, checks shapes, and has a self-test
      against finite differences. See Documentation/Export.md.

      examples:
        nabla export Examples/ridge.nabla --to numpy -o ridge.py
        nabla export Examples/logistic.nabla --to c

      """
    case .report:
      """
      usage: nabla report FILE [-o OUT] [--format html|latex-document|markdown]

      Writes a document with names, answers, steps, conditions and verdicts, and pictures of the expression and of a
      Hessian's structure. An HTML page (html) is self-contained and printable; an article (latex-document) compiles
      with pdflatex; Markdown has formulas between dollar signs. By default the extension of OUT (.html, .tex, .md)
      determines the format.

      examples:
        nabla report Examples/ridge.nabla -o ridge.html
        nabla report Examples/logistic.nabla --wrt w --method newton -o logistic.html \\
          --data X=Examples/data/iris-pair-X.csv y=Examples/data/iris-pair-y.csv lambda=0.01
        nabla report Examples/logistic.nabla -o logistic.tex

      """
    case .repl:
      """
      usage: nabla repl

      Answers declarations, definitions, questions and expressions as they are typed. On a terminal the usual keys
      edit the line (arrows, home, end, ctrl-A/E/K/U/W/Y, ctrl-R to search the history), and Tab completes names. The
      history is stored in $XDG_STATE_HOME/nabla/history. `:help` lists the commands. In a pipe it reads lines and
      prints answers.

      examples:
        nabla repl
        printf 'x : vector(n)\\ngradient norm2(x)^2 wrt x\\n' | nabla repl

      """
    case .serve:
      """
      usage: nabla serve [--port N]

      Serves a page on this machine, at http://127.0.0.1:8000/ or at port N (0 chooses a free one), until ctrl-C. The
      page answers while the user types, in the language of formula files or LaTeX. Nothing leaves the machine, and
      requests from other machines and other sites are rejected.

      """
    case .rules:
      """
      usage: nabla rules [list | show NAME | check [FILE] | unused FILE...]

      Lists the rules, shows one, verifies them (only those of FILE, if it is given) on random instances, or lists those
      that no derivation of the questions in formula files uses.

      examples:
        nabla rules list
        nabla rules show inverse.differential
        nabla rules check
        nabla rules unused Examples/*.nabla

      """
    case .fuzz:
      """
      usage: nabla fuzz [CAMPAIGN...] [--seed N] [--count N] [--seconds S]

      Tries random input and prints each defect, shrunk to a small case. The exit code is 0 if there is none, and 70
      otherwise.

        formulas      printed forms read back, simplest forms are equal and cannot be simplified, answers are verified
        claims        derivatives altered in one place are never verified
        latex         printed LaTeX reads back to the same formula
        tex           mutated LaTeX, also in papers, is read or rejected with a message
        spellings     the same for mutated notations of other systems
        files         mutated formula files are read and answered, or rejected with a message
        rules         the same for mutated rule files
        data          the same for mutated JSON, CSV, NPY and NPZ files

      examples:
        nabla fuzz formulas --count 200 --seed 7
        nabla fuzz files rules data --seconds 60

      """
    case .explain:
      """
      usage: nabla explain FILE [--stage differential|adjoint|plain]
             nabla explain FILE --plan --size n=N[,d=D...]

      Prints the derivation of each answer, a line for each step with its rules, or one stage of it: the differential
      of the expression and its parts (differential), the derivative as the rules give it (adjoint), its simplest form
      (plain). With --plan it prints the program that computes the value and the answers at the given sizes: its steps,
      the operations and bytes of each, and the total memory. It needs no data.

      examples:
        nabla explain Examples/logistic.nabla --stage adjoint
        nabla explain Examples/logistic.nabla --plan --size n=1000,d=200

      """
    case .bench:
      """
      usage: nabla bench numbers [--only NAME,...] [--size small|medium|large] [--format text|json]
             nabla bench symbols [--only NAME,...] [--format text|json]

      `numbers` measures values with gradients, and Hessians, at three sizes on seeded data: the median time of a call
      on one thread, operations per second, their share of the rate of a matrix product, and the error against
      differences. The exit code is 70 if a result is wrong. Measure with `swift build -c release`.

      `symbols` measures the CPU time from text to verified answer, for everyday questions and for files that show how
      it grows.

      example:
        nabla bench numbers --only ols,logistic01 --size medium

      """
    case .completions:
      """
      usage: nabla completions bash|zsh|fish

      Prints completions for a shell.

      examples:
        nabla completions bash > /usr/share/bash-completion/completions/nabla
        nabla completions zsh > ~/.zsh/completions/_nabla
        nabla completions fish > ~/.config/fish/completions/nabla.fish

      """
    case .manual:
      """
      usage: nabla manual

      Prints the manual page.

      example:
        nabla manual > /usr/share/man/man1/nabla.1

      """
    }
  }
}
