// The question, its address, and requests to the server.

const pageName = crypto.randomUUID()

/// The current question. `declarations` maps names to declarations made on the page: "matrix(n, d), symmetric".
export const question = { expression: "", mode: "gradient", wrt: [], declarations: {} }
/// Initial data from the server.
export const known = { modes: [], properties: [], targets: [], examples: [] }
/// The unfolded parts of an answer.
export const unfolded = new Set()

/// The URL fragment of a question.
export function addressOf(asked = question) {
  const fields = new URLSearchParams({ e: asked.expression, m: asked.mode })
  for (const name of asked.wrt) fields.append("w", name)
  for (const [name, type] of Object.entries(asked.declarations)) fields.append("d", `${name} : ${type}`)
  for (const title of unfolded) fields.append("u", title)
  return "#" + fields
}

export function readAddress(hash) {
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

export function post(path, signal) {
  return fetch(path, {
    method: "POST", signal,
    headers: { "Content-Type": "application/json", "X-Nabla-Page": pageName },
    body: JSON.stringify({
      expression: question.expression, mode: question.mode, wrt: question.wrt,
      declarations: Object.entries(question.declarations).map(([name, type]) => `${name} : ${type}`),
      steps: unfolded.has("Steps"),
    }),
  })
}

/// The answers as source code.
export async function code(target) {
  const result = await (await post(`/api/export/${target}`)).json()
  if (result.error) throw new Error(result.error.message)
  return result.code
}
