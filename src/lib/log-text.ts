import { jsonText } from './json.ts'
import type { Loggable } from './loggable.ts'

/**
 * One event for people: `08:15:30.120Z INFO  analyzer  import finished  rows=12 file="a b.csv"`.
 * @param fields as `loggable` gives them
 * @param showsStacks the stacks of bugs follow in lines of their own; otherwise an error is its message
 */
export function logText(
  head: { time: string; level: string; module: string | null; message: string },
  fields: { [key: string]: Loggable },
  options: { isColoured: boolean; showsStacks: boolean },
): string {
  const paint = (code: number | undefined, text: string) =>
    options.isColoured && code !== undefined ? `\x1b[${code}m${text}\x1b[0m` : text
  const parts = [
    `${paint(dim, head.time.slice(11))} ${paint(colours[head.level], head.level.toUpperCase().padEnd(5))}`,
  ]
  if (head.module !== null) parts.push(paint(cyan, oneLine(head.module)))
  parts.push(oneLine(head.message))
  const pairs = Object.entries(fields).map(
    ([key, value]) => `${paint(dim, `${oneLine(key)}=`)}${fieldText(value)}`,
  )
  if (pairs.length > 0) parts.push(pairs.join(' '))
  const stacks = options.showsStacks ? Object.values(fields).flatMap(stackLines) : []
  return `${[parts.join('  '), ...stacks].join('\n')}\n`
}

const dim = 2
const cyan = 36
const colours: Partial<Record<string, number>> = { debug: 2, info: 32, warn: 33, error: 31 }

/** Bare where that is unmistakable, JSON elsewhere; an error as `Name: message (code)`. */
function fieldText(value: Loggable): string {
  if (isError(value)) return jsonText(errorText(value))
  if (typeof value === 'string') return /^[\p{L}\p{N}_.:/+@*-]+$/u.test(value) ? value : jsonText(value)
  return jsonText(value)
}

function errorText(error: { [key: string]: Loggable }): string {
  const code = typeof error.code === 'string' ? ` (${error.code})` : ''
  const cause = isError(error.cause) ? `, caused by ${errorText(error.cause)}` : ''
  return `${error.name}: ${error.message}${code}${cause}`
}

function stackLines(value: Loggable): string[] {
  if (!isError(value)) return []
  const own =
    typeof value.stack === 'string' ? value.stack.split('\n').map((line) => `    ${oneLine(line)}`) : []
  return [...own, ...stackLines(value.cause ?? null)]
}

function isError(
  value: Loggable | undefined,
): value is { name: string; message: string; [key: string]: Loggable } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return typeof value.name === 'string' && typeof value.message === 'string'
}

/** JSON's own escapes for what is not printable, without the quotes. */
function oneLine(text: string): string {
  return jsonText(text).slice(1, -1).replaceAll('\\"', '"')
}
