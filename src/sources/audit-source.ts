import { type AuditFields, type Change, changedFields } from '../audit/model.ts'
import { auditStore } from '../audit/store.ts'
import type { Source, sourceStore } from './store.ts'

/**
 * Tells the audit log what became of a source, in the transaction that does it; nothing, where nothing has changed.
 * Secrets are withheld: "***" stands for each, and `secrets` says that others were set.
 * @param told.before null: it is new
 * @param told.after null: it was deleted
 */
export async function auditSource(
  stores: Parameters<typeof sourceStore>[0],
  { actor, at }: Change,
  told: { action: string; before: Source | null; after: Source | null; more?: AuditFields },
): Promise<void> {
  const { action, before, after, more = {} } = told
  const source = after ?? before
  if (source === null) return
  const fields = {
    before: before === null ? null : sourceFields(before),
    after: after === null ? null : sourceFields(after),
  }
  if (fields.before !== null && fields.after !== null) {
    const changed = changedFields(fields.before, fields.after)
    const isOtherSecret = before?.secrets !== after?.secrets
    if (changed === null && !isOtherSecret) return
    fields.before = changed?.before ?? {}
    fields.after = {
      ...changed?.after,
      ...(isOtherSecret && { secrets: after?.secrets === null ? 'none' : 'others' }),
    }
  }
  await auditStore(stores).add({
    actor,
    at,
    action,
    subject: { kind: 'source', id: source.id, name: source.name },
    supplierId: source.supplierId,
    ...fields,
    after: Object.keys(more).length === 0 ? fields.after : { ...fields.after, ...more },
  })
}

/** What people say of a source, in the names that the API has. */
function sourceFields(source: Source): AuditFields {
  const { pausedAt, retryDelaysMs } = source
  const fields = {
    name: source.name,
    kind: source.kind,
    config: source.config,
    schedule: source.schedule,
    time_zone: source.timeZone,
    list_mode: source.listMode,
    currency: source.currency,
    country: source.country,
    priority: source.priority,
    uses_analyzer: source.usesAnalyzer,
    is_watched: source.isWatched,
    retry_delays: retryDelaysMs?.map((ms) => ms / 1000) ?? null,
    paused_at: pausedAt?.toISOString() ?? null,
    declared_in: source.declaredIn,
    scope: source.scope,
    duplicates: source.duplicates,
    decimals_max: source.decimalsMax,
    map: source.map,
    identity: source.identity,
    limits: source.limits,
    reading: source.reading,
  }
  // Through JSON, which is how the columns among them are kept.
  return JSON.parse(JSON.stringify(fields)) as AuditFields
}
