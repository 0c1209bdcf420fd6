import { describe, expect, test } from 'bun:test'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { startServe } from '../helpers/serve.ts'

const slow = 120_000

/** What `sources apply --json` prints. */
interface Applied {
  file: string
  dry_run: boolean
  sources: { supplier: string; name: string; action: string; differences: unknown[]; taken_from: unknown }[]
}

for (const engine of engines) {
  describe(engine, () => {
    test('a file is shown, applied and applied again; exit codes tell', async () => {
      await using program = await openProgram(engine)
      Object.assign(program.env, { TALLYMAN_LOCAL_FOLDERS: program.folder })
      await program.run('migrate', 'up')
      const missing = await program.run('sources', 'apply')
      expect([missing.code, missing.err]).toEqual([
        1,
        expect.stringContaining('There is no tallyman.yaml here'),
      ])
      const weekly = `{ supplier: Acme, name: weekly, kind: local, path: ${program.folder}, schedule: 0 6 * * 1 }`
      await program.write(
        'tallyman.yaml',
        `sources:\n- ${weekly}\n- { supplier: Bolt, name: old, kind: upload }\n`,
      )
      const shown = await program.run('sources', 'apply', '--dry-run')
      expect([shown.code, shown.err]).toEqual([3, ''])
      expect(shown.out).toMatch(/Acme\/weekly +made/)
      expect(shown.out).toContain('would be 2 made, 0 changed, 0 paused; 0 are as the file says.')
      expect(await program.rows('select 1 from suppliers')).toEqual([])
      const made = await program.json<Applied>('sources', 'apply')
      expect([made.code, made.json.sources.map(({ action }) => action)]).toEqual([0, ['made', 'made']])
      const same = await program.run('sources', 'apply', '--dry-run')
      expect([same.code, same.out]).toEqual([0, expect.stringContaining('2 are as the file says')])

      await program.run('sources', 'edit', 'Acme/weekly', '--schedule', '0 9 * * *')
      await program.write('other.yaml', `sources:\n- ${weekly}\n`)
      Object.assign(program.env, { TALLYMAN_CONFIG: 'other.yaml' })
      const other = await program.run('sources', 'apply')
      expect(other.out).toMatch(
        /Acme\/weekly +changed +.*tallyman\.yaml declared it; schedule: 0 9 \* \* \* → 0 6 \* \* 1/,
      )
      const named = await program.run('sources', 'apply', 'tallyman.yaml')
      expect(named.out).toContain('1 changed')
      await program.write('tallyman.yaml', 'sources: []')
      const gone = await program.run('sources', 'apply', 'tallyman.yaml')
      expect(gone.out).toMatch(/Bolt\/old +paused +the file no longer has it/)
      expect((await program.run('sources')).out).toMatch(/Bolt\/old +upload +paused/)
    })

    test(
      'a service applies its file when it starts, says what it set back, and does not start with a wrong one',
      async () => {
        await using program = await openProgram(engine)
        await program.write(
          'tallyman.yaml',
          `sources:\n- supplier: Acme\n  name: weekly\n  kind: local\n  path: \${FOLDER}/acme\n`,
        )
        const env = { TALLYMAN_LOCAL_FOLDERS: program.folder, FOLDER: program.folder }
        const first = await startServe(program, env)
        const sources = await fetch(new URL('/api/v1/sources', first.url))
        expect(await sources.json()).toMatchObject({
          sources: [{ supplier: 'Acme', name: 'weekly', config: { path: `${program.folder}/acme` } }],
        })
        first.child.kill('SIGTERM')
        expect((await first.ended()).messages).toContain('a source was made as its file says')

        Object.assign(program.env, { TALLYMAN_LOCAL_FOLDERS: program.folder })
        await program.run('sources', 'edit', 'Acme/weekly', '--schedule', '0 9 * * *')
        const second = await startServe(program, env)
        second.child.kill('SIGTERM')
        expect((await second.ended()).messages).toContain('a source was set back to what its file says')

        await program.write('tallyman.yaml', 'sources:\n  - { supplier: Acme, name: weekly, knd: local }\n')
        const before = await program.rows('select * from sources')
        for (const command of ['serve', 'scheduler']) {
          const outcome = await program.runWith({}, command)
          expect([command, outcome.code]).toEqual([command, 2])
          expect(outcome.err).toContain('  tallyman.yaml:2:37: "knd"')
        }
        expect(await program.rows('select * from sources')).toEqual(before)
      },
      slow,
    )
  })
}

