export type QueryValue = string | number | boolean | readonly string[] | null | undefined

/**
 * An address with its parameters filled in: `addressOf('/items/:id', { id: '7' }, { limit: 50 })` → `/items/7?limit=50`.
 * What is null, undefined or empty is left out; a list is given several times.
 */
export function addressOf(
  path: string,
  params: Record<string, string> = {},
  query: Record<string, QueryValue> = {},
): string {
  const filled = path.replace(/:([a-z]\w*)/gi, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue
    if (typeof value === 'object') for (const each of value) search.append(name, each)
    else search.append(name, String(value))
  }
  const text = search.toString()
  return text === '' ? filled : `${filled}?${text}`
}
