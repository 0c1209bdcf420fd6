import type { Sql } from '../../db/database.ts'
import { instant, jsonElements, jsonObject } from '../../db/dialect.ts'
import type { FileDecision } from '../../imports/model.ts'
import { type Import, importStore } from '../../imports/store.ts'
import { InvalidError, NotFoundError } from '../../lib/errors.ts'
import type { AnalyzerParts } from '../analyze.ts'
import { issueColumns, outcomes, type Staging } from '../staging/staging.ts'
import { isRead } from '../table/verdict/verdict.ts'
import type { Original } from './corrected-import.ts'
import { openKept } from './open-kept.ts'
import { rejectedKeys, settledKey } from './rejected-log.ts'
import { rereadTable } from './reread-table.ts'

/** So many newer lists are read again; rows that are older than all of them are not worth correcting. */
const newerListsMax = 60
const keysPerStatement = 10_000

/**
 * Settles which corrected rows count. A row whose item the list itself has elsewhere, and has taken from there, still
 * says something else: leaving it as it is does not decide which of them is right. Works on sealed staging, before
 * anything is compared.
 * @returns how many rows do not count
 * @throws InvalidError `too_old`
 */
export async function settleCorrections(
  parts: AnalyzerParts,
  sql: Sql,
  staging: Staging,
  of: { original: Original; signal: AbortSignal },
): Promise<number> {
  const repeated = await rejectRepeated(parts, sql, staging, of)
  return repeated + (await leaveNewerAside(parts, sql, staging, of))
}

async function rejectRepeated(
  parts: AnalyzerParts,
  sql: Sql,
  staging: Staging,
  { original, signal }: { original: Original; signal: AbortSignal },
): Promise<number> {
  // Where the last one wins, the corrected one comes last.
  if (original.options.settings.duplicates === 'last-wins') return 0
  const keys = await stagedKeys(sql, staging)
  const rejected = await rejectedKeys(parts.db, original.id)
  const named = await namedIn(parts, original, { keys, signal, rejected })
  const what = `case when sku is null then 'identity' else 'SKU "' || sku || '"' end`
  return takeOut(sql, staging, named, {
    outcome: 'rejected',
    code: 'duplicate_sku',
    message: `'Row ' || ("row" + 1) || ' has the same ' || ${what} || ' as another row of the list that it is from, which was taken; keep one of them.'`,
  })
}

/**
 * Leaves corrected rows aside whose items a newer list of the same source has: what the supplier has said since then
 * counts, and not the correction of what was said before. Nothing in the catalog tells that a list named an item just
 * as it was, so the newer lists are read again, the latest first.
 */
async function leaveNewerAside(
  parts: AnalyzerParts,
  sql: Sql,
  staging: Staging,
  { original, signal }: { original: Original; signal: AbortSignal },
): Promise<number> {
  const newer = await newerLists(parts, original)
  if (newer.length === 0) return 0
  if (newer.length > newerListsMax)
    throw new InvalidError(
      'too_old',
      `${newer.length} newer lists of the same source are in the catalog; correct the rejected rows of the last one: tallyman rejects ${newer[0]!.id}`,
    )
  const keys = await stagedKeys(sql, staging)
  let aside = 0
  for (const list of newer) {
    // What a full list had, the lists behind it have or have dropped; of a partial one nothing else tells.
    const mustBeKept = list.options.listMode === 'partial'
    const named = await namedIn(parts, list, { keys, signal, mustBeKept })
    for (const key of named) keys.delete(key)
    aside += await leaveAside(
      sql,
      staging,
      named,
      `is older than import ${list.id} of ${dayOf(list)}, which has it`,
    )
  }
  const dropped = await goneSince(sql, staging, original)
  return aside + (await leaveAside(sql, staging, dropped, 'is no longer sold: a newer list does not name it'))
}

const dayOf = ({ fetchedAt }: Pick<Import, 'fetchedAt'>) => fetchedAt.toISOString().slice(0, 10)

type List = Pick<Import, 'id' | 'sha256' | 'rowsSha256' | 'options' | 'fetchedAt'> & {
  decision: FileDecision
}

/** Lists in the catalog that are newer than the one that is corrected, and corrections of such; the latest first. */
async function newerLists({ db }: AnalyzerParts, { sourceId, id, fetchedAt }: Original): Promise<List[]> {
  const published = await importStore(db).publishedSince(sourceId, fetchedAt)
  const corrected = new Map(published.map((each) => [each.id, each.fetchedAt]))
  return published.flatMap(({ decision, ...rest }) => {
    const isOwn = rest.id === id || rest.correctsImportId === id
    // A correction is as old as what it corrects.
    const isNewer = rest.correctsImportId === null || corrected.has(rest.correctsImportId)
    return decision === null || isOwn || !isNewer ? [] : [{ ...rest, decision }]
  })
}

