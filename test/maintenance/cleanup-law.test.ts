import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import fc from 'fast-check'
import { cleanAhead, runAhead } from '../helpers/cleanups.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { csvOf } from '../helpers/lists.ts'
import { openUrl } from '../helpers/open-database.ts'

/** A list as somebody hands it in, some days after the one before it. */
interface Event {
  days: number
  /** By article: its price in tenths, or a price that cannot be read; null: it is not listed. */
  prices: (number | '?' | null)[]
  isFull: boolean
  /** Prices that are a hundred times as high are held. */
  factor: 1 | 100
  /** No list at all, which is a dead letter then, and maybe given up. */
  junk: 'dead' | 'discarded' | null
  /** An article that a person deletes afterwards. */
  deletes: number | null
}

const articles = 6
const event: fc.Arbitrary<Event> = fc.record({
  days: fc.nat(20),
  prices: fc.array(fc.constantFrom(11, 12, 13, '?' as const, null), {
    minLength: articles,
    maxLength: articles,
  }),
  isFull: fc.boolean(),
  factor: fc.constantFrom(1 as const, 1 as const, 1 as const, 100 as const),
  junk: fc.constantFrom(null, null, null, null, 'dead' as const, 'discarded' as const),
  deletes: fc.option(fc.nat(articles - 1), { freq: 6, nil: null }),
})

const listOf = ({ prices, factor }: Event) =>
  csvOf(
    ['SKU', 'Name', 'Price EUR'],
    // One article of which every list says the same, so that all of them are lists.
    ['Z-0', 'Zebra', '9.90'],
    ...prices.flatMap((price, n) =>
      price === null
        ? []
        : [[`A-${n}`, `Article ${n}`, price === '?' ? '?' : ((price * factor) / 10).toFixed(2)]],
    ),
  )

interface Ended {
  id: string
  status: string
  error: { code: string } | null
  counts: { rejected: number }
  changes: Record<string, number>
}

/** Plays a history. @returns how many days it took, and the last list that was published */
async function play(program: TestProgram, events: Event[]) {
  let day = 0
  let last: { event: Event; id: string } | null = null
  const db = await openUrl(program.url)
  try {
    for (const each of events) {
      day += each.days
      const path = await program.write('list.csv', each.junk === null ? listOf(each) : `no list ${day}`)
      const options = [...(each.isFull ? ['--full'] : []), ...(each.factor === 1 ? ['--no-hold'] : [])]
      const argv = ['ingest', path, '--supplier', 'Acme', '--json', ...options]
      const ended = JSON.parse((await runAhead(program, day, ...argv)).out) as Ended
      if (each.junk !== null)
        await db.run(
          `update jobs set state = 'dead', cause = 'validation/x', discarded_at = ${each.junk === 'dead' ? 'null' : 'finished_at'}
           where import_id = $1 and state = 'failed'`,
          [ended.id],
        )
      if (ended.status === 'completed' || ended.status === 'partial_success')
        last = { event: each, id: ended.id }
      if (each.deletes !== null)
        await runAhead(program, day, 'items', 'delete', `A-${each.deletes}`, '--supplier', 'Acme')
    }
  } finally {
    await db.close()
  }
  return { day, last }
}

const idsWhere = async (program: TestProgram, from: string) =>
  (await program.rows<{ id: string }>(`select m.id from ${from} order by m.id`)).map(({ id }) => id)

/** What is in the catalog, other than what a person deleted. */
async function undeleted(program: TestProgram) {
  const kept = `select id from supplier_items where deleted_at is null or gone_at is null or deleted_at <> gone_at`
  return {
    items: await program.rows(`select * from supplier_items where id in (${kept}) order by id`),
    prices: await program.rows(
      `select * from price_history where item_id in (${kept}) order by item_id, import_no, n`,
    ),
    changes: await program.rows(
      `select * from item_changes where item_id in (${kept}) order by item_id, import_no`,
    ),
    imports: await program.rows('select * from imports order by no'),
    log: await program.rows('select * from parsing_logs order by id'),
  }
}

