import type { Actor } from '../auth/model.ts'

/** Anything in JSON. */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type AuditFields = Record<string, Json>

/** Who changes something, and when. */
export interface Change {
  actor: Actor
  at: Date
}

/** A change, as it is told to the audit log in the transaction that makes it. */
export interface AuditEntry extends Change {
  /** What was done, as in `source.change`. */
  action: string
  /** What it was done to; null: to nothing that has an id. */
  subject: { kind: string; id: string; name: string | null } | null
  /** The supplier whose it is; null: nobody's. */
  supplierId: string | null
  /** What of it changed, as it was and as it is, without anything secret; null: there was nothing, or is nothing. */
  before: AuditFields | null
  after: AuditFields | null
}

/** Only the fields that differ; nulls when none does. */
export function changedFields(
  before: AuditFields,
  after: AuditFields,
): { before: AuditFields; after: AuditFields } | null {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  )
  if (keys.length === 0) return null
  const of = (fields: AuditFields) => Object.fromEntries(keys.map((key) => [key, fields[key] ?? null]))
  return { before: of(before), after: of(after) }
}
