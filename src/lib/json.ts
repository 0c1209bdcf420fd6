/**
 * JSON text that is safe to print: control characters that JSON itself would leave (DEL, C1, line separators,
 * direction overrides) are escaped, so that a supplier's text cannot steer a terminal. Integers of any size and dates are written
 * as text.
 * @param indent spaces per level; 0: one line
 */
export function jsonText(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, bigIntAsText, indent) ?? 'null'
  return unsafeInJson.test(text) ? text.replace(new RegExp(unsafeInJson, 'g'), escaped) : text
}

/**
 * Our camelCase objects as the outside world sees them: snake_case keys in the same order. Keys that are data
 * and not names (a header such as "netWeight" among characteristics) stay as they are.
 * @param opaqueKeys camelCase names whose values are left alone
 */
export function snakeCaseKeys(value: unknown, opaqueKeys: readonly string[] = defaultOpaqueKeys): unknown {
  if (Array.isArray(value)) return value.map((element) => snakeCaseKeys(element, opaqueKeys))
  if (!isPlainObject(value)) return value
  // fromEntries defines keys instead of assigning them, so `__proto__` is a key like any other.
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      snakeCase(key),
      opaqueKeys.includes(key) ? member : snakeCaseKeys(member, opaqueKeys),
    ]),
  )
}

/** "priceE4" → "price_e4", "fileURL" → "file_url". What is not camelCase stays. */
export function snakeCase(name: string): string {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) return name
  return name.replace(/[A-Z]+/g, (capitals) => `_${capitals.toLowerCase()}`)
}

const defaultOpaqueKeys = ['characteristics']

const unsafeInJson = /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function bigIntAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
