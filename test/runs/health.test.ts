import { describe, expect, test } from 'bun:test'
import { type HealthFacts, judge } from '../../src/runs/health.ts'
import { healthFacts } from '../../src/runs/health-facts.ts'
import { ingestionHealthView } from '../../src/runs/health-view.ts'
import { runStore } from '../../src/runs/store.ts'
import { sourceStore } from '../../src/sources/store.ts'
import { type Bench, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows } from '../helpers/item-rows.ts'

const now = new Date(Date.UTC(2026, 10, 22, 12))
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
const fine: HealthFacts = {
  now,
  queue: { waiting: 0, putOff: 0, running: 0 },
  dueSince: null,
  pausedSince: null,
  deadLetters: [],
  lastEnded: { id: 'r', status: 'completed' },
  stale: [],
}

const judged: [what: string, differences: Partial<HealthFacts>, status: string, codes: string[]][] = [
  ['nothing to do', {}, 'ok', []],
  ['no run yet', { lastEnded: null }, 'ok', []],
  ['work that has just become due', { dueSince: minutesAgo(4) }, 'ok', []],
  ['work that is due for long', { dueSince: minutesAgo(6) }, 'failing', ['work_stalled']],
  [
    'work that waits behind other work',
    { dueSince: minutesAgo(60), queue: { waiting: 9, putOff: 0, running: 4 } },
    'ok',
    [],
  ],
  ['a paused queue', { pausedSince: minutesAgo(9), dueSince: minutesAgo(9) }, 'degraded', ['queue_paused']],
  ['a deep queue', { queue: { waiting: 1001, putOff: 0, running: 4 } }, 'degraded', ['queue_deep']],
  ['dead letters', { deadLetters: [{ cause: 'network/x', count: 2 }] }, 'degraded', ['dead_letters']],
  ['a run that failed', { lastEnded: { id: 'r', status: 'failed' } }, 'failing', ['last_run_failed']],
  ['a run in part', { lastEnded: { id: 'r', status: 'partial_success' } }, 'ok', []],
  [
    'a stale source',
    { stale: [{ supplier: 'Acme', source: 'a', dueAt: minutesAgo(99) }] },
    'degraded',
    ['sources_stale'],
  ],
]
for (const [what, differences, status, codes] of judged)
  test(`${what}: ${status}`, () => {
    const { reasons, ...rest } = judge({ ...fine, ...differences })
    expect([rest.status, reasons.map(({ code }) => code)]).toEqual([status as 'ok', codes as never])
  })

async function schedule(
  bench: Bench,
  sourceId: string,
  text: string | null,
  timeZone: string | null = null,
  at = new Date(Date.UTC(2026, 10, 22, 9)),
) {
  await bench.db.tx(({ query }) =>
    sourceStore({ query, tables: bench.db.tables }).edit(sourceId, { schedule: text, timeZone }, at),
  )
}

