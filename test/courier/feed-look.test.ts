import { describe, expect, test } from 'bun:test'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { lookForUpdate, watchedSources } from '../../src/courier/feed-look.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openWayOut } from '../../src/lib/outbound/way-out.ts'
import { fetchSettingsDefault } from '../../src/sources/kinds/index.ts'
import { type CourierBench, openCourierBench, published } from '../helpers/courier-bench.ts'
import { type Engine, engines } from '../helpers/engines.ts'
import { testSealer } from '../helpers/sealer.ts'

interface Fixture extends AsyncDisposable {
  bench: CourierBench
  path: string
  source: string
  /** Has the source fetched, and its import published. */
  fetch(): Promise<void>
  look(): ReturnType<typeof lookForUpdate>
  watched(now?: Date): Promise<string[]>
}

async function open(engine: Engine): Promise<Fixture> {
  const bench = await openCourierBench(engine)
  const { db } = bench.bench
  await mkdir(bench.lists, { recursive: true })
  const path = `${bench.lists}/a.csv`
  await writeFile(path, 'a list')
  const settings = { ...fetchSettingsDefault, localFolders: [bench.lists] }
  const first = await bench.trigger({ path }, { isWatched: true })
  const [row] = await db.all<{ id: string }>('select id from sources')
  const parts = {
    db,
    clock: systemClock,
    fileBytesMax: 1000,
    fetchSettings: settings,
    sealer: testSealer,
    out: openWayOut({ allow: [], clock: systemClock, userAgent: 'test' }),
  }
  const publish = async (jobId: string) => {
    const handed = await bench.handed()
    await published(bench, handed)
    handed.end({ status: 'done' })
    await bench.settled(jobId, 'succeeded')
  }
  await publish(first)
  return {
    bench,
    path,
    source: row!.id,
    fetch: async () => publish(await bench.trigger({ path }, { isWatched: true })),
    look: () => lookForUpdate(parts, row!.id, new AbortController().signal),
    watched: async (now = new Date()) => (await watchedSources(db, now)).map(({ id }) => id),
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  }
}

for (const engine of engines) {
  describe(engine, () => {
    test('a source is the same until it has something new, and again once that was fetched', async () => {
      await using fixture = await open(engine)
      expect(await fixture.look()).toBe('same')
      await writeFile(fixture.path, 'another list')
      const later = new Date(Date.now() + 5000)
      await utimes(fixture.path, later, later)
      expect(await fixture.look()).toBe('changed')
      await fixture.fetch()
      expect(await fixture.look()).toBe('same')
      // Whatever was fetched before: nothing is known of what was handed in.
      await fixture.bench.bench.db.run('update imports set origin = null')
      expect(await fixture.look()).toBe('unknown')
    }, 60_000)

    test('a source is looked at while it is watched, rests, and could be fetched the last time', async () => {
      await using fixture = await open(engine)
      const { db } = fixture.bench.bench
      const { source } = fixture
      expect(await fixture.watched()).toEqual([source])
      const whenSet = async (set: string, back: string) => {
        await db.run(`update sources set ${set}`)
        const found = await fixture.watched()
        await db.run(`update sources set ${back}`)
        return found
      }
      const [yes, no] = engine === 'sqlite' ? ['1', '0'] : ['true', 'false']
      expect(await whenSet(`is_watched = ${no}`, `is_watched = ${yes}`)).toEqual([])
      expect(await whenSet('paused_at = created_at', 'paused_at = null')).toEqual([])
      expect(await whenSet(`kind = 'upload'`, `kind = 'local'`)).toEqual([])

      const slow = await fixture.bench.trigger(
        { path: `${fixture.bench.lists}/none.csv` },
        { name: 'other', isWatched: true },
      )
      await fixture.bench.settled(slow, 'dead')
      expect(await fixture.watched()).toEqual([source])
      expect(await fixture.watched(new Date(Date.now() + 61 * 60_000))).toHaveLength(2)
      await db.run(`update jobs set state = 'running' where id <> $1`, [slow])
      expect(await fixture.watched()).toEqual([])
    }, 60_000)
  })
}
