import { describe, expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunView } from '../../src/runs/view.ts'
import type { SourceView } from '../../src/sources/view.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { type Engine, engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'
import { openTestService } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'

const slow = 120_000

/** A program that may read the folder that its lists are put in. */
async function open(engine: Engine): Promise<TestProgram> {
  const program = await openProgram(engine, {})
  // Its commands and services look the settings up when they start.
  Object.assign(program.env, { TALLYMAN_LOCAL_FOLDERS: program.folder })
  await mkdir(join(program.folder, 'acme'))
  return program
}

const feed = (program: TestProgram) => [
  'sources',
  'add',
  'Acme/feed',
  '--kind',
  'local',
  '--set',
  `path=${program.folder}/acme`,
  '--set',
  'settle_seconds=1',
]

for (const engine of engines) {
  describe(engine, () => {
    test('how the lists of a source are read is changed, and left to them again', async () => {
      await using program = await open(engine)
      await program.json(...feed(program))
      const edit = async (...args: string[]) => {
        const { code, err, json } = await program.json<SourceView>('sources', 'edit', 'Acme/feed', ...args)
        expect([code, err]).toEqual([0, ''])
        return json
      }
      const before = await edit('--map', 'sku=A', '--decimal', 'comma', '--currency', 'EUR')
      const changed = await edit('--header-row', '7-8', '--map', 'price="Net, each"')
      expect(changed.remembered).toEqual({
        ...before.remembered,
        map: { sku: 'A', price: 'Net, each' },
        header_row: '7-8',
      })
      expect(before.remembered).toMatchObject({ map: { sku: 'A' }, decimal: 'comma' })
      expect(before.currency).toBe('EUR')
      const after = await edit('--map', 'price=auto', '--header-row', 'auto')
      expect(after).toEqual(before)
      expect(await edit('--schedule', 'none')).toEqual(after)
      const held = await edit('--limits', 'items-kept=80%,moved-share=off')
      expect(held.remembered.limits).toEqual({
        ...after.remembered.limits,
        items_kept: 0.8,
        moved_share: null,
      })
      expect((await edit('--decimal', 'dot')).remembered.limits).toEqual(held.remembered.limits)
      const wrong = await program.run('sources', 'edit', 'Acme/feed', '--limits', 'items=80%')
      expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('--limits knows no "items"')])
    })

    test('a source is added, shown, edited, paused, listed and deleted', async () => {
      await using program = await open(engine)
      const made = await program.json<SourceView>(
        ...feed(program),
        '--schedule',
        '0 6 * * 1',
        '--time-zone',
        'Europe/Berlin',
      )
      expect([made.code, made.err]).toEqual([0, ''])
      expect(made.json).toMatchObject({
        supplier: 'Acme',
        name: 'feed',
        kind: 'local',
        config: { path: `${program.folder}/acme`, settle_seconds: 1 },
        schedule: '0 6 * * 1',
        list_mode: 'partial',
      })
      const edited = await program.json<SourceView>(
        ...[
          'sources',
          'edit',
          'acme/feed',
          '--set',
          'files=*.csv',
          '--set',
          'settle_seconds=',
          '--retry-delays',
          '1,2.5',
        ],
        ...['--list-mode', 'full', '--currency', 'eur', '--name', 'weekly', '--time-zone', 'none'],
      )
      expect(edited.json).toMatchObject({
        name: 'weekly',
        config: { path: `${program.folder}/acme`, files: '*.csv' },
        retry_delays: [1, 2.5],
        list_mode: 'full',
        currency: 'EUR',
        time_zone: null,
      })
      expect(edited.json.config).not.toHaveProperty('settle_seconds')
      const usual = await program.json<SourceView>(
        'sources',
        'edit',
        made.json.id,
        '--retry-delays',
        'usual',
        '--schedule',
        'none',
        '--currency',
        'none',
      )
      expect(usual.json).toMatchObject({ retry_delays: null, schedule: null, currency: null, next_runs: [] })
      expect((await program.json<SourceView>('sources', 'pause', 'Acme/weekly')).json.paused_at).toBeString()
      expect((await program.run('sources', 'show', 'Acme/weekly')).out).toContain('Paused since')
      expect((await program.run('sources')).out).toMatch(/Acme\/weekly +local +paused/)
      expect((await program.json<SourceView>('sources', 'resume', 'Acme/weekly')).json.paused_at).toBe(null)
      const listed = await program.json<{ sources: SourceView[] }>('sources', 'list', '--supplier', 'ACME')
      expect(listed.json.sources.map(({ name }) => name)).toEqual(['weekly'])
      expect(
        (await program.json<{ sources: SourceView[] }>('sources', 'list', '--supplier', 'x')).json.sources,
      ).toEqual([])
      expect((await program.run('sources', 'delete', 'Acme/weekly')).out).toContain('"weekly" is deleted')
      expect((await program.run('sources')).out).toContain('No sources.')
    })

    test('a source shows what was said about its lists, as it would be said again', async () => {
      await using program = await open(engine)
      const path = await program.write('list.csv', priceList(3))
      await program.run(
        ...['ingest', path, '--supplier', 'Acme', '--map', 'sku=A,brand=none', '--header-row', '1'],
        ...['--decimal', 'dot', '--limit', 'items-kept=off', '--duplicates', 'last-wins'],
      )
      const { out } = await program.run('sources', 'show', 'Acme/upload')
      for (const line of [
        '--map sku=A,brand=none',
        '--header-row 1',
        '--decimal dot',
        '--limit items-kept=off',
        '--duplicates last-wins',
      ])
        expect(out).toContain(`  ${line}\n`)
      expect(out).not.toContain('--identity')
      expect(out).toContain('Last import: list.csv, completed')
      await program.run('ingest', await program.write('plain.csv', priceList(3)), '--supplier', 'Bolt')
      expect((await program.run('sources', 'show', 'Bolt/upload')).out).toContain('is decided by each list')
    })

    test('a source with a history is deleted with --yes only, and says what goes', async () => {
      await using program = await open(engine)
      await program.run('ingest', await program.write('list.csv', priceList(3)), '--supplier', 'Acme')
      const asked = await program.run('sources', 'delete', 'Acme/upload')
      expect([asked.code, asked.err]).toEqual([
        1,
        expect.stringMatching(/1 import, .* would be deleted; 3 items stay, .* Say --yes/),
      ])
      const deleted = await program.json('sources', 'delete', 'Acme/upload', '--yes')
      expect(deleted.json).toMatchObject({ imports: 1, items_kept: 3 })
      expect((await program.json<{ items: unknown[] }>('items')).json.items).toHaveLength(3)
      expect((await program.run('runs')).out).toContain('No runs.')
    })

    test('what is wrong with a line is said, and nothing is written', async () => {
      await using program = await open(engine)
      await program.run(...feed(program))
      const lines: [line: string[], code: number, said: string][] = [
        [['show'], 2, 'which source?'],
        [['show', 'Acme/fed'], 1, 'did you mean Acme/feed?'],
        [['list', 'Acme/feed'], 2, 'takes no source'],
        [['add', 'Acme', '--kind', 'local'], 2, 'SUPPLIER/NAME'],
        [['add', 'Acme/x'], 2, 'Say --kind'],
        [['add', 'Acme/x', '--kind', 'fax'], 2, '--kind'],
        [['add', 'Acme/x', '--kind', 'local'], 1, 'path'],
        [['add', 'Acme/x', '--kind', 'local', '--set', 'path=/etc/passwd'], 1, 'TALLYMAN_LOCAL_FOLDERS'],
        [
          ['add', 'Acme/feed', '--kind', 'local', '--set', `path=${program.folder}`],
          1,
          'has a source "feed" already',
        ],
        [['edit', 'Acme/feed'], 2, 'what is to be changed?'],
        [['edit', 'Acme/feed', '--set', 'path'], 2, 'KEY=VALUE'],
        [['edit', 'Acme/feed', '--set', 'paht=/x'], 2, 'did you mean path?'],
        [['edit', 'Acme/feed', '--set', 'settle_seconds=soon'], 1, 'settle_seconds'],
        [['edit', 'Acme/feed', '--set', 'settle_seconds=0'], 1, 'settle_seconds'],
        [['edit', 'Acme/feed', '--schedule', '0 25 * * *'], 1, '0 2 * * *'],
        [['edit', 'Acme/feed', '--time-zone', 'Europe/Berlim'], 1, 'did you mean Europe/Berlin?'],
        [['edit', 'Acme/feed', '--retry-delays', 'soon'], 2, '--retry-delays'],
        [['edit', 'Acme/feed', '--retry-delays', '1,90000'], 1, '86400'],
        [['edit', 'Acme/feed', '--currency', 'EURO'], 1, 'ISO 4217'],
        [['edit', 'Acme/feed', '--name', ' '], 1, 'printable'],
        [['edit', 'Acme/feed', '--list-mode', 'some'], 2, '--list-mode'],
        [['pause', 'Acme/feed', '--schedule', 'none'], 2, 'sources edit'],
        [['edit', 'Acme/feed', '--map', 'skew=A'], 2, '--map knows no field "skew"'],
        [['show', 'Acme/feed', '--map', 'sku=A'], 2, 'sources edit'],
        [['show', 'Acme/feed', '--wait'], 2, '--wait goes with'],
        [['edit', 'Acme/feed', '--schedule', 'none', '--force'], 2, '--force goes with'],
        [['run'], 2, 'which source?'],
        [['run', 'Acme/feed', '--all'], 2, 'either'],
        [['run', 'Acme/nothing'], 1, 'There is no source'],
      ]
      const before = await program.contents()
      for (const [line, code, said] of lines) {
        const outcome = await program.run('sources', ...line)
        expect([line, outcome.code, outcome.err]).toEqual([line, code as 1, expect.stringContaining(said)])
      }
      expect(await program.contents()).toEqual(before)
    })

    test(
      'a source is run and waited for, and the exit code says how it ended',
      async () => {
        // The service that is opened on it takes it away at the end.
        const program = await open(engine)
        await Bun.write(join(program.folder, 'acme/list.csv'), priceList(4))
        await program.run(...feed(program), '--retry-delays', 'none')
        await using bench = await openTestService(engine, {}, undefined, program)
        const done = await program.run('sources', 'run', 'Acme/feed', '--wait')
        expect([done.code, done.out]).toEqual([0, expect.stringMatching(/Acme\/feed +completed/)])
        expect(done.err).toContain('Acme/feed: completed')
        expect(done.out).toContain('Acme/feed: 4 new\n')
        const unchanged = await program.json<RunView>('sources', 'run', '--all', '--wait')
        expect([unchanged.code, unchanged.err]).toEqual([0, ''])
        expect(unchanged.json).toMatchObject({
          status: 'completed',
          imports: { unchanged: 1 },
          trigger: 'cli',
        })
        const forced = await program.json<RunView>('sources', 'run', 'Acme/feed', '--force', '--wait')
        expect(forced.json).toMatchObject({ status: 'completed', imports: { completed: 1 } })

        await Bun.write(join(program.folder, 'acme/list.csv'), 'no list at all')
        const failed = await program.run('sources', 'run', 'Acme/feed', '--wait')
        expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('tallyman jobs retry ')])
        const shown = await program.run('runs', 'show', 'last')
        expect([shown.code, shown.out]).toEqual([0, failed.out])
        const runs = await program.json<{ runs: RunView[] }>('runs', 'list', '--status', 'completed')
        expect(runs.json.runs.map(({ imports }) => imports)).toEqual([
          { completed: 1 },
          { unchanged: 1 },
          { completed: 1 },
        ])
        expect(bench.events.filter(({ message }) => message === 'the courier failed')).toEqual([])
      },
      slow,
    )

    test(
      'who stops waiting leaves the job alone',
      async () => {
        // The service that is opened on it takes it away at the end.
        const program = await open(engine)
        await Bun.write(join(program.folder, 'acme/list.csv'), priceList(4))
        await program.run(...feed(program))
        const stopping = new AbortController()
        const waiting = program.runWith({ signal: stopping.signal }, 'sources', 'run', 'Acme/feed', '--wait')
        await until(async () =>
          (await program.rows('select 1 from jobs').catch(() => [])).length > 0 ? true : null,
        )
        stopping.abort()
        const left = await waiting
        expect([left.code, left.err]).toEqual([1, expect.stringContaining('the jobs go on')])
        const again = await program.run('sources', 'run', 'Acme/feed')
        expect([again.code, again.err]).toEqual([1, expect.stringContaining('under way already')])
        expect((await program.run('sources', 'run', '--all')).code).toBe(3)
        await using bench = await openTestService(engine, {}, undefined, program)
        const [row] = await program.rows<{ id: string }>('select id from imports')
        expect((await bench.ended(row!.id)).status).toBe('completed')
      },
      slow,
    )
  })
}

test('runs say what is wrong with a line', async () => {
  await using program = await open('sqlite')
  await program.run(...feed(program))
  for (const [line, code, said] of [
    [['show'], 2, 'which run?'],
    [['show', 'last'], 2, 'there are no runs yet'],
    [['show', 'x'], 1, 'There is no run x'],
    [['list', 'x'], 2, 'takes no run'],
    [['--from', 'yesterday'], 2, '--from'],
    [['--from', '2026-01-02', '--to', '2026-01-01'], 2, 'before --to'],
    [['--status', 'done'], 2, '--status'],
    [['--source', 'x'], 1, 'There is no source'],
  ] as const) {
    const outcome = await program.run('runs', ...line)
    expect([line, outcome.code, outcome.err]).toEqual([line, code, expect.stringContaining(said)])
  }
})
