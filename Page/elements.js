// Elements of the page. Text from the server is inserted as text, MathML and SVG after parsing as XML; nothing is
// inserted as HTML.

const mathNamespace = "http://www.w3.org/1998/Math/MathML"

export const $ = (id) => document.getElementById(id)

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value)
    else if (value === true) made.setAttribute(name, "")
    else if (value !== false && value != null) made.setAttribute(name, value)
  }
  made.append(...children.filter((child) => child != null))
  return made
}

/// A formula, or its text if the MathML is invalid.
export function formula(mathml, text, kind = "") {
  const read = new DOMParser().parseFromString(mathml, "application/xml").documentElement
  const isMath = read.namespaceURI === mathNamespace && read.localName === "math"
  return element("div", { class: `formula ${kind}`, tabindex: "0", role: "group", "aria-label": text },
    isMath ? document.importNode(read, true) : text)
}

export function picture({ svg, caption }) {
  const read = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement
  return element("figure", {}, document.importNode(read, true), element("figcaption", {}, caption))
}

/// A sentence with the parts in backticks set as code.
export function withCode(sentence) {
  return sentence.split("`").map((part, index) => index % 2 ? element("code", {}, part) : part)
}

export function choice(type, name, value, isChosen, onchange) {
  return element("label", { class: "choice" },
    element("input", { type, name, value, checked: isChosen, onchange }), element("span", {}, value))
}