for (const engine of engines) {
  describe(engine, () => {
    test('whatever was handed in and however long ago, a clean-up leaves all that can still be done, and does not change what is known', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(event, { minLength: 2, maxLength: 6 }),
          fc.constantFrom(1, 8, 31, 60, 400),
          async (events, later) => {
            await using program = await openProgram(engine, {
              TALLYMAN_ORPHANS: 'categories,brands,runs,files,fingerprints',
            })
            const { day, last } = await play(program, events)
            const now = day + later
            const before = await undeleted(program)
            await cleanAhead(program, now)
            expect(await undeleted(program)).toEqual(before)
            // A second one finds nothing more.
            for (const [task, { deleted }] of Object.entries(await cleanAhead(program, now)))
              expect([task, deleted]).toEqual([task, {}])

            // Every rejected row that is not corrected can be looked at.
            const run = (...argv: string[]) => runAhead(program, now + 1, ...argv)
            const json = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).out)
            const rejected = `imports as m where m.rows_rejected > 0 and m.status = 'partial_success'`
            for (const id of await idsWhere(program, rejected)) {
              const { code, out } = await run('rejects', id, '--format', 'csv')
              expect([code, out.includes('?')]).toEqual([0, true])
            }
            // The last list is kept as it was handed in, and those of its rows can be corrected.
            if (last !== null) {
              const [{ sha256 }] = (await program.rows<{ sha256: string }>(
                `select sha256 from imports where id = '${last.id}'`,
              )) as [{ sha256: string }]
              const file = Bun.file(join(program.dataFolder, 'raw', sha256.slice(0, 2), sha256))
              expect(await file.text()).toBe(listOf(last.event))
            }
            if (last?.event.prices.includes('?') === true) {
              const { out } = await run('rejects', last.id, '--format', 'csv')
              const path = await program.write('fixed.csv', out.replaceAll(';?;', ';1.40;'))
              const fixed: Ended = await json('ingest', path, '--supplier', 'Acme', '--no-hold')
              expect(fixed).toMatchObject({ error: null, counts: { rejected: 0 } })
            }
            // A dead letter can be tried again.
            const dead = `imports as m join jobs as j on j.import_id = m.id where j.state = 'dead' and j.discarded_at is null`
            const letters = await idsWhere(program, dead)
            expect(letters).toHaveLength(events.filter(({ junk }) => junk === 'dead').length)
            for (const id of letters) {
              const [job] = await program.rows<{ id: string }>(
                `select id from jobs where import_id = '${id}'`,
              )
              expect(await run('jobs', 'retry', job!.id)).toMatchObject({ code: 0 })
            }
            for (const ended of ((await json('imports', 'resume')) as { imports: Ended[] }).imports)
              expect(ended.error?.code).not.toBe('raw_file_missing')
            // What is held can be published, or read again as a person says: one so, the next the other way.
            for (const [n, id] of (
              await idsWhere(program, `imports as m where m.status = 'held'`)
            ).entries()) {
              const argv = n % 2 === 0 ? ['approve', id] : ['correct', id, '--decimal', 'dot']
              const ended: Ended = await json('imports', ...argv)
              expect(['completed', 'partial_success', 'held', 'stale_data', 'unchanged']).toContain(
                ended.error?.code ?? ended.status,
              )
            }
            // The last list can be loaded again, read or not.
            if (last === null) return
            const path = await program.write('again.csv', listOf(last.event))
            for (const how of [['--force'], []]) {
              const again: Ended = await json('ingest', path, '--supplier', 'Acme', '--no-hold', ...how)
              expect(again.error).toBeNull()
            }
          },
        ),
        { numRuns: engine === 'sqlite' ? 25 : 4 },
      )
    }, 240_000)
  })
}
