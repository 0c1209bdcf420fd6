import type { Actor } from '../../auth/model.ts'
import type { Database, Tx } from '../../db/database.ts'
import type { Clock } from '../../lib/clock.ts'
import { ForbiddenError } from '../../lib/errors.ts'
import { newId } from '../../lib/id.ts'
import type { Sealer } from '../../lib/seal.ts'
import { supplierStore } from '../../suppliers/store.ts'
import { auditSource } from '../audit-source.ts'
import { keptConfig, wholeConfig } from '../secrets.ts'
import { type Source, sourceStore } from '../store.ts'
import { type Difference, differences, wanted } from './compare.ts'
import type { DeclaredSource } from './declared.ts'
import type { SourcesFile } from './load.ts'

/** What a file of sources does to one of them. */
export interface Step {
  supplier: string
  name: string
  /** Null: it would be made. */
  sourceId: string | null
  /** `paused`: the file no longer has it; from now on it is left to people. */
  action: 'made' | 'changed' | 'unchanged' | 'paused'
  /** What was not as the file says; of one that is made: nothing. */
  differences: Difference[]
  /** Who it was declared by before, if that was not this file: people (null), or another file. */
  takenFrom: { file: string | null } | null
}

interface Parts {
  db: Database
  /** Who applies it. */
  actor: Actor
  clock: Clock
  sealer: Sealer
}

/** Held to the end of the transaction, so that two who start together do it one after the other. */
const fileLock = 7423003

/**
 * Makes the sources of a database what a file says, in one transaction: what is there as it says is not written, so
 * that applying a file twice is applying it once. Sources are known by supplier and name. One that this file has
 * declared before, and no longer does, is paused. Tell whoever works on jobs afterwards.
 * @param options.isDry nothing is written
 * @returns a step for each source, in the order of the file; then those that it no longer has
 */
export async function applySourcesFile(
  { db, actor, clock, sealer }: Parts,
  file: SourcesFile,
  { isDry }: { isDry: boolean },
): Promise<Step[]> {
  return db.tx(async (tx) => {
    // SQLite has one writer at a time.
    if (db.engine === 'postgres') await tx.all(`select pg_advisory_xact_lock(${fileLock})`)
    const stores = { query: tx.query, tables: db.tables }
    const applying = { stores, actor, sealer, now: clock.now(), path: file.path, isDry }
    const named = await Promise.all(file.sources.map((declared) => idOf(stores, declared)))
    const before = await declaredBefore(tx, file.path)
    const held = await hold(applying, [...named, ...before])
    const steps: Step[] = []
    for (const [index, declared] of file.sources.entries())
      steps.push(await applyOne(applying, declared, held.get(named[index] ?? '') ?? null))
    for (const id of before) if (!named.includes(id)) steps.push(await letGo(applying, held.get(id)!))
    return steps
  })
}

interface Applying {
  stores: Parameters<typeof sourceStore>[0]
  actor: Actor
  sealer: Sealer
  now: Date
  path: string
  isDry: boolean
}

async function idOf(stores: Applying['stores'], { supplier, name }: DeclaredSource): Promise<string | null> {
  const owner = await supplierStore(stores).find(supplier)
  return owner === null ? null : ((await sourceStore(stores).find(owner.id, name))?.id ?? null)
}

/** Sources that this file has declared before. */
async function declaredBefore(tx: Tx, path: string): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(
    `select s.id from sources as s join suppliers as p on p.id = s.supplier_id
     where s.declared_in = $1 order by p.name_key, s.name`,
    [path],
  )
  return rows.map(({ id }) => id)
}

/** In one order, as a trigger does, so that two who lock several sources never wait for each other. */
async function hold({ stores, isDry }: Applying, ids: (string | null)[]): Promise<Map<string, Source>> {
  const store = sourceStore(stores)
  const known = [...new Set(ids)].filter((id) => id !== null).sort()
  if (isDry) return new Map((await store.byIds(known)).map((source) => [source.id, source]))
  const held = new Map<string, Source>()
  for (const id of known) held.set(id, await store.lock(id))
  return held
}

