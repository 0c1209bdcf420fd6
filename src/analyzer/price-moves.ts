import type { Sql } from '../db/database.ts'
import { jsonElements } from '../db/dialect.ts'
import {
  type ChangeReport,
  type MoveStep,
  medianMaxBp,
  moveSteps,
  type ReportedMove,
} from '../imports/model.ts'
import type { Staging } from './staging/staging.ts'

/** How many of the largest rises, and of the largest falls, are named. */
const namedMax = 10

type PriceMoves = Pick<ChangeReport, 'rises' | 'falls'> & {
  medianBp: number | null
  steps: Record<MoveStep, number>
}

/**
 * How far prices moved in the same currency and for the same quantity, as the diff has them. PostgreSQL tells it in
 * three statements. SQLite sorts what it groups: there a walk through the moves takes a third of the time.
 */
export async function priceMoves(sql: Sql, staging: Staging): Promise<PriceMoves> {
  const { counts, rises, falls } =
    staging.engine === 'sqlite' ? await walkMoves(sql, staging) : await queryMoves(sql, staging)
  return {
    medianBp: medianOf(counts),
    steps: stepsOf(counts),
    rises: await named(sql, staging, rises),
    falls: await named(sql, staging, falls),
  }
}

/** How many prices moved by so many hundredths of a percent, towards zero; in the order of the moves. */
interface MoveCount {
  bp: number
  isUp: boolean
  count: number
}

interface Move {
  itemId: number
  oldE4: number
  newE4: number
}

interface Moves {
  counts: MoveCount[]
  rises: Move[]
  falls: Move[]
}

const pageSize = 10_000

async function walkMoves(sql: Sql, { names }: Staging): Promise<Moves> {
  const up = new Uint32Array(medianMaxBp + 1)
  const down = new Uint32Array(10_001)
  const rises = new Largest()
  const falls = new Largest()
  for (let after = 0; ; ) {
    const page = await sql.all<Move & { d: number }>(
      `select d, item_id as "itemId", old_price_e4 as "oldE4", new_price_e4 as "newE4" from ${names.diff}
       where d > $1 and is_comparable and new_price_e4 <> old_price_e4 order by d limit ${pageSize}`,
      [after],
    )
    for (const move of page) {
      const { oldE4, newE4 } = move
      const isUp = newE4 > oldE4
      const bp = oldE4 === 0 ? medianMaxBp : Math.min(((newE4 - oldE4) * 10_000) / oldE4, medianMaxBp)
      if (isUp) up[Math.trunc(bp)]!++
      else down[Math.trunc(-bp)]!++
      if (oldE4 > 0) (isUp ? rises : falls).add(move)
    }
    const last = page.at(-1)
    if (last === undefined) break
    after = last.d
  }
  const counts: MoveCount[] = []
  for (let bp = down.length - 1; bp >= 0; bp--)
    if (down[bp]! > 0) counts.push({ bp: -bp, isUp: false, count: down[bp]! })
  up.forEach((count, bp) => {
    if (count > 0) counts.push({ bp, isUp: true, count })
  })
  return { counts, rises: rises.moves, falls: falls.moves }
}

/** The moves that are the farthest relative to the old price, the first ones of those alike. */
class Largest {
  readonly moves: Move[] = []
  private readonly shares: number[] = []

  add(move: Move): void {
    const { moves, shares } = this
    const share = Math.abs(move.newE4 - move.oldE4) / move.oldE4
    if (moves.length === namedMax && share <= shares[namedMax - 1]!) return
    let at = moves.length
    while (at > 0 && shares[at - 1]! < share) at--
    moves.splice(at, 0, move)
    shares.splice(at, 0, share)
    if (moves.length <= namedMax) return
    moves.pop()
    shares.pop()
  }
}

async function queryMoves(sql: Sql, { names }: Staging): Promise<Moves> {
  const exact = '(new_price_e4 - old_price_e4) * cast(10000 as double precision) / old_price_e4'
  const counts = await sql.all<MoveCount>(
    `select case when old_price_e4 = 0 then ${medianMaxBp}
                 else cast(trunc(least(${exact}, ${medianMaxBp})) as integer) end as bp,
            new_price_e4 > old_price_e4 as "isUp", count(*) as count
     from ${names.diff} where is_comparable and new_price_e4 <> old_price_e4 group by 1, 2 order by 1, 2`,
  )
  const largest = (compared: '>' | '<') =>
    sql.all<Move>(
      `select item_id as "itemId", old_price_e4 as "oldE4", new_price_e4 as "newE4" from ${names.diff}
       where is_comparable and old_price_e4 > 0 and new_price_e4 ${compared} old_price_e4
       order by abs(new_price_e4 - old_price_e4) / cast(old_price_e4 as double precision) desc, d limit ${namedMax}`,
    )
  return { counts, rises: await largest('>'), falls: await largest('<') }
}

/** Of an even number of moves the lower of the two in the middle. */
function medianOf(counts: MoveCount[]): number | null {
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  let passed = 0
  for (const { bp, count } of counts) {
    passed += count
    if (passed * 2 >= total) return bp
  }
  return null
}

/** Where each step begins, away from zero, in hundredths of a percent. */
const stepBounds: Record<MoveStep, number> = {
  down50: 5000,
  down20: 2000,
  down5: 500,
  down0: 0,
  up0: 0,
  up5: 500,
  up20: 2000,
  up50: 5000,
}

function stepsOf(counts: MoveCount[]): Record<MoveStep, number> {
  const steps = { down50: 0, down20: 0, down5: 0, down0: 0, up0: 0, up5: 0, up20: 0, up50: 0 }
  const falling = moveSteps.slice(0, 4)
  const rising = moveSteps.slice(4).reverse()
  for (const { bp, isUp, count } of counts)
    steps[(isUp ? rising : falling).find((step) => Math.abs(bp) >= stepBounds[step])!] += count
  return steps
}

async function named(sql: Sql, { engine }: Staging, moves: Move[]): Promise<ReportedMove[]> {
  if (moves.length === 0) return []
  const items = await sql.all<Pick<ReportedMove, 'sku' | 'name' | 'currency'> & { id: number }>(
    `select id, sku, name, currency from supplier_items where id in (${jsonElements(engine, '$1', 'bigint')})`,
    [JSON.stringify(moves.map(({ itemId }) => itemId))],
  )
  const byId = new Map(items.map((item) => [item.id, item]))
  return moves.map(({ itemId, oldE4, newE4 }) => {
    const { sku, name, currency } = byId.get(itemId)!
    return { sku, name, oldE4, newE4, currency }
  })
}
