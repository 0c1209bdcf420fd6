import { describe, expect, test } from 'bun:test'
import { consoleActor } from '../../src/auth/model.ts'
import { trigger } from '../../src/courier/trigger.ts'
import type { Database } from '../../src/db/database.ts'
import { ingestOnStart } from '../../src/schedules/ingest-on-start.ts'
import { scheduleStart, type TriggerSources } from '../../src/schedules/schedule-start.ts'
import { type LookParts, look } from '../../src/schedules/scheduler-look.ts'
import { openSchedules } from '../../src/schedules/schedules.ts'
import { listTicks } from '../../src/schedules/ticks.ts'
import { sourceStore } from '../../src/sources/store.ts'
import { engines } from '../helpers/engines.ts'
import { openMigrated, openUrl, silentLog } from '../helpers/open-database.ts'
import { addSource } from '../helpers/sources.ts'

const at = (time: string) => new Date(`2026-11-22T${time}:00Z`)

/** A node with real sources, and the trigger of the program. */
function node(db: Database) {
  const announced: string[] = []
  const triggerSources: TriggerSources = (tx, cause) =>
    trigger(tx, { db, actor: consoleActor, defaultCurrency: 'EUR' }, cause)
  const announce = (jobId: string) => void announced.push(jobId)
  const schedules = openSchedules(db, {
    dailyRun: '0 2 * * *',
    timeZone: 'UTC',
    cleanUpSeconds: 3600,
    feedCheckSeconds: 0,
  })
  const cleaned: Date[] = []
  const parts: LookParts = {
    db,
    log: silentLog,
    schedules: async () => (await schedules.all()).known,
    start: scheduleStart({
      engine: db.engine,
      trigger: triggerSources,
      announce,
      cleanUp: {
        obstacle: () => (cleaned.length === 0 ? null : 'One is still under way.'),
        begin: (minute) => void cleaned.push(minute),
      },
      feedCheck: { obstacle: () => null, begin: () => {} },
    }),
    everyMinute: async () => {},
  }
  return {
    announced,
    cleaned,
    parts,
    look: (now: Date) => look(parts, now),
    atStart: (now: Date) => ingestOnStart({ db, log: silentLog, trigger: triggerSources, announce }, now),
    last: async (schedule: string) => (await listTicks(db, { schedule, limit: 1 }))[0],
    jobs: () =>
      db.all<{ id: string; schedule: string; source_id: string; expires_at: string | number }>(
        `select j.id, r.schedule, i.source_id, j.expires_at
         from jobs as j join imports as i on i.id = j.import_id join ingestion_runs as r on r.id = i.run_id order by j.id`,
      ),
  }
}

