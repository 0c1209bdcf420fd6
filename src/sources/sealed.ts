import { auditStore } from '../audit/store.ts'
import type { Actor } from '../auth/model.ts'
import type { Database } from '../db/database.ts'
import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import { type Sealer, sealedWith } from '../lib/seal.ts'

/**
 * Whether a source's secrets can be opened, and with which key: `current`; `older`, so that `resealSources` has
 * something to do; `key_unknown`; `damaged`.
 */
export const sealStates = ['current', 'older', 'key_unknown', 'damaged'] as const
export type SealState = (typeof sealStates)[number]

/** A source that has secrets. */
export interface SealedSource {
  id: string
  supplier: string
  name: string
  /** Null: what is there is no sealed text. */
  keyId: string | null
  state: SealState
}

/** How many sources are sealed anew in one transaction. */
const batchSize = 100

/** Every source that has secrets, by supplier and name, with the key that it needs. */
export async function sealedSources(db: Database, sealer: Sealer): Promise<SealedSource[]> {
  const found: (Row & { supplier: string })[] = await db.all(
    `select s.id, s.name, s.secrets, p.name as supplier
     from sources as s join suppliers as p on p.id = s.supplier_id
     where s.secrets is not null order by p.name_key, s.name`,
  )
  return found.map(({ secrets, ...source }) => {
    const keyId = sealedWith(secrets)
    const opened = openedOrError(sealer, { secrets, ...source })
    const state =
      opened instanceof AppError
        ? opened.code === 'secret_key_unknown'
          ? 'key_unknown'
          : 'damaged'
        : keyId === sealer.keyId
          ? 'current'
          : 'older'
    return { ...source, keyId, state }
  })
}

/** What became of it. */
export interface Resealed {
  resealed: number
  /** Sources that were sealed with the current key already. */
  current: number
  /** Sources that could not be opened, and are as they were. */
  failed: { id: string; name: string; message: string }[]
}

/**
 * Seals the secrets of every source with the current key. It may be ended at any time, and begun again: what is
 * sealed with that key already stays.
 * @throws InvalidError `no_secret_key` when there are secrets and no key
 */
export async function resealSources(
  db: Database,
  sealer: Sealer,
  { signal, actor, clock }: { signal: AbortSignal; actor: Actor; clock: Clock },
): Promise<Resealed> {
  const result: Resealed = { resealed: 0, current: 0, failed: [] }
  let after = ''
  for (;;) {
    signal.throwIfAborted()
    const rows: Row[] = await db.all(
      `select id, name, secrets from sources where secrets is not null and id > $1 order by id limit ${batchSize}`,
      [after],
    )
    if (rows.length === 0) return result
    after = rows.at(-1)!.id
    const written: [id: string, before: string, sealed: string][] = []
    for (const row of rows) {
      if (sealer.keyId !== null && sealedWith(row.secrets) === sealer.keyId) {
        result.current++
        continue
      }
      const opened = openedOrError(sealer, row)
      if (opened instanceof AppError)
        result.failed.push({ id: row.id, name: row.name, message: opened.message })
      else written.push([row.id, row.secrets, sealer.seal(opened, row.id)])
    }
    await db.tx(async (tx) => {
      // Somebody may have set new ones meanwhile, sealed with a key of that process: those stay.
      for (const parameters of written)
        await tx.run('update sources set secrets = $3 where id = $1 and secrets = $2', parameters)
      if (written.length > 0)
        await auditStore({ query: tx.query, tables: db.tables }).add({
          actor,
          at: clock.now(),
          action: 'secrets.rotate',
          subject: null,
          supplierId: null,
          before: null,
          after: { key: sealer.keyId, sources: written.map(([id]) => id) },
        })
    })
    result.resealed += written.length
  }
}

interface Row {
  id: string
  name: string
  secrets: string
}

function openedOrError(sealer: Sealer, { id, name, secrets }: Row): string | AppError {
  try {
    return sealer.open(secrets, { about: id, of: `the secrets of source "${name}"` })
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}
