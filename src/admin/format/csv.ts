/**
 * Rows of the API as CSV, with a column for each of their fields; what lies within a field is written as JSON. Cells that
 * a spreadsheet would take for a formula begin with an apostrophe, as in the exports of the service.
 */
export function csvText(rows: readonly object[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cells = rows.map((row) => {
    const fields = new Map<string, unknown>(Object.entries(row))
    return names.map((name) => cellText(fields.get(name)))
  })
  // Excel knows UTF-8 by its mark.
  return `\ufeff${[names, ...cells].map((line) => `${line.map(quoted).join(',')}\r\n`).join('')}`
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^'*[=+\-@\t\r\n＝＋－＠]/.test(text) && !/^[+-][\d.,]+$/.test(text) ? `'${text}` : text
}

const quoted = (text: string) => (/["\r\n,;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
