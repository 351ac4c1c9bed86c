// What the browser keeps: the theme, and what was asked.

import { question } from "./state.js"

// A browser may keep nothing: then the page does without.
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

/// Keeps the question that was answered.
export function remember() {
  const entries = recall().filter((entry) => entry.expression !== question.expression || entry.mode !== question.mode)
  store("history", JSON.stringify([{ ...question }, ...entries].slice(0, 40)))
}