for (const engine of engines)
  describe(engine, () => {
    const look = async (bench: Bench, at: Date, timeZone = 'UTC') =>
      ingestionHealthView(await healthFacts(bench.db, runStore(bench.db), { now: at, timeZone }))

    test('an installation that has nothing is well', async () => {
      await using bench = await openBench(engine)
      expect(await look(bench, now)).toEqual({
        status: 'ok',
        reasons: [],
        queue: {
          jobs: {},
          waiting: 0,
          put_off: 0,
          running: 0,
          oldest_due_at: null,
          oldest_due_seconds: null,
          paused_since: null,
        },
        dead_letters: [],
        sources: { paused: 0, stale_count: 0, stale: [] },
        last_run: null,
      })
    })

    test('a source is stale an hour after a list was due that did not come, in its own zone', async () => {
      await using bench = await openBench(engine)
      // Published at 09:00:01 UTC.
      const source = await bench.source('Acme', 'daily')
      await bench.publish(source, { items: itemRows(itemRow('A')) })
      await bench.source('Acme', 'unscheduled')
      await schedule(bench, source.sourceId, '0 15 * * *', 'Europe/Berlin')
      const at = (hour: number, minute: number) => look(bench, new Date(Date.UTC(2026, 10, 22, hour, minute)))
      expect((await at(14, 59)).status).toBe('ok')
      const stale = await at(15, 0)
      expect(stale).toMatchObject({
        status: 'degraded',
        reasons: [{ code: 'sources_stale' }],
        sources: {
          stale_count: 1,
          stale: [{ source: 'daily', supplier: 'Acme', due_at: '2026-11-22T14:00:00.000Z' }],
        },
      })
      expect(stale.reasons[0]!.message).toContain('Acme/daily since 2026-11-22T14:00:00.000Z')
      // Where neither says one, the configuration does.
      await schedule(bench, source.sourceId, '0 15 * * *')
      expect((await at(15, 59)).status).toBe('ok')
      expect((await look(bench, new Date(Date.UTC(2026, 10, 22, 15)), 'Europe/Berlin')).status).toBe(
        'degraded',
      )
      // What was due before the schedule was set was not its to do.
      await schedule(bench, source.sourceId, '0 14 * * *', null, new Date(Date.UTC(2026, 10, 22, 15)))
      expect((await at(18, 0)).status).toBe('ok')
      await schedule(bench, source.sourceId, '0 15 * * *', null, now)
      expect((await at(18, 0)).status).toBe('degraded')
      await bench.db.tx(({ query }) =>
        sourceStore({ query, tables: bench.db.tables }).setPaused(source.sourceId, now),
      )
      expect(await at(18, 0)).toMatchObject({ status: 'ok', sources: { paused: 1, stale_count: 0 } })
    })

    test('jobs are counted by what they wait for; those of paused sources wait for nobody', async () => {
      await using bench = await openBench(engine)
      const jobs: [source: string, state: string, runAt: Date][] = [
        ['a', 'queued', minutesAgo(7)],
        ['b', 'queued', minutesAgo(3)],
        ['c', 'queued', minutesAgo(-3)],
        ['paused', 'queued', minutesAgo(60)],
        ['dead', 'dead', minutesAgo(90)],
        ['given up', 'dead', minutesAgo(90)],
      ]
      for (const [name, state, runAt] of jobs) {
        const source = await bench.source('Acme', name)
        const { importId } = await bench.begin(source)
        await bench.db.run(
          `update jobs set state = $1, run_at = $2, cause = 'network/x', error_kind = 'network', error_code = 'x',
                           finished_at = $2 where import_id = $3`,
          [state, runAt, importId],
        )
        if (name === 'paused')
          await bench.db.tx(({ query }) =>
            sourceStore({ query, tables: bench.db.tables }).setPaused(source.sourceId, now),
          )
        if (name === 'given up')
          await bench.db.run('update jobs set discarded_at = $1 where import_id = $2', [now, importId])
      }
      const shown = await look(bench, now)
      expect(shown).toMatchObject({
        status: 'failing',
        queue: {
          jobs: { queued: 4, dead: 2 },
          waiting: 2,
          put_off: 1,
          running: 0,
          oldest_due_at: minutesAgo(7).toISOString(),
          oldest_due_seconds: 420,
        },
        dead_letters: [{ cause: 'network/x', count: 1, last_at: minutesAgo(90).toISOString() }],
      })
      expect(shown.reasons.map(({ code }) => code)).toEqual(['work_stalled', 'dead_letters'])
      expect(shown.last_run).toMatchObject({ status: 'running' })
    })

    test('a scheduled run that failed is told until one ends better; what people hand in does not count', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const end = async (trigger: string, status: string) => {
        const { importId } = await bench.begin(source)
        const where = 'id = (select run_id from imports where id = $2)'
        await bench.db.run(`update ingestion_runs set trigger = $1 where ${where}`, [trigger, importId])
        await bench.db.run('update imports set status = $1, finished_at = $2 where id = $3', [
          status,
          now,
          importId,
        ])
        await bench.db.run(`update jobs set state = 'failed' where import_id = $1`, [importId])
        return (await look(bench, now)).status
      }
      expect(await end('cli', 'failed')).toBe('ok')
      expect(await end('schedule', 'failed')).toBe('failing')
      expect(await end('api', 'completed')).toBe('failing')
      expect(await end('schedule', 'held')).toBe('failing')
      expect(await end('schedule', 'unchanged')).toBe('ok')
    })
  })
