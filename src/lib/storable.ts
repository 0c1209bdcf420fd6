/** Text that both engines can keep: PostgreSQL refuses NUL, SQLite cuts at it, and neither knows half a character. */
export function storable(text: string): string {
  return text.includes('\0') || !text.isWellFormed() ? text.replaceAll('\0', '\u2400').toWellFormed() : text
}

/** The same for JSON text that JSON.stringify wrote: it escapes NUL and half characters, and PostgreSQL refuses both. */
export function storableJson(json: string): string {
  if (!json.includes('\\u')) return json
  return json.replace(/\\(?:u([0-9a-f]{4})|.)/g, (sequence, code: string | undefined) => {
    if (code === '0000') return '\u2400'
    return code !== undefined && /^d[89a-f]/.test(code) ? '\ufffd' : sequence
  })
}

/** The same for all texts in a value that becomes JSON, however deep; what is no plain object or array stays. */
export function storableValue<Value>(value: Value): Value {
  // Each branch gives back what it was given: a text for a text, and so on.
  return walked(value) as Value
}

function walked(value: unknown): unknown {
  if (typeof value === 'string') return storable(value)
  if (Array.isArray(value)) return value.map(walked)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [storable(key), walked(each)]))
}
