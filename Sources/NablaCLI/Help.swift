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
      explain FILE --plan      \(Command.explain.summary)
      repl                     \(Command.repl.summary)
      serve [--port N]         \(Command.serve.summary)
      rules [list|show|check]  \(Command.rules.summary)
      fuzz [CAMPAIGN]          \(Command.fuzz.summary)
      bench numbers|symbols    \(Command.bench.summary)
      completions bash         \(Command.completions.summary)
      manual                   \(Command.manual.summary)

    `nabla COMMAND --help` shows its options and examples; `nabla help language`, `nabla help functions` and
    `nabla help NAME` (a function, a property, a question) explain what may be written.

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
      Names that are not declared are typed from how they are used; the answer says what was assumed. EXPR may be
      written as elsewhere (2x'A x, A\\b, A.T @ x, ||x||_2^2, tr A, J = ...), or be LaTeX; `∇_x f` and `d/dx f`
      ask by themselves.

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

      Verifies the `check` questions of formula files, and every other answer with numbers: a line each, and a count.
      Of a derivation `check E1 == E2 == E3` the first wrong step is named. What is refuted is shown with small values,
      the likeliest slip (a missing factor, a transpose, a sign) and the property that would make it true.

      Of a paper (.tex, .md) every formula that claims a derivative is checked: verified, refuted, or not understood.
      Lines `% nabla: X : matrix(n, d)` or `<!-- nabla: ... -->` and --declare say what names are.

      examples:
        nabla check Examples/seeds/*.nabla
        nabla check paper.tex --declare "S : matrix(n, n), symmetric"

      """
    case .eval:
      """
      usage: nabla eval FILE --data DATA...

      Computes every question's value on numbers. DATA is a JSON object (data.json), or X=X.csv, X=X.npy, all.npz;
      a dimension may be given by name as a number. Sizes are read off the data.

      examples:
        nabla eval Examples/ridge.nabla --data Examples/data/ridge.json
        nabla eval Examples/diabetes.nabla --data X=Examples/data/diabetes-X.csv --data y=Examples/data/diabetes-y.csv

      """
    case .minimize:
      """
      usage: nabla minimize FILE --data DATA... --wrt w[,b...] [--method gd|newton|lbfgs] [--objective J]

      Seeks the values of w, b... at which the file's last definition, or J, is least, by steps with the derived
      gradient (and, for newton, the derived Hessian). DATA is as for `nabla eval`; data under the names of the
      variables are the start, which is zero otherwise. Exit code 0 when it converged, 1 when not; the reason is told.

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

      Writes a document on its own: names, answers, steps, conditions and verdicts, with pictures of the expression and
      of a Hessian's structure. A page (html) needs nothing else and can be printed; an article (latex-document) is
      compiled by pdflatex; Markdown has its formulas between dollars. The format follows from the end of OUT (.html,
      .tex, .md) unless it is given.

      examples:
        nabla report Examples/ridge.nabla -o ridge.html
        nabla report Examples/logistic.nabla --wrt w --method newton -o logistic.html \\
          --data X=Examples/data/iris-pair-X.csv y=Examples/data/iris-pair-y.csv lambda=0.01
        nabla report Examples/logistic.nabla -o logistic.tex

      """
    case .repl:
      """
      usage: nabla repl

      Answers declarations, definitions, questions and expressions as they are typed. On a terminal lines are edited
      with the usual keys (arrows, home, end, ctrl-A/E/K/U/W/Y, ctrl-R to search the history), and Tab completes names.
      The history is kept in $XDG_STATE_HOME/nabla/history. `:help` lists the commands. In a pipe it reads lines and
      prints answers.

      examples:
        nabla repl
        printf 'x : vector(n)\\ngradient norm2(x)^2 wrt x\\n' | nabla repl

      """
    case .serve:
      """
      usage: nabla serve [--port N]

      Serves a page on this machine, at http://127.0.0.1:8000/ or at port N (0: any that is free), until ctrl-C. The page
      answers while one types, in the plain language or LaTeX. Nothing leaves the machine, and no other machine and no
      other site's page is answered.

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

      Tries random input and prints what goes wrong, cut down to a small case. Exit code 0 when nothing does, else 70.

        formulas      what is printed reads back, plainest forms are plainest and equal, answers are verified
        latex         what is printed as LaTeX reads back to the same formula
        tex           mutated LaTeX is read, in papers too, or refused with a message
        spellings     so are mutated spellings of other systems
        files         mutated formula files are read and answered, or refused with a message
        rules         so are mutated rule files
        data          so are mutated JSON, CSV, NPY and NPZ files

      examples:
        nabla fuzz formulas --count 200 --seed 7
        nabla fuzz files rules data --seconds 60

      """
    case .explain:
      """
      usage: nabla explain FILE --plan --size n=N[,d=D...] [--format text|json]

      Prints, for each question of a formula file, the program that computes its value and its answers together at the
      given sizes: the steps in their order, the operations and the bytes that each takes, and the memory in all. No
      data are needed.

      example:
        nabla explain Examples/logistic.nabla --plan --size n=1000,d=200

      """
    case .bench:
      """
      usage: nabla bench numbers [--only NAME,...] [--size small|medium|large] [--format text|json]
             nabla bench symbols [--only NAME,...] [--format text|json]

      Measures values with gradients, and Hessians, at three sizes on data from a seed: the median time of a call on
      one thread, operations a second, the share of what a product of matrices reaches here, and the error against
      differences. Exit code 70 where a result is wrong. Build with `swift build -c release` to measure.

      With symbols it measures the CPU time from text to verified answer, for everyday questions and for files that
      show how it grows.

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

      Prints the page of the manual.

      example:
        nabla manual > /usr/share/man/man1/nabla.1

      """
    }
  }
}
