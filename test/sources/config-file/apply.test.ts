import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { consoleActor } from '../../../src/auth/model.ts'
import type { Database } from '../../../src/db/database.ts'
import { newKey, openSealer } from '../../../src/lib/seal.ts'
import { applySourcesFile } from '../../../src/sources/config-file/apply.ts'
import { parseSourcesFile } from '../../../src/sources/config-file/load.ts'
import { fetchSettingsDefault } from '../../../src/sources/kinds/index.ts'
import { defaultSettings } from '../../../src/sources/model.ts'
import { wholeConfig } from '../../../src/sources/secrets.ts'
import { sourceStore } from '../../../src/sources/store.ts'
import { engines } from '../../helpers/engines.ts'
import { openMigrated } from '../../helpers/open-database.ts'
import { testSealer } from '../../helpers/sealer.ts'
import { addSource } from '../../helpers/sources.ts'

const rules = {
  fetchSettings: { ...fetchSettingsDefault, localFolders: ['/srv'] },
  sealer: testSealer,
  timeZone: 'UTC',
}
const start = new Date('2026-11-22T08:00:00Z')

/** Applies a file; the clock has moved on at each. */
function applier(db: Database, env: Record<string, string> = {}, sealer = testSealer) {
  let minutes = 0
  return async (text: string, { path = '/etc/tallyman.yaml', isDry = false } = {}) => {
    const bytes = new TextEncoder().encode(text)
    const sources = parseSourcesFile(bytes, { name: 'tallyman.yaml', env, rules: { ...rules, sealer } })
    const clock = { now: () => new Date(start.getTime() + minutes++ * 60_000) }
    const steps = await applySourcesFile(
      { db, actor: consoleActor, clock, sealer },
      { path, sources },
      { isDry },
    )
    return steps.map(({ supplier, name, action, differences, takenFrom }) => ({
      source: `${supplier}/${name}`,
      action,
      ...(differences.length > 0 && { differences }),
      ...(takenFrom !== null && { takenFrom: takenFrom.file }),
    }))
  }
}

async function contents(db: Database): Promise<unknown> {
  return {
    sources: await db.all('select * from sources order by id'),
    suppliers: await db.all('select * from suppliers order by id'),
  }
}

async function sourceOf(db: Database, name: string) {
  const [row] = await db.all<{ id: string }>('select id from sources where name = $1', [name])
  return row === undefined ? null : sourceStore(db).get(row.id)
}

const changed = (db: Database, work: (store: ReturnType<typeof sourceStore>) => Promise<void>) =>
  db.tx(({ query }) => work(sourceStore({ query, tables: db.tables })))

const weekly =
  'sources: [{ supplier: Acme, name: weekly, kind: local, path: /srv/acme, schedule: 0 6 * * 1 }]'

