import type { Engine } from './database.ts'

/** SQL for one JSON object: alternating keys (SQL text) and values. The engines name the same function differently. */
export function jsonObject(engine: Engine, pairs: Record<string, string>): string {
  const parts = Object.entries(pairs).map(([key, value]) => `'${key}', ${value}`)
  return `${engine === 'sqlite' ? 'json_object' : 'jsonb_build_object'}(${parts.join(', ')})`
}