for (const engine of engines) {
  describe(engine, () => {
    test('a source is fetched by its schedule: a run and a job, which expires an hour after its minute', async () => {
      await using opened = await openMigrated(engine)
      const { announced, look, last, jobs } = node(opened.db)
      const source = await addSource(opened.db, {
        name: 'daily',
        schedule: '30 4 * * *',
        timeZone: 'Asia/Tokyo',
      })
      await look(new Date('2026-11-22T19:30:20Z'))
      const [job] = await jobs()
      expect(job).toMatchObject({ schedule: `source/${source}`, source_id: source })
      expect(new Date(job!.expires_at)).toEqual(at('20:30'))
      expect(announced).toEqual([job!.id])
      expect(await last(`source/${source}`)).toMatchObject({
        minute: at('19:30'),
        outcome: 'started',
        runId: expect.any(String),
        note: null,
      })
    })

    test('a source whose last job has not ended is skipped, and that is recorded', async () => {
      await using opened = await openMigrated(engine)
      const { look, last, jobs } = node(opened.db)
      const source = await addSource(opened.db, { name: 'often', schedule: '*/5 * * * *' })
      await look(at('04:00'))
      await look(at('04:05'))
      expect(await jobs()).toHaveLength(1)
      expect(await last(`source/${source}`)).toMatchObject({
        minute: at('04:05'),
        outcome: 'skipped',
        runId: null,
        note: expect.stringContaining('is under way already'),
      })
    })

    test('the daily run fetches every source that has no schedule, in one run', async () => {
      await using opened = await openMigrated(engine)
      const { db } = opened
      const { announced, look, last, jobs } = node(db)
      const sources = [
        await addSource(db, { name: 'a' }),
        await addSource(db, { name: 'b', supplier: 'Best' }),
      ]
      await addSource(db, { name: 'scheduled', schedule: '0 9 * * *' })
      await addSource(db, { name: 'handed in', kind: 'upload', config: {} })
      const paused = await addSource(db, { name: 'paused' })
      await db.tx(({ query }) => sourceStore({ query, tables: db.tables }).setPaused(paused, at('01:00')))
      await look(at('02:00'))
      expect((await jobs()).map(({ source_id }) => source_id).sort()).toEqual(sources.sort())
      expect(announced).toHaveLength(2)
      expect(await last('daily-run')).toMatchObject({ outcome: 'started', note: null })
      expect(await db.all('select id from ingestion_runs')).toHaveLength(1)

      // One of them has ended by the next day, the other has not.
      await db.run(`update jobs set state = 'succeeded' where id = $1`, [announced[0]!])
      await look(new Date('2026-11-23T02:00:00Z'))
      expect(await last('daily-run')).toMatchObject({
        outcome: 'started',
        note: expect.stringMatching(/^1 of 2 sources\. Source "[ab]" is under way already/),
      })
    })

    test('a daily run without sources is skipped', async () => {
      await using opened = await openMigrated(engine)
      const { look, last, jobs } = node(opened.db)
      await look(at('02:00'))
      expect(await jobs()).toEqual([])
      expect(await last('daily-run')).toMatchObject({
        outcome: 'skipped',
        note: 'There is no source that it would fetch.',
      })
    })

    test('clean-ups begin after their minute is claimed, and not while one is under way', async () => {
      await using opened = await openMigrated(engine)
      const { look, last, cleaned } = node(opened.db)
      await look(at('05:00'))
      await look(at('05:59'))
      await look(at('06:00'))
      expect(cleaned).toEqual([at('05:00')])
      expect(await last('clean-up')).toMatchObject({ outcome: 'skipped', note: 'One is still under way.' })
    })

    test('two nodes make one run and one job for each minute of each source', async () => {
      await using opened = await openMigrated(engine)
      const { db } = opened
      const other = await openUrl(opened.url)
      try {
        for (let n = 0; n < 8; n++) {
          await addSource(db, { name: `source ${n}`, supplier: `Supplier ${n}`, schedule: '* * * * *' })
        }
        const nodes = [node(db), node(other)]
        for (const time of ['04:00', '04:01', '04:02']) {
          await Promise.all(nodes.map(({ look }) => look(at(time))))
          await db.run(`update jobs set state = 'succeeded'`)
        }
        expect(await nodes[0]!.jobs()).toHaveLength(24)
        expect(await db.all('select id from ingestion_runs')).toHaveLength(24)
        const ticks = await db.all<{ outcome: string; run_id: string }>(
          `select outcome, run_id from schedule_ticks where schedule like 'source/%'`,
        )
        expect(ticks.map(({ outcome }) => outcome)).toEqual(Array(24).fill('started'))
        expect(new Set(ticks.map(({ run_id }) => run_id)).size).toBe(24)
      } finally {
        await other.close()
      }
    })

    test('at the start every source that is not paused is fetched once, by nodes that start together too', async () => {
      await using opened = await openMigrated(engine)
      const { db } = opened
      const other = await openUrl(opened.url)
      try {
        const sources = [
          await addSource(db, { name: 'a', schedule: '0 9 * * *' }),
          await addSource(db, { name: 'b', supplier: 'Best' }),
        ]
        await addSource(db, { name: 'handed in', kind: 'upload', config: {} })
        const [first, second] = [node(db), node(other)]
        await Promise.all([first.atStart(at('04:00')), second.atStart(at('04:00'))])
        const jobs = await first.jobs()
        expect(jobs.map(({ source_id }) => source_id).sort()).toEqual(sources.sort())
        expect(new Set(jobs.map(({ schedule }) => schedule))).toEqual(new Set(['on-start']))
        expect([...first.announced, ...second.announced]).toHaveLength(2)
      } finally {
        await other.close()
      }
    })
  })
}