for (const engine of engines) {
  describe(engine, () => {
    test('sources are made as the file says, and applied once more nothing is written', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const apply = applier(db)
      const text = [
        'sources:',
        '- supplier: Acme',
        '  name: weekly',
        '  kind: local',
        '  path: /srv/acme',
        '  schedule: 0 6 * * 1',
        '  time_zone: Europe/Berlin',
        '  list_mode: full',
        '  analyzer: off',
        '  watch: on',
        '  retry_delays: [1, 5]',
        '  mapping: { sku: A, brand: none }',
        '  sheets: Nord',
        '  header_row: 2',
        '  currency: EUR',
        '  limits: { items_kept: off }',
        '- { supplier: Acme, name: by hand, kind: upload, active: off }',
      ].join('\n')
      expect(await apply(text, { isDry: true })).toEqual([
        { source: 'Acme/weekly', action: 'made' },
        { source: 'Acme/by hand', action: 'made' },
      ])
      expect(await contents(db)).toEqual({ sources: [], suppliers: [] })
      expect(await apply(text)).toEqual([
        { source: 'Acme/weekly', action: 'made' },
        { source: 'Acme/by hand', action: 'made' },
      ])
      expect(await sourceOf(db, 'weekly')).toMatchObject({
        kind: 'local',
        config: { path: '/srv/acme' },
        schedule: '0 6 * * 1',
        timeZone: 'Europe/Berlin',
        listMode: 'full',
        usesAnalyzer: false,
        isWatched: true,
        retryDelaysMs: [1000, 5000],
        map: { sku: 'A', brand: null },
        reading: { sheets: ['Nord'], headerRows: [1], encoding: null },
        currency: 'EUR',
        limits: { itemsKeptMin: null, movedShareMax: 0.3 },
        pausedAt: null,
        declaredIn: '/etc/tallyman.yaml',
      })
      expect((await sourceOf(db, 'by hand'))?.pausedAt).toBeInstanceOf(Date)
      const before = await contents(db)
      expect((await apply(text)).map(({ action }) => action)).toEqual(['unchanged', 'unchanged'])
      expect(await contents(db)).toEqual(before)
    })

    test('what people changed is set back; what the file leaves to them stays', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const apply = applier(db)
      await apply(weekly)
      const { id } = (await sourceOf(db, 'weekly'))!
      await changed(db, async (store) => {
        await store.edit(id, { schedule: '0 9 * * *', config: { path: '/srv/other' }, secrets: null }, start)
        await store.change(id, { ...defaultSettings, map: { sku: 'B' }, currency: 'USD' })
        await store.setPaused(id, start)
      })
      const differences = [
        { key: 'config.path', before: '/srv/other', after: '/srv/acme' },
        { key: 'schedule', before: '0 9 * * *', after: '0 6 * * 1' },
      ]
      const step = { source: 'Acme/weekly', action: 'changed' as const, differences }
      expect(await apply(weekly, { isDry: true })).toEqual([step])
      expect((await sourceOf(db, 'weekly'))?.schedule).toBe('0 9 * * *')
      expect(await apply(weekly)).toEqual([step])
      expect(await sourceOf(db, 'weekly')).toMatchObject({
        config: { path: '/srv/acme' },
        schedule: '0 6 * * 1',
        map: { sku: 'B' },
        currency: 'USD',
        pausedAt: start,
      })
      expect(await apply(weekly.replace(' }]', ', active: on }]'))).toMatchObject([
        { action: 'changed', differences: [{ key: 'active', before: false, after: true }] },
      ])
      expect((await sourceOf(db, 'weekly'))?.pausedAt).toBe(null)
    })

    test('a source that the file no longer has is paused once, and comes back with it', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const apply = applier(db)
      await apply(weekly)
      expect(await apply('sources: []')).toEqual([{ source: 'Acme/weekly', action: 'paused' }])
      const paused = await sourceOf(db, 'weekly')
      expect(paused).toMatchObject({ pausedAt: expect.any(Date), declaredIn: null })
      expect(await apply('sources: []')).toEqual([])
      // It is theirs now.
      await changed(db, (store) => store.setPaused(paused!.id, null))
      expect(await apply('sources: []')).toEqual([])
      expect((await sourceOf(db, 'weekly'))?.pausedAt).toBe(null)
      await changed(db, (store) => store.setPaused(paused!.id, start))
      expect(await apply(weekly)).toEqual([
        {
          source: 'Acme/weekly',
          action: 'changed',
          differences: [{ key: 'active', before: false, after: true }],
          takenFrom: null,
        },
      ])
      expect(await sourceOf(db, 'weekly')).toMatchObject({ id: paused!.id, pausedAt: null })
    })

    test('a source that people made is taken over, and so is one of another file', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const apply = applier(db)
      const id = await addSource(db, { name: 'weekly', supplier: 'ACME' })
      const [taken] = await apply(weekly)
      expect(taken).toMatchObject({ source: 'Acme/weekly', action: 'changed', takenFrom: null })
      expect(await sourceOf(db, 'weekly')).toMatchObject({ id, listMode: 'partial' })
      expect(await apply(weekly, { path: '/other.yaml' })).toEqual([
        { source: 'Acme/weekly', action: 'changed', takenFrom: '/etc/tallyman.yaml' },
      ])
      // The first file has lost it, and may not pause what is no longer its own.
      expect(await apply('sources: []')).toEqual([])
      expect((await sourceOf(db, 'weekly'))?.pausedAt).toBe(null)
    })

    test('a pause of people outlives that their file is moved', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const apply = applier(db)
      await apply(weekly)
      const { id } = (await sourceOf(db, 'weekly'))!
      await changed(db, (store) => store.setPaused(id, start))
      await apply(weekly, { path: '/moved.yaml' })
      expect(await sourceOf(db, 'weekly')).toMatchObject({ declaredIn: '/moved.yaml', pausedAt: start })
    })

    test('secrets come from the environment, are sealed, and are compared without being shown', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const text = [
        'sources:',
        '- supplier: Acme',
        '  name: weekly',
        '  kind: remote',
        '  url: https://shop.example/list.csv',
        '  username: anna',
        `  password: \${PASSWORD}`,
        `  secret_headers: { X-Api-Key: "\${PASSWORD}" }`,
      ].join('\n')
      expect(await applier(db, { PASSWORD: 'canary1' })(text)).toMatchObject([{ action: 'made' }])
      const made = (await sourceOf(db, 'weekly'))!
      expect(made).toMatchObject({ kind: 'http', config: { username: 'anna', password: '***' } })
      expect(wholeConfig(testSealer, made)).toMatchObject({
        password: 'canary1',
        secret_headers: { 'X-Api-Key': 'canary1' },
      })
      const before = await contents(db)
      expect(JSON.stringify(before)).not.toContain('canary')
      // Sealed anew it would be another text.
      expect(await applier(db, { PASSWORD: 'canary1' })(text)).toMatchObject([{ action: 'unchanged' }])
      expect(await contents(db)).toEqual(before)
      expect(await applier(db, { PASSWORD: 'canary2' })(text)).toEqual([
        {
          source: 'Acme/weekly',
          action: 'changed',
          differences: [
            { key: 'config.password', before: '***', after: '***' },
            { key: 'config.secret_headers', before: '***', after: '***' },
          ],
        },
      ])
      expect(wholeConfig(testSealer, (await sourceOf(db, 'weekly'))!)).toMatchObject({ password: 'canary2' })
      // What no key opens any more is sealed anew, since the file has it.
      const lost = openSealer({ key: newKey(), olderKeys: [] })
      expect(await applier(db, { PASSWORD: 'canary2' }, lost)(text)).toMatchObject([{ action: 'changed' }])
      expect(wholeConfig(lost, (await sourceOf(db, 'weekly'))!)).toMatchObject({ password: 'canary2' })
    })

    test('another kind forgets what was learned of the one before', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const apply = applier(db)
      await apply(weekly)
      const { id } = (await sourceOf(db, 'weekly'))!
      await changed(db, (store) => store.learn(id, { hostKey: 'x' }))
      await apply(weekly)
      expect((await sourceOf(db, 'weekly'))?.learned).toEqual({ hostKey: 'x' })
      await apply('sources: [{ supplier: Acme, name: weekly, kind: upload }]')
      expect(await sourceOf(db, 'weekly')).toMatchObject({ kind: 'upload', config: {}, learned: null })
    })

    test('two who apply the same file at once make each source once', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const results = await Promise.all([1, 2, 3].map(() => applier(db)(weekly)))
      expect(
        results
          .flat()
          .map(({ action }) => action)
          .sort(),
      ).toEqual(['made', 'unchanged', 'unchanged'])
      expect(await db.all('select 1 from sources')).toHaveLength(1)
    })

    test('any file applied twice is applied once, and going back to it brings back what it says', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      await fc.assert(
        fc.asyncProperty(anyFile, anyFile, async (a, b) => {
          await db.run('delete from suppliers')
          const apply = applier(db)
          await apply(a)
          const first = await said(db)
          const before = await contents(db)
          expect((await apply(a)).filter(({ action }) => action !== 'unchanged')).toEqual([])
          expect(await contents(db)).toEqual(before)
          await apply(b)
          await apply(a)
          expect(await said(db)).toEqual(first)
        }),
        { numRuns: 25 },
      )
    }, 120_000)
  })
}

