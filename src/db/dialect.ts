import type { Engine } from './database.ts'

/** SQL for one JSON object: alternating keys (SQL text) and values. The engines name the same function differently. */
export function jsonObject(engine: Engine, pairs: Record<string, string>): string {
  const parts = Object.entries(pairs).map(([key, value]) => `'${key}', ${value}`)
  return `${engine === 'sqlite' ? 'json_object' : 'jsonb_build_object'}(${parts.join(', ')})`
}

/** A parameter that is an instant. In an insert from a select PostgreSQL does not take its type from the column. */
export const instant = (engine: Engine, parameter: string) =>
  engine === 'sqlite' ? parameter : `${parameter}::timestamptz`

/** A JSON array as rows of one column: a list as one parameter, since a statement may only have so many. */
export const jsonElements = (engine: Engine, parameter: string, type: 'text' | 'bigint' = 'text') =>
  engine === 'sqlite'
    ? `select value from json_each(${parameter})`
    : `select value::${type} from jsonb_array_elements_text(${parameter}::text::jsonb) as value`