test('what is wrong with the line, or with the file, ends with 2', async () => {
  await using program = await openProgram('sqlite')
  await program.run('migrate', 'up')
  await program.write('wrong.yaml', 'sources:\n- { name: x, kind: fax }\n')
  for (const [line, code, said] of [
    [['list', '--dry-run'], 2, '--dry-run goes with "sources apply"'],
    [['schema', 'x'], 2, 'takes no source'],
    [['apply', 'wrong.yaml'], 2, 'wrong.yaml:2:20: there is no kind "fax"'],
    [['apply', 'nothing.yaml'], 1, 'There is no file nothing.yaml'],
    [['apply', '--schedule', 'none'], 2, '"sources edit"'],
  ] as const) {
    const outcome = await program.run('sources', ...line)
    expect([line, outcome.code, outcome.err]).toEqual([line, code, expect.stringContaining(said)])
  }
  const wrong = await program.json<{ error: { code: string } }>('sources', 'apply', 'wrong.yaml')
  expect(wrong.json.error.code).toBe('unknown_source_kind')
})

test('editors are told what a file may hold, kind by kind', async () => {
  await using program = await openProgram('sqlite')
  const { json } = await program.json<{
    properties: object
    definitions: { source: { anyOf: { properties: Record<string, object> }[] } }
  }>('sources', 'schema')
  expect(Object.keys(json.properties)).toEqual(['sources', 'ingestion'])
  const local = json.definitions.source.anyOf.find(({ properties }) => 'settle_seconds' in properties)
  expect(local?.properties).toMatchObject({
    kind: { enum: ['local'] },
    path: { anyOf: [{ type: 'string', pattern: expect.any(String) }, {}, {}] },
    location: { anyOf: expect.any(Array) },
    analyzer: { anyOf: [{ enum: [true, false, 'on', 'off', 'yes', 'no'] }, {}] },
    config: { additionalProperties: false },
  })
})

test(
  'a source is tried on the command line, before and after it is there',
  async () => {
    await using program = await openProgram('sqlite')
    Object.assign(program.env, { TALLYMAN_LOCAL_FOLDERS: program.folder })
    await program.run('migrate', 'up')
    const path = await program.write('list.csv', 'SKU;Name;Price\nA1;Valve;12,50\nA2;Tap;x\n')
    const before = await program.contents()
    const draft = ['Acme/web', '--kind', 'local', '--set', `path=${path}`, '--set', 'settle_seconds=0.1']
    const tried = await program.run('sources', 'test', ...draft)
    // As its run would: a row is rejected.
    expect([tried.code, tried.err]).toEqual([3, ''])
    expect(tried.out).toMatch(/ A1 +Valve +12\.50/)
    expect(tried.out).toContain('unreadable_price')
    expect(tried.out).toContain('Nothing was kept.')
    expect(await program.contents()).toEqual(before)
    await program.run('sources', 'add', ...draft, '--list-mode', 'full')
    const known = await program.json<{ list_mode: string; items: { sku: string }[] }>(
      'sources',
      'test',
      'Acme/web',
    )
    expect([known.code, known.json]).toEqual([3, expect.objectContaining({ list_mode: 'full' })])
    expect(known.json.items.map(({ sku }) => sku)).toEqual(['A1'])
    await program.write('list.csv', '%PDF-1.7\nnone')
    const broken = await program.run('sources', 'test', 'Acme/web')
    expect([broken.code, broken.out]).toEqual([1, expect.stringContaining('It cannot be read: ')])
    const missing = await program.run('sources', 'test')
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('which source?')])
  },
  slow,
)