async function applyOne(applying: Applying, declared: DeclaredSource, before: Source | null): Promise<Step> {
  const { sealer, path, isDry } = applying
  const { supplier, name } = declared
  if (before === null) {
    const sourceId = isDry ? null : await make(applying, declared)
    return { supplier, name, sourceId, action: 'made', differences: [], takenFrom: null }
  }
  const isNew = before.declaredIn !== path
  // Another file that says the same is no reason to end a pause of people.
  const next = wanted(declared, before, { isNew: before.declaredIn === null })
  const differing = differences({ ...before, config: configOf(sealer, before) }, next)
  if (!isDry) await change(applying, { before, next, differing })
  return {
    supplier,
    name,
    sourceId: before.id,
    action: differing.length > 0 || isNew ? 'changed' : 'unchanged',
    differences: differing,
    takenFrom: isNew ? { file: before.declaredIn } : null,
  }
}

/** With its secrets, as they are compared. Where no key opens them any more, they are not those of the file. */
function configOf(sealer: Sealer, source: Source): Record<string, unknown> {
  try {
    return wholeConfig(sealer, source)
  } catch (error) {
    if (error instanceof ForbiddenError) return source.config
    throw error
  }
}

async function make(applying: Applying, declared: DeclaredSource): Promise<string> {
  const { stores, sealer, now, path } = applying
  const { supplier, name } = declared
  const store = sourceStore(stores)
  const { origin, settings, isPaused } = wanted(declared, null, { isNew: true })
  const { id: supplierId } = await supplierStore(stores).findOrAdd(supplier, now)
  const { listMode, currency } = settings
  const id = newId()
  const kept = keptConfig(sealer, { id, kind: origin.kind, config: origin.config })
  await store.add({ ...origin, ...kept, id, name, supplierId, listMode, currency, now })
  await store.change(id, settings)
  if (isPaused) await store.setPaused(id, now)
  await store.declare(id, path)
  await tellAudit(applying, 'source.add', null, id)
  return id
}

/** Writes what differs, and nothing else. */
async function change(
  applying: Applying,
  {
    before,
    next,
    differing,
  }: { before: Source; next: ReturnType<typeof wanted>; differing: readonly Difference[] },
): Promise<void> {
  const { stores, sealer, now, path } = applying
  const store = sourceStore(stores)
  const { id } = before
  const { origin, settings, isPaused } = next
  const keys = new Set(differing.map(({ key }) => key))
  const isPauseAll = keys.size === 1 && keys.has('active')
  if (keys.size > 0 && !isPauseAll) {
    const kept = keptConfig(sealer, { id, kind: origin.kind, config: origin.config }, before)
    await store.edit(id, { ...origin, ...kept }, now)
    await store.change(id, settings)
  }
  // What was learned is about where it was fetched from before.
  if (keys.has('kind')) await store.learn(id, null)
  if (keys.has('active')) await store.setPaused(id, isPaused ? now : null)
  if (before.declaredIn !== path) await store.declare(id, path)
  await tellAudit(applying, 'source.change', before, id)
}

/** Its lists may be what somebody needs, so it is never deleted. */
async function letGo(applying: Applying, source: Source): Promise<Step> {
  const { stores, now, isDry } = applying
  const store = sourceStore(stores)
  const { id, name } = source
  const { name: supplier } = await supplierStore(stores).get(source.supplierId)
  if (!isDry) {
    await store.setPaused(id, source.pausedAt ?? now)
    await store.declare(id, null)
    await tellAudit(applying, 'source.change', source, id)
  }
  return { supplier, name, sourceId: id, action: 'paused', differences: [], takenFrom: null }
}

async function tellAudit(
  { stores, actor, now, path }: Applying,
  action: string,
  before: Source | null,
  id: string,
): Promise<void> {
  const after = await sourceStore(stores).get(id)
  const isNothing = before !== null && after !== null && JSON.stringify(before) === JSON.stringify(after)
  if (!isNothing)
    await auditSource(stores, { actor, at: now }, { action, before, after, more: { file: path } })
}
