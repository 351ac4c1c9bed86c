// The page of Nabla: asks while one types and shows what comes back. What the server sends is put in as text, or as
// MathML that was read as XML; nothing is put in as HTML.

const $ = (id) => document.getElementById(id)
const pageName = crypto.randomUUID()
const mathNamespace = "http://www.w3.org/1998/Math/MathML"

/// What is asked. `declarations` has what was declared on the page, by name: "matrix(n, d), symmetric".
const question = { expression: "", mode: "gradient", wrt: [], declarations: {} }
/// What the server knows from the start.
let known = { modes: [], properties: [], targets: [], examples: [] }
/// Which parts of an answer are unfolded.
const unfolded = new Set()

// MARK: Elements

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value)
    else if (value === true) made.setAttribute(name, "")
    else if (value !== false && value != null) made.setAttribute(name, value)
  }
  made.append(...children.filter((child) => child != null))
  return made
}

/// A formula; its text where the MathML is not what it should be.
function formula(mathml, text, kind = "") {
  const read = new DOMParser().parseFromString(mathml, "application/xml").documentElement
  const isMath = read.namespaceURI === mathNamespace && read.localName === "math"
  return element("div", { class: `formula ${kind}`, tabindex: "0", role: "group", "aria-label": text },
    isMath ? document.importNode(read, true) : text)
}

function picture({ svg, caption }) {
  const read = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement
  return element("figure", {}, document.importNode(read, true), element("figcaption", {}, caption))
}

// MARK: The question and its address

function addressOf(asked) {
  const fields = new URLSearchParams({ e: asked.expression, m: asked.mode })
  for (const name of asked.wrt) fields.append("w", name)
  for (const [name, type] of Object.entries(asked.declarations)) fields.append("d", `${name} : ${type}`)
  for (const title of unfolded) fields.append("u", title)
  return "#" + fields
}

function readAddress(hash) {
  const fields = new URLSearchParams(hash.slice(1))
  const declarations = {}
  for (const line of fields.getAll("d")) {
    const [name, ...type] = line.split(":")
    if (type.length) declarations[name.trim()] = type.join(":").trim()
  }
  return {
    expression: fields.get("e") ?? "", mode: fields.get("m") ?? "gradient", wrt: fields.getAll("w"), declarations,
  }
}

/// Asks what a link holds, with the same parts unfolded.
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

const declarationLines = () => Object.entries(question.declarations).map(([name, type]) => `${name} : ${type}`)

// MARK: Asking

let waiting = 0
let current = null

function askSoon() {
  clearTimeout(waiting)
  waiting = setTimeout(ask, 120)
}

function post(path, signal) {
  return fetch(path, {
    method: "POST", signal,
    headers: { "Content-Type": "application/json", "X-Nabla-Page": pageName },
    body: JSON.stringify({
      expression: question.expression, mode: question.mode, wrt: question.wrt, declarations: declarationLines(),
      steps: unfolded.has("Steps"),
    }),
  })
}

async function ask() {
  clearTimeout(waiting)
  current?.abort()
  const mine = current = new AbortController()
  history.replaceState(null, "", question.expression ? addressOf(question) : location.pathname)
  if (!question.expression.trim()) return show({ errors: [], variables: [], answers: [], wrt: [] })
  try {
    const response = await post("/api/answer", mine.signal)
    const result = await response.json()
    if (mine !== current) return
    show(response.ok ? result : { errors: [result], variables: [], answers: [], wrt: [] })
    remember(result)
  } catch (problem) {
    if (mine !== current) return
    show({ errors: [{ error: { message: "Nabla does not answer: is `nabla serve` still running?" } }],
      variables: [], answers: [], wrt: [] })
  }
}

// MARK: Showing

function show(result) {
  showErrors(result.errors)
  // Where the text has an error, the chips stay as they were.
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
    // A text that asks by itself leaves no choice.
    input.disabled = result.isWhole === true
  }
  // While one types, the last answer stays in sight, dimmed, until there is another.
  const isUnfinished = result.errors.some(({ place }) => place?.field === "expression")
  $("answers").classList.toggle("stale", isUnfinished && !result.answers.length)
  if (isUnfinished && !result.answers.length) return
  const reachable = () => [...$("answers").querySelectorAll("summary, button")]
  const focused = reachable().indexOf(document.activeElement)
  $("answers").replaceChildren(...result.answers.map(answerCard))
  reachable()[focused]?.focus()
}