/** What the files below say about the sources that are declared. */
async function said(db: Database): Promise<unknown[]> {
  const rows = await db.all<{ id: string }>(
    'select id from sources where declared_in is not null order by supplier_id, name',
  )
  const found = await sourceStore(db).byIds(rows.map(({ id }) => id))
  return found
    .map(({ name, kind, config, schedule, timeZone, isWatched, usesAnalyzer, pausedAt, map, ...rest }) => ({
      ...{ name, kind, config, schedule, timeZone, isWatched, usesAnalyzer, map },
      isPaused: pausedAt !== null,
      listMode: rest.listMode,
      retryDelaysMs: rest.retryDelaysMs,
    }))
    .sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1))
}

const anySource = fc.record({
  supplier: fc.constantFrom('Acme', 'Bolt'),
  kind: fc.constantFrom(
    { kind: 'upload' },
    { kind: 'local', path: '/srv/a' },
    { kind: 'local', path: '/srv/b' },
  ),
  schedule: fc.constantFrom(null, '0 6 * * 1'),
  common: fc.record(
    {
      time_zone: fc.constantFrom('UTC', 'Europe/Berlin'),
      list_mode: fc.constantFrom('full', 'partial'),
      watch: fc.boolean(),
      analyzer: fc.boolean(),
      retry_delays: fc.constantFrom([], [1, 2]),
    },
    { requiredKeys: [] },
  ),
  // What a file leaves to people has no way back, so both say it, or leave it to the file that follows.
  mapping: fc.constantFrom({}, { sku: 'A' }, { price: 'Net', brand: null }),
  active: fc.boolean(),
})

/** JSON is YAML. */
const anyFile = fc
  .uniqueArray(fc.record({ name: fc.constantFrom('one', 'two', 'three'), source: anySource }), {
    selector: ({ name, source }) => `${source.supplier} ${name}`,
    maxLength: 4,
  })
  .map((all) =>
    JSON.stringify({
      sources: all.map(({ name, source: { supplier, kind, schedule, common, mapping, active } }) => ({
        ...{ supplier, name, ...kind, ...common, mapping, active },
        // Of what is handed in nothing is watched.
        ...(kind.kind === 'upload' && { watch: false }),
        ...(kind.kind === 'local' && schedule !== null && { schedule }),
      })),
    }),
  )
