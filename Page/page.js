// The page of Nabla: asks while the user types and shows the answers.

import { answerCard, copy } from "./answer.js"
import { $, choice, element, withCode } from "./elements.js"
import { recall, remember, store, stored } from "./keep.js"
import { addressOf, known, post, question, readAddress, unfolded } from "./state.js"
import { edit } from "./variable.js"

/// Asks the question in a link, with the same parts unfolded.
function follow(hash) {
  for (const title of new URLSearchParams(hash.slice(1)).getAll("u")) unfolded.add(title)
  take(readAddress(hash))
}

function take(asked) {
  Object.assign(question, asked)
  $("expression").value = question.expression
  showModes()
  fit()
  ask()
}

// MARK: Asking

let waiting = 0
let current = null
let rememberSoon = 0

function askSoon() {
  clearTimeout(waiting)
  waiting = setTimeout(ask, 120)
}

async function ask() {
  clearTimeout(waiting)
  current?.abort()
  const mine = current = new AbortController()
  history.replaceState(null, "", question.expression ? addressOf() : location.pathname)
  if (!question.expression.trim()) return show({ errors: [], variables: [], answers: [], wrt: [] })
  try {
    const response = await post("/api/answer", mine.signal)
    const result = await response.json()
    if (mine !== current) return
    show(response.ok ? result : { errors: [result], variables: [], answers: [], wrt: [] })
    clearTimeout(rememberSoon)
    rememberSoon = setTimeout(() => {
      if (!result.answers?.length) return
      remember()
      showHistory()
    }, 1500)
  } catch (problem) {
    if (mine !== current) return
    show({ errors: [{ error: { message: "Nabla does not answer: is `nabla serve` still running?" } }],
      variables: [], answers: [], wrt: [] })
  }
}

// MARK: Showing

function show(result) {
  showErrors(result.errors)
  // If the text has an error, the chips are kept.
  if (result.variables.length || !question.expression.trim()) {
    showWrt(result)
    showVariables(result.variables)
  }
  for (const { place } of result.errors) {
    const [, index] = place?.field.match(/^declaration (\d+)$/) ?? []
    if (index) showFaultyDeclaration(Object.keys(question.declarations)[index])
  }
  for (const input of $("modes").querySelectorAll("input")) {
    input.checked = input.value === (result.mode ?? question.mode)
    // A text that is a complete question leaves no choice.
    input.disabled = result.isWhole === true
  }
  // While the user types, the last answer stays visible, dimmed, until the next one.
  const isUnfinished = result.errors.some(({ place }) => place?.field === "expression")
  $("answers").classList.toggle("stale", isUnfinished && !result.answers.length)
  if (isUnfinished && !result.answers.length) return
  const reachable = () => [...$("answers").querySelectorAll("summary, button")]
  const focused = reachable().indexOf(document.activeElement)
  $("answers").replaceChildren(...result.answers.map((answer) => answerCard(answer, unfold)))
  reachable()[focused]?.focus()
}

/// Steps are derived only when they are shown.
function unfold(title) {
  if (title === "Steps" && unfolded.has(title)) ask()
  else history.replaceState(null, "", addressOf())
}

function showErrors(all) {
  // A wrong declaration also makes the expression wrong; the first error is enough.
  const declarations = all.filter((error) => error.place?.field.startsWith("declaration"))
  const errors = declarations.length ? declarations : all
  $("errors").replaceChildren(...errors.flatMap(({ error }) => [
    element("div", { class: "error" }, ...withCode(error.message)),
    error.hint ? element("div", { class: "hint" }, ...withCode(`hint: ${error.hint}`)) : "",
  ]))
  const place = errors.find((error) => error.place?.field === "expression")?.place
  const text = question.expression
  if (!place) return $("marks").replaceChildren()
  // A location at the end is shown after the last letter.
  const end = Math.max(place.end, place.start + 1)
  $("marks").replaceChildren(
    text.slice(0, place.start), element("mark", {}, text.slice(place.start, end) || " "), text.slice(end))
}

function showModes() {
  $("modes").replaceChildren(...known.modes.map((mode) =>
    choice("radio", "mode", mode, mode === question.mode, () => { question.mode = mode; ask() })))
}

function showWrt(result) {
  const takesVariables = !["simplify", "check"].includes(result.mode) && !result.isWhole
  const values = takesVariables ? result.variables.filter((variable) => !variable.isFunction) : []
  const names = values.map(({ name }) => name)
  const inputs = () => [...$("wrt").querySelectorAll("input")]
  put($("wrt"), names, () => names.map((name) => choice("checkbox", "wrt", name, false, () => {
    question.wrt = inputs().filter((input) => input.checked).map((input) => input.value)
    ask()
  })))
  inputs().forEach((input, index) => { input.checked = values[index].isWrt })
}

