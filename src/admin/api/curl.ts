/** A request as it can be repeated elsewhere. */
export interface AskedRequest {
  method: string
  /** Absolute. */
  url: string
  headers?: Record<string, string>
  /** JSON text; null: none. */
  body?: string | null
}

/**
 * The request as a command line for a POSIX shell. Credentials are never in it: it names the variable in which to put
 * an API token, since a session's cookie can be seen by no script.
 */
export function curlOf({ method, url, headers = {}, body = null }: AskedRequest): string {
  const parts = ['curl']
  if (method !== 'GET') parts.push(`-X ${method}`)
  parts.push(quoted(url), '-H "Authorization: Bearer $TALLYMAN_TOKEN"')
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`)
  if (body !== null) parts.push("-H 'Content-Type: application/json'", `-d ${quoted(body)}`)
  return parts.join(' \\\n  ')
}

/** Nothing in single quotes has a meaning to the shell, except the quote itself. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
