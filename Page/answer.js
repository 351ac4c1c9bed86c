// An answer as the page shows it.

import { element, formula, picture } from "./elements.js"
import { code, known, unfolded } from "./state.js"

const languages = { numpy: "NumPy", jax: "JAX", torch: "PyTorch", julia: "Julia", matlab: "MATLAB", c: "C", swift: "Swift" }

/// An answer; calls `onUnfold` when another part is to be shown.
export function answerCard(answer, onUnfold) {
  const names = [
    ["Text", answer.text], ["LaTeX", answer.latex], ["Unicode", answer.unicode], ["MathML", answer.mathml],
  ]
  return element("article", { class: "answer" },
    element("h2", {}, heading(answer)),
    element("p", { class: "asked" }, element("code", {}, answer.question)),
    answer.mode === "check" ? null : formula(answer.mathml, answer.text),
    definitions(answer.definitions),
    facts(answer),
    element("p", { class: `verdict ${answer.check.status}` }, evidence(answer)),
    values(answer.check.counterexample),
    hints(answer.check),
    answer.mode === "check" ? null : element("div", { class: "buttons" },
      element("span", { class: "hint" }, "Copy as"),
      ...names.map(([name, text]) => copyButton(name, () => text)),
      ...known.targets.map((target) => copyButton(languages[target] ?? target, () => code(target)))),
    answer.mode === "check" ? null : fold("Steps", steps(answer.steps), onUnfold),
    answer.index ? fold("Index notation", formula(answer.index.mathml, answer.index.text, "small"), onUnfold) : null,
    answer.structure ? fold("Structure", picture(answer.structure), onUnfold) : null)
}

function heading({ mode, wrt }) {
  const names = { jacobian: "Jacobian", hessian: "Hessian", check: "Claim", simplify: "Simplified" }
  if (mode === "stationary") return `${wrt} where the gradient is zero`
  const name = names[mode] ?? mode[0].toUpperCase() + mode.slice(1)
  return wrt ? `${name} with respect to ${wrt}` : name
}

function definitions(equations) {
  if (!equations.length) return null
  return element("div", { class: "let" }, ...equations.map((equation) => formula(equation, "definition")))
}

function facts({ conditions, notes, operations }) {
  const lines = [
    ...conditions.map((condition) => element("li", {}, "holds where ", element("code", {}, condition))),
    ...notes.map((note) => element("li", {}, note)),
    ...(operations ? [element("li", {}, "about ", element("code", {}, operations), " operations")] : []),
  ]
  return lines.length ? element("ul", { class: "facts" }, ...lines) : null
}

/// The first line of the verdict; values and hints are shown separately.
function evidence(answer) {
  const sign = { verified: "✓ ", refuted: "✗ ", skipped: "" }[answer.check.status] ?? ""
  return sign + answer.verdict.split("\n")[0].replace("REFUTED", "refuted")
}

function values(example) {
  if (!example) return null
  const names = { left: "left side", right: "right side" }
  return element("table", { class: "values" }, ...Object.entries(example).map(([name, value]) =>
    element("tr", {}, element("th", { scope: "row" }, names[name] ?? name),
      element("td", {}, element("code", {}, JSON.stringify(value).replaceAll(",", ", "))))))
}

function hints(check) {
  const lines = [
    ...(check.derived ?? []).map((derived) => `the ${derived.mode} is ${derived.text}`),
    ...(check.hint ? [`hint: ${check.hint}`] : []),
  ]
  return lines.length ? element("ul", { class: "facts" }, ...lines.map((line) => element("li", {}, line))) : null
}

function steps(list) {
  if (!list) return element("p", { class: "hint" }, "…")
  if (!list.length) return element("p", { class: "hint" }, "nothing had to be done")
  return element("ol", { class: "steps" }, ...list.map((step) =>
    element("li", {}, formula(step.mathml, step.text, "small"), element("div", { class: "rule", title: step.rule }, step.reason))))
}

function fold(title, content, onUnfold) {
  return element("details", {
    open: unfolded.has(title),
    ontoggle: (event) => {
      if (event.target.open === unfolded.has(title)) return
      if (event.target.open) unfolded.add(title)
      else unfolded.delete(title)
      onUnfold(title)
    },
  }, element("summary", {}, title), content)
}

function copyButton(name, text) {
  return element("button", { type: "button", onclick: (event) => copy(event.target, name, text) }, name)
}

/// Copies a text and confirms it on the button.
export async function copy(button, name, text) {
  try {
    await navigator.clipboard.writeText(await text())
    button.textContent = "copied"
  } catch (problem) {
    button.textContent = problem.message || "not copied"
  }
  setTimeout(() => { button.textContent = name }, 1500)
}
