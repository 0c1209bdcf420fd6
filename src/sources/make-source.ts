import type { Actor } from '../auth/model.ts'
import type { Database, Tx } from '../db/database.ts'
import { noPrecondition, type Precondition } from '../http/etag.ts'
import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/id.ts'
import { requireStaying, supplierStore } from '../suppliers/store.ts'
import { auditSource } from './audit-source.ts'
import { checkSource, type SourceRules } from './check.ts'
import { givenConfig, keptConfig, type WholeConfig } from './secrets.ts'
import { type NewSource, type Source, type SourceEdit, sourceStore } from './store.ts'
import { sourceState } from './view.ts'

interface Parts {
  db: Database
  /** Who does it. */
  actor: Actor
  clock: Clock
  rules: SourceRules
}

/** A source as a person makes it. */
export type SourceDraft = Omit<NewSource, 'id' | 'supplierId' | 'now' | 'config' | 'secrets'> & {
  /** By name; a new name makes a new supplier. */
  supplier: string
  config: WholeConfig
}

/**
 * Makes a source.
 * @param also what is written in the same transaction
 * @throws AppError see `checkSource`; ConflictError `source_exists`; InvalidError `invalid_supplier`, `no_secret_key`
 */
export async function makeSource(
  { db, actor, clock, rules }: Parts,
  draft: SourceDraft,
  also: (tx: Tx, source: Source) => Promise<void> = async () => {},
): Promise<Source> {
  const id = newId()
  const config = givenConfig(rules.sealer, draft, null)
  checkSource({ ...draft, config }, rules)
  const { supplier: name, kind, ...made } = draft
  const kept = keptConfig(rules.sealer, { id, kind, config })
  return db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const supplier = await supplierStore(stores).findOrAdd(name, clock.now())
    const source = await sourceStore(stores).add({
      ...made,
      ...kept,
      kind,
      id,
      supplierId: supplier.id,
      now: clock.now(),
    })
    await auditSource(
      stores,
      { actor, at: clock.now() },
      { action: 'source.add', before: null, after: source },
    )
    await also(tx, source)
    return source
  })
}

/**
 * Changes a source; what is left out stays, and so does a secret that is given as "***".
 * @param change given the source as it is, so that nobody else's change is lost
 * @throws NotFoundError `unknown_source`; AppError see `checkSource`; ConflictError `source_exists`,
 *   `precondition_failed`, `supplier_being_deleted`
 * @throws InvalidError `secret_missing`, `no_secret_key`; ForbiddenError `secret_key_unknown`, `secret_damaged`
 */
export async function changeSource(
  { db, actor, clock, rules }: Parts,
  id: string,
  change: (source: Source) => SourceEdit,
  precondition: Precondition = noPrecondition,
): Promise<void> {
  const { sealer } = rules
  await db.tx(async ({ query }) => {
    const stores = { query, tables: db.tables }
    const store = sourceStore(stores)
    const source = await store.lock(id)
    await precondition.hold(() => sourceState(source))
    requireStaying(await supplierStore(stores).get(source.supplierId))
    const { config: given, ...edit } = change(source)
    const kind = edit.kind ?? source.kind
    const isSame = given === undefined && kind === source.kind
    const config = isSame ? null : givenConfig(sealer, { kind, config: given ?? source.config }, source)
    checkSource({ ...source, ...edit, config }, rules)
    const kept = config === null ? {} : keptConfig(sealer, { id, kind, config }, source)
    await store.edit(id, { ...edit, ...kept }, clock.now())
    // What another kind has learned is nothing to this one.
    if (kind !== source.kind) await store.learn(id, null)
    await auditSource(
      stores,
      { actor, at: clock.now() },
      { action: 'source.change', before: source, after: await store.get(id) },
    )
  })
}

/**
 * Pauses a source, or ends its pause. Tell whoever works on jobs afterwards.
 * @throws NotFoundError `unknown_source`
 */
export async function setSourcePaused(
  { db, actor, clock }: Omit<Parts, 'rules'>,
  id: string,
  isPaused: boolean,
): Promise<void> {
  await db.tx(async ({ query }) => {
    const stores = { query, tables: db.tables }
    const store = sourceStore(stores)
    const at = clock.now()
    const before = await store.lock(id)
    await store.setPaused(id, isPaused ? at : null)
    const action = isPaused ? 'source.pause' : 'source.resume'
    await auditSource(stores, { actor, at }, { action, before, after: await store.get(id) })
  })
}
