// The dialog that declares a variable.

import { $, choice, element } from "./elements.js"
import { known, question } from "./state.js"

/// Lets the user declare a variable, then asks again.
export function edit(variable, ask) {
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
