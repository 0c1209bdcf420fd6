import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Static } from './schema.ts'

/** How many faults are told: the first ones say what is wrong. */
const faultsMax = 10

/** What is wrong with a value, each with its place: `sha256: Expected string to match …`; empty: nothing. */
export function faultsIn(schema: TSchema, value: unknown): string[] {
  const faults: string[] = []
  for (const { path, message } of Value.Errors(schema, value)) {
    const place = path.slice(1)
    faults.push(place === '' ? message : `${place}: ${message}`)
    if (faults.length === faultsMax) break
  }
  return faults
}

/** The same for those who know where the value stands: the keys and indices that lead to each fault. */
export function faultPlaces(schema: TSchema, value: unknown): { path: string[]; message: string }[] {
  const faults: { path: string[]; message: string }[] = []
  for (const { path, message } of Value.Errors(schema, value)) {
    const steps = path.split('/').slice(1)
    // RFC 6901.
    faults.push({ path: steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')), message })
    if (faults.length === faultsMax) break
  }
  return faults
}

/** Whether a value is what the schema says. */
export function isChecked<Schema extends TSchema>(schema: Schema, value: unknown): value is Static<Schema> {
  return Value.Check(schema, value)
}