const partialIsGone = (list: List) =>
  new InvalidError(
    'too_old',
    `The raw file of import ${list.id} of ${dayOf(list)} is no longer kept, and it may have had the same items since; correct the rejected rows of the source's last list.`,
  )

async function stagedKeys(sql: Sql, { names }: Staging): Promise<Set<string>> {
  const keys = new Set<string>()
  for (let after = 0; ; ) {
    const page = await sql.all<{ n: number; item_key: string }>(
      `select n, item_key from ${names.rows} where outcome = ${outcomes.accepted} and n > $1 order by n limit 10000`,
      [after],
    )
    for (const { item_key } of page) keys.add(item_key)
    const last = page.at(-1)
    if (last === undefined) return keys
    after = last.n
  }
}

/**
 * Which of the keys a list has in rows that could be taken. A list that is no longer kept has none that is known.
 * @param rejected rows that could be read and were not taken, as `settledKey` names them
 * @param mustBeKept without its file nothing else says what it has
 * @throws InvalidError `too_old`
 */
async function namedIn(
  parts: AnalyzerParts,
  list: List,
  {
    keys,
    signal,
    rejected = new Set(),
    mustBeKept = false,
  }: {
    keys: ReadonlySet<string>
    signal: AbortSignal
    rejected?: ReadonlySet<string>
    mustBeKept?: boolean
  },
): Promise<Set<string>> {
  const named = new Set<string>()
  if (keys.size === 0) return named
  const kept = await openKept(parts, list, signal).catch((error) => {
    if (!(error instanceof NotFoundError)) throw error
    if (mustBeKept) throw partialIsGone(list)
    return null
  })
  if (kept === null) return named
  try {
    const { tables } = list.decision
    for (const table of tables.filter((each) => isRead(each, tables)))
      for await (const rows of rereadTable(kept.file, table, list.options.table)) {
        signal.throwIfAborted()
        for (const { row, outcome } of rows) {
          if (outcome.kind !== 'item' || !keys.has(outcome.item.itemKey)) continue
          if (!rejected.has(settledKey(table.sheetName, row.index))) named.add(outcome.item.itemKey)
        }
        await new Promise((resolve) => setImmediate(resolve))
      }
    return named
  } finally {
    await kept.close()
  }
}

/** Keys of items that a newer list has marked gone. */
async function goneSince(
  sql: Sql,
  { names, engine }: Staging,
  { supplierId, fetchedAt }: Original,
): Promise<Set<string>> {
  const rows = await sql.all<{ item_key: string }>(
    `select s.item_key from suppliers as p
     join supplier_items as i on i.supplier_no = p.no
     join ${names.rows} as s on s.item_key = i.item_key
     where p.id = $1 and i.gone_at > ${instant(engine, '$2')} and s.outcome = ${outcomes.accepted}`,
    [supplierId, fetchedAt],
  )
  return new Set(rows.map(({ item_key }) => item_key))
}

/** @param why the end of "Row 12 …"; no word of the file's */
function leaveAside(sql: Sql, staging: Staging, keys: ReadonlySet<string>, why: string): Promise<number> {
  const message = `'Row ' || ("row" + 1) || ' ${why}.'`
  return takeOut(sql, staging, keys, { outcome: 'superseded', code: 'superseded', message })
}

/** @param as.message SQL */
async function takeOut(
  sql: Sql,
  { names, engine }: Staging,
  keys: ReadonlySet<string>,
  as: { outcome: 'rejected' | 'superseded'; code: string; message: string },
): Promise<number> {
  const all = [...keys]
  const isRejected = as.outcome === 'rejected'
  const rowData = jsonObject(engine, { sku: 'sku', name: 'name', price: 'price_raw', unit: 'unit' })
  let count = 0
  for (let at = 0; at < all.length; at += keysPerStatement) {
    const some = JSON.stringify(all.slice(at, at + keysPerStatement))
    const isNamed = `outcome = ${outcomes.accepted} and item_key in (${jsonElements(engine, '$1')})`
    await sql.run(
      `insert into ${names.issues} ("${Object.keys(issueColumns).join('", "')}")
       select sheet, scope, "row", null, '${isRejected ? 'error' : 'ignored'}', 'ValidationError', '${as.code}',
              ${as.message}, price_raw, null, ${isRejected ? rowData : 'null'}
       from ${names.rows} where ${isNamed}`,
      [some],
    )
    count += await sql.run(`update ${names.rows} set outcome = ${outcomes[as.outcome]} where ${isNamed}`, [
      some,
    ])
  }
  return count
}