function showErrors(all) {
  // A wrong declaration makes the expression wrong as well; there the first is enough.
  const declarations = all.filter((error) => error.place?.field.startsWith("declaration"))
  const errors = declarations.length ? declarations : all
  $("errors").replaceChildren(...errors.flatMap(({ error }) => [
    element("div", { class: "error" }, ...withCode(error.message)),
    error.hint ? element("div", { class: "hint" }, ...withCode(`hint: ${error.hint}`)) : "",
  ]))
  const place = errors.find((error) => error.place?.field === "expression")?.place
  const text = question.expression
  if (!place) return $("marks").replaceChildren()
  // A place at the end is shown behind the last letter.
  const end = Math.max(place.end, place.start + 1)
  $("marks").replaceChildren(
    text.slice(0, place.start), element("mark", {}, text.slice(place.start, end) || " "), text.slice(end))
}

/// A sentence with what is between backticks set as code.
function withCode(sentence) {
  return sentence.split("`").map((part, index) => index % 2 ? element("code", {}, part) : part)
}

function choice(type, name, value, isChosen, onchange) {
  return element("label", { class: "choice" },
    element("input", { type, name, value, checked: isChosen, onchange }), element("span", {}, value))
}

function showModes() {
  $("modes").replaceChildren(...known.modes.map((mode) =>
    choice("radio", "mode", mode, mode === question.mode, () => { question.mode = mode; ask() })))
}

function showWrt(result) {
  const takesVariables = !["simplify", "check"].includes(result.mode) && !result.isWhole
  const values = takesVariables ? result.variables.filter((variable) => !variable.isFunction) : []
  const focused = document.activeElement?.closest("#wrt") && document.activeElement.value
  $("wrt").replaceChildren(...values.map(({ name, isWrt }) => choice("checkbox", "wrt", name, isWrt, (event) => {
    const chosen = new Set(result.wrt)
    if (event.target.checked) chosen.add(name)
    else chosen.delete(name)
    question.wrt = [...chosen]
    ask()
  })))
  if (focused) [...$("wrt").querySelectorAll("input")].find((input) => input.value === focused)?.focus()
}

function showVariables(variables) {
  $("variables").replaceChildren(...variables.map((variable) => {
    const type = [variable.type, ...variable.properties].join(", ")
    return element("button", {
      type: "button", class: `chip ${variable.name in question.declarations ? "declared" : ""}`,
      title: "Change what it is", onclick: () => edit(variable),
    }, `${variable.name} : ${type}`)
  }))
}

function answerCard(answer) {
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
    answer.mode === "check" ? null : fold("Steps", steps(answer.steps)),
    answer.index ? fold("Index notation", formula(answer.index.mathml, answer.index.text, "small")) : null,
    answer.structure ? fold("Structure", picture(answer.structure)) : null)
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

function facts({ conditions, notes }) {
  const lines = [
    ...conditions.map((condition) => element("li", {}, "holds where ", element("code", {}, condition))),
    ...notes.map((note) => element("li", {}, note)),
  ]
  return lines.length ? element("ul", { class: "facts" }, ...lines) : null
}

/// What was declared wrongly can be declared again.
function showFaultyDeclaration(name) {
  const [type, ...properties] = question.declarations[name].split(/,\s*(?![^(]*\))/)
  const label = `${name} : ${question.declarations[name]}`
  const chips = [...$("variables").children]
  chips.find((chip) => chip.textContent.startsWith(`${name} :`))?.remove()
  $("variables").append(element("button", {
    type: "button", class: "chip faulty", onclick: () => edit({ name, type, properties }),
  }, label))
}

/// The first line of the verdict; values and hints are shown by themselves.
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