function showVariables(variables) {
  const isDeclared = ({ name }) => name in question.declarations
  put($("variables"), [variables, variables.map(isDeclared)], () => variables.map((variable) => {
    const type = [variable.type, ...variable.properties].join(", ")
    return element("button", {
      type: "button", class: `chip ${isDeclared(variable) ? "declared" : ""}`,
      title: "Change what it is", onclick: () => edit(variable, ask),
    }, `${variable.name} : ${type}`)
  }))
}

const shown = new Map()

/// Replaces the children of an element if what they show has changed. A control that stays keeps the focus, and a key
/// that is pressed while an answer arrives is not lost.
function put(parent, content, children) {
  const key = JSON.stringify(content)
  if (shown.get(parent) === key) return
  shown.set(parent, key)
  const controls = () => [...parent.querySelectorAll("input, button")]
  const label = (control) => control.value || control.textContent
  const focused = controls().find((control) => control === document.activeElement)
  parent.replaceChildren(...children())
  if (focused) controls().find((control) => label(control) === label(focused))?.focus()
}

/// A wrong declaration can be corrected.
function showFaultyDeclaration(name) {
  const [type, ...properties] = question.declarations[name].split(/,\s*(?![^(]*\))/)
  const label = `${name} : ${question.declarations[name]}`
  const chips = [...$("variables").children]
  shown.delete($("variables"))
  chips.find((chip) => chip.textContent.startsWith(`${name} :`))?.remove()
  $("variables").append(element("button", {
    type: "button", class: "chip faulty", onclick: () => edit({ name, type, properties }, ask),
  }, label))
}

function showHistory() {
  fill($("history"), "History", recall().map((entry) => `${entry.mode} ${entry.expression}`))
}

function fill(select, title, labels) {
  select.replaceChildren(element("option", { value: "" }, title),
    ...labels.map((label, index) => element("option", { value: index }, label.replaceAll("\n", "; ").slice(0, 80))))
  select.disabled = labels.length === 0
}

// MARK: Start

function fit() {
  const box = $("expression")
  box.style.height = "auto"
  box.style.height = `${box.scrollHeight + 2}px`
}

function switchTheme() {
  const isDark = getComputedStyle(document.documentElement).colorScheme === "dark"
    || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches)
  setTheme(isDark ? "light" : "dark")
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme
  store("theme", theme)
}

$("expression").addEventListener("input", (event) => {
  question.expression = event.target.value
  $("marks").replaceChildren()
  fit()
  askSoon()
})
$("examples").addEventListener("change", (event) => {
  const example = known.examples[event.target.value]
  event.target.value = ""
  if (!example) return
  const declarations = {}
  for (const line of example.declarations) {
    const [names, type] = line.split(/\s*:\s*/)
    for (const name of names.split(/\s*,\s*/)) declarations[name] = type
  }
  take({ expression: example.expression, mode: example.mode, wrt: example.wrt, declarations })
})
$("history").addEventListener("change", (event) => {
  const entry = recall()[event.target.value]
  event.target.value = ""
  if (entry) take({ wrt: [], declarations: {}, mode: "gradient", ...entry })
})
$("link").addEventListener("click", (event) => copy(event.target, "Copy link", () => location.href))
$("theme").addEventListener("click", switchTheme)
addEventListener("hashchange", () => follow(location.hash))
addEventListener("resize", fit)
// `/` focuses the expression; Ctrl and a digit select the question.
addEventListener("keydown", (event) => {
  const isTyping = ["TEXTAREA", "INPUT"].includes(document.activeElement?.tagName)
  if (event.key === "/" && !isTyping) {
    event.preventDefault()
    $("expression").focus()
  }
  const place = Number(event.key) - 1
  if (event.altKey && known.modes[place]) {
    event.preventDefault()
    question.mode = known.modes[place]
    ask()
  }
})

const theme = stored("theme")
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
Object.assign(known, await (await fetch("/api/start")).json())
fill($("examples"), "Examples", known.examples.map((example) => example.title))
showHistory()
if (location.hash) follow(location.hash)
else take({ expression: "norm2(X*w - y)^2/n + lambda*norm2(w)^2", mode: "gradient", wrt: [], declarations: {} })
