import type { Cell } from '../../table/rows/row.ts'
import { JsonFault, type JsonValue, jsonValue } from './value.ts'

/** One line: its members in the order in which they stand there, or why it cannot be taken. */
export type NdjsonLine = { members: [key: string, cell: Cell][] } | { code: string; message: string }

/** Reads one line that must be a flat JSON object; `jsonValue` says how. */
export function ndjsonLine(text: string): NdjsonLine {
  let value: JsonValue
  try {
    value = jsonValue(text)
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    if (error.code !== 'invalid_json') return { code: error.code, message: error.message }
    return broken(error.message, error.at)
  }
  if (typeof value !== 'object' || Array.isArray(value)) return broken('is no JSON object', 0)
  const members: [string, Cell][] = []
  for (const [index, key] of value.keys.entries()) {
    const member = value.values[index]!
    if (typeof member === 'object') {
      const what = `has ${Array.isArray(member) ? 'an array' : 'an object'} as ${JSON.stringify(key.slice(0, 60))}`
      return { code: 'nested_value', message: `${what}; write one value` }
    }
    members.push([key, member])
  }
  return { members }
}

function broken(what: string, at: number): NdjsonLine {
  const message = `${what} (at character ${at + 1}); it must be one flat JSON object`
  return { code: 'invalid_json', message }
}