function fold(title, content) {
  return element("details", {
    open: unfolded.has(title),
    ontoggle: (event) => {
      if (event.target.open === unfolded.has(title)) return
      if (event.target.open) unfolded.add(title)
      else unfolded.delete(title)
      // Steps are written down when someone wants to see them.
      if (title === "Steps" && event.target.open) ask()
      else history.replaceState(null, "", addressOf(question))
    },
  }, element("summary", {}, title), content)
}

// MARK: Copying

const languages = { numpy: "NumPy", jax: "JAX", torch: "PyTorch", julia: "Julia", matlab: "MATLAB", c: "C", swift: "Swift" }

function copyButton(name, text) {
  return element("button", { type: "button", onclick: (event) => copy(event.target, name, text) }, name)
}

async function copy(button, name, text) {
  try {
    await navigator.clipboard.writeText(await text())
    button.textContent = "copied"
  } catch (problem) {
    button.textContent = problem.message || "not copied"
  }
  setTimeout(() => { button.textContent = name }, 1500)
}

async function code(target) {
  const result = await (await post(`/api/export/${target}`)).json()
  if (result.error) throw new Error(result.error.message)
  return result.code
}

// MARK: What a variable is

function edit(variable) {
  const { name, type, properties } = variable
  const [, kind, rows = "n", columns = "n"] = type.match(/^(\w+)(?:\(([^,]*)(?:,\s*(.*))?\))?$/) ?? [null, "scalar"]
  const form = { type: $("variable-type"), rows: $("variable-rows"), columns: $("variable-columns") }
  $("variable-name").textContent = name
  form.type.value = kind
  form.rows.value = rows
  form.columns.value = columns
  const chosen = new Set(properties)
  const arrange = () => {
    $("rows-label").hidden = form.type.value === "scalar"
    $("columns-label").hidden = form.type.value !== "matrix"
    $("variable-properties").replaceChildren(element("legend", {}, "Properties"), ...known.properties
      .filter((property) => form.type.value === "matrix" || !property.isOfSquareMatrices)
      .map((property) => choice("checkbox", "property", property.name, chosen.has(property.name), (event) => {
        if (event.target.checked) chosen.add(property.name)
        else chosen.delete(property.name)
      })))
  }
  form.type.onchange = arrange
  arrange()
  const dialog = $("variable")
  dialog.returnValue = "cancel"
  dialog.onclose = () => {
    if (dialog.returnValue === "infer") delete question.declarations[name]
    if (dialog.returnValue === "declare") {
      const sizes = { scalar: "", vector: `(${form.rows.value})`, matrix: `(${form.rows.value}, ${form.columns.value})` }
      const marks = known.properties.map((property) => property.name).filter((property) => chosen.has(property))
      question.declarations[name] = [form.type.value + sizes[form.type.value], ...marks].join(", ")
    }
    if (dialog.returnValue !== "cancel") ask()
  }
  dialog.showModal()
}

// MARK: What the browser keeps

// A browser may keep nothing: then the page does without.
function store(name, text) {
  try { localStorage.setItem(name, text) } catch {}
}

function stored(name) {
  try { return localStorage.getItem(name) } catch { return null }
}

let rememberSoon = 0

function remember(result) {
  clearTimeout(rememberSoon)
  if (!result.answers?.length) return
  rememberSoon = setTimeout(() => {
    const entries = recall().filter((entry) => entry.expression !== question.expression || entry.mode !== question.mode)
    store("history", JSON.stringify([{ ...question }, ...entries].slice(0, 40)))
    showHistory()
  }, 1500)
}

function recall() {
  try {
    const entries = JSON.parse(stored("history") ?? "[]")
    return Array.isArray(entries) ? entries.filter((entry) => typeof entry?.expression === "string") : []
  } catch { return [] }
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
// `/` leads to the expression from anywhere; a control key and a digit choose what is asked.
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
known = await (await fetch("/api/start")).json()
fill($("examples"), "Examples", known.examples.map((example) => example.title))
showHistory()
if (location.hash) follow(location.hash)
else take({ expression: "norm2(X*w - y)^2/n + lambda*norm2(w)^2", mode: "gradient", wrt: [], declarations: {} })
