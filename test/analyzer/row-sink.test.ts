import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { RowSink } from '../../src/analyzer/row-sink.ts'
import { stageInSqlite } from '../../src/analyzer/staging/sqlite.ts'
import { ignoredReasons } from '../../src/analyzer/table/rows/issue.ts'
import type { RowOutcome } from '../../src/analyzer/table/rows/item.ts'
import { issueOf, itemRow, tiered } from '../helpers/item-rows.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

const place = { sheet: 'Preise', scope: '' }
type Taken = { cells: (string | number)[]; outcome: RowOutcome }

/** Takes rows and gives the counts with everything that was staged. */
async function taken(rows: Taken[], at: typeof place | null = place) {
  await using directory = await temporaryDirectory()
  const staging = stageInSqlite(directory.file('staging.db'), null)
  const sink = new RowSink(staging, at)
  for (const [index, { cells, outcome }] of rows.entries()) sink.take({ index, cells }, outcome)
  await staging.seal()
  const staged = await staging.withSql(async (sql) => ({
    items: await sql.all<{ item_key: string }>('select item_key from staging.rows order by n'),
    issues: await sql.all<Record<string, unknown>>('select * from staging.issues order by rowid'),
  }))
  await staging.discard()
  return { ...sink.counts(), ...staged }
}

const rejected = (itemKey: string | null, issueCount = 1): RowOutcome => ({
  kind: 'rejected',
  issues: Array.from({ length: issueCount }, () => issueOf()),
  itemKey,
})

test('every row is counted once, with its issues beside it', async () => {
  const note = issueOf({ severity: 'note', code: 'rounded' })
  const result = await taken([
    { cells: ['SKU', 'Name'], outcome: { kind: 'ignored', reason: 'header' } },
    { cells: ['A', 'Hammer'], outcome: { kind: 'item', item: itemRow('A', { notes: [note] }) } },
    { cells: ['B', 'Axe', ''], outcome: { kind: 'item', item: itemRow('B', { priceE4: null }) } },
    { cells: [], outcome: { kind: 'ignored', reason: 'blank' } },
    { cells: ['C', 7.5], outcome: rejected('C', 2) },
  ])
  expect(result.counts).toEqual({ read: 5, accepted: 2, priced: 1, unchanged: 0, rejected: 1, ignored: 2 })
  expect(result.ignored).toEqual({ header: 1, blank: 1 })
  expect(result.items).toEqual([{ item_key: 'A' }, { item_key: 'B' }])
  expect(result.issues.map(({ code, item_key, row_data }) => [code, item_key, row_data])).toEqual([
    ['header', null, null],
    ['rounded', null, null],
    ['missing_price', 'C', '["C","7.5"]'],
    ['missing_price', 'C', '["C","7.5"]'],
  ])
  expect(result.issues[0]).toMatchObject({
    message: 'Row 1 is the header.',
    raw: 'SKU | Name',
    sheet: 'Preise',
  })
})

test('the rows of a sheet that is no list are counted and nothing else', async () => {
  const outcome = { kind: 'ignored', reason: 'not_a_list' } as const
  const result = await taken(
    [
      { cells: ['x'], outcome },
      { cells: ['y'], outcome },
    ],
    null,
  )
  expect(result).toEqual({
    counts: { read: 2, accepted: 0, priced: 0, unchanged: 0, rejected: 0, ignored: 2 },
    ignored: { not_a_list: 2 },
    items: [],
    issues: [],
  })
  expect(taken([{ cells: ['x'], outcome: rejected(null) }], null)).rejects.toThrow('no price list')
})

test('an article on request has no price, whatever a further list asks for it', async () => {
  const item = itemRow('A', { priceE4: null, currency: null, ...tiered({}) })
  const { counts } = await taken([{ cells: ['x'], outcome: { kind: 'item', item } }])
  expect(counts).toMatchObject({ accepted: 1, priced: 0 })
})

test('a huge rejected row is kept in part, its odd characters replaced', async () => {
  const cells = Array.from({ length: 16_384 }, (_, column) =>
    column === 0 ? 'a\0\ud83d' : 'x'.repeat(2_000),
  )
  const result = await taken([{ cells, outcome: rejected(null) }])
  const kept: string[] = JSON.parse(String(result.issues[0]!.row_data))
  expect(kept[0]).toBe('a\u2400\ufffd')
  expect(kept[1]).toBe('x'.repeat(1000))
  expect(kept.join('').length).toBeLessThanOrEqual(64 * 1024)
  expect(kept.length).toBeGreaterThan(60)
})

test('whatever rows come, they add up', async () => {
  const outcome: fc.Arbitrary<RowOutcome> = fc.oneof(
    fc.constantFrom(...ignoredReasons).map((reason) => ({ kind: 'ignored' as const, reason })),
    fc.option(fc.nat()).map((priceE4) => ({ kind: 'item' as const, item: itemRow('A', { priceE4 }) })),
    fc.integer({ min: 1, max: 3 }).map((count) => rejected(null, count)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(outcome, { maxLength: 30 }), async (outcomes) => {
      const { counts, items } = await taken(outcomes.map((each) => ({ cells: ['x'], outcome: each })))
      expect(counts.read).toBe(outcomes.length)
      expect(counts.accepted + counts.rejected + counts.ignored).toBe(outcomes.length)
      expect(counts.accepted).toBe(items.length)
      expect(counts.priced).toBeLessThanOrEqual(counts.accepted)
    }),
    { numRuns: 30 },
  )
})
