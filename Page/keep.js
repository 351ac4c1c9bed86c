// State kept in the browser: the theme and the last question.

import { question } from "./state.js"

// The browser may refuse storage; the page works without it.
export function store(name, text) {
  try { localStorage.setItem(name, text) } catch {}
}

export function stored(name) {
  try { return localStorage.getItem(name) } catch { return null }
}

export function recall() {
  try {
    const entries = JSON.parse(stored("history") ?? "[]")
    return Array.isArray(entries) ? entries.filter((entry) => typeof entry?.expression === "string") : []
  } catch { return [] }
}

/// Stores the answered question.
export function remember() {
  const entries = recall().filter((entry) => entry.expression !== question.expression || entry.mode !== question.mode)
  store("history", JSON.stringify([{ ...question }, ...entries].slice(0, 40)))
}
