import { describe, expect, test } from 'bun:test'
import { hostname } from 'node:os'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { type ErrorJson, type ImportJson, priceList } from '../helpers/lists.ts'
import { openUrl } from '../helpers/open-database.ts'

interface ImportsJson {
  imports: ImportJson[]
}

interface ShownJson extends ImportJson {
  log: { severity: string; code: string; row: number; raw: string | null; row_data: unknown }[]
}

async function ingest(program: TestProgram, list: string, ...options: string[]): Promise<ImportJson> {
  const path = await program.write('list.csv', list)
  return (await program.json<ImportJson>('ingest', path, '--supplier', 'Acme', ...options)).json
}

/** A catalog of 20 items and a list that is held, because it lost most of them. */
async function withHeld(program: TestProgram): Promise<ImportJson> {
  await ingest(program, priceList(20), '--full')
  const held = await ingest(program, priceList(5), '--full')
  expect(held.status).toBe('held')
  return held
}

async function statuses(program: TestProgram): Promise<string[]> {
  return (await program.json<ImportsJson>('imports')).json.imports.map(({ status }) => status)
}

for (const engine of engines) {
  describe(engine, () => {
    test('lists what was imported, newest first, a page at a time', async () => {
      await using program = await openProgram(engine)
      for (const count of [3, 4, 5]) await ingest(program, priceList(count))
      await ingest(program, priceList(5))
      expect(await statuses(program)).toEqual(['unchanged', 'completed', 'completed', 'completed'])
      const { json } = await program.json<ImportsJson>('imports', 'list', '--limit', '2')
      const older = await program.json<ImportsJson>('imports', '--before', json.imports[1]!.id)
      expect(older.json.imports.map(({ counts }) => counts.read)).toEqual([5, 4])
      const { out } = await program.run('imports')
      expect(out.split('\n')[1]).toMatch(/2026-11-22 08:3\d +Acme +list\.csv +unchanged +0/)
    })

    test('shows one import with its card and its parse log', async () => {
      await using program = await openProgram(engine)
      const list = priceList(30, (n) => (n === 4 ? { price: 'cheap' } : {}))
      const made = await ingest(program, `Our prices\n${list}`)
      const { json } = await program.json<ShownJson>('imports', 'show', made.id)
      expect(json).toMatchObject({ id: made.id, counts: made.counts, decision: { verdict: 'price-list' } })
      expect(json.log).toEqual([
        expect.objectContaining({
          severity: 'error',
          code: 'unreadable_price',
          row: 6,
          raw: 'cheap',
          row_data: ['A-4', 'Article 4', 'cheap'],
        }),
      ])
      const all = await program.json<ShownJson>('imports', 'show', 'last', '--all')
      expect(all.json.log.map(({ row, code }) => [row, code])).toEqual([
        [0, 'title'],
        [1, 'header'],
        [6, 'unreadable_price'],
      ])
      const text = await program.run('imports', 'show', 'last')
      expect(text.out).toContain('list.csv from Acme is in the catalog, except for the rejected rows.')
      expect(text.out).toMatch(/ +7 {2}C +unreadable_price/)
    })

    test('approving publishes what was held', async () => {
      await using program = await openProgram(engine)
      const held = await withHeld(program)
      const { code, json } = await program.json<ImportJson>('imports', 'approve', held.id)
      expect(json).toMatchObject({ id: held.id, status: 'completed', changes: { gone: 15 } })
      expect(code).toBe(0)
      expect((await program.json<{ items: [] }>('items')).json.items).toHaveLength(5)
      const again = await program.json<ErrorJson>('imports', 'approve', held.id)
      expect([again.code, again.json.error.code]).toEqual([1, 'not_held'])
      expect(again.err).toContain('is completed; only a held one can be approved')
    })

    test('discarding leaves the catalog as it was and keeps the log', async () => {
      await using program = await openProgram(engine)
      await ingest(program, priceList(20))
      const held = await ingest(
        program,
        priceList(20, (n) => (n < 5 ? { price: '?' } : {})),
      )
      const before = await program.catalog()
      const { code, json } = await program.json<ImportJson>('imports', 'discard', held.id)
      expect([code, json.status]).toEqual([0, 'cancelled'])
      expect(await program.catalog()).toEqual(before)
      const shown = await program.json<ShownJson>('imports', 'show', held.id)
      expect(shown.json.log).toHaveLength(5)
      const again = await program.run('imports', 'discard', held.id)
      expect([again.code, again.err]).toEqual([1, expect.stringContaining('is cancelled; only a held one')])
    })

    test('what was held is refused once a newer list is in the catalog', async () => {
      await using program = await openProgram(engine)
      const held = await withHeld(program)
      await ingest(program, priceList(21), '--full')
      const before = await program.catalog()
      const { code, json, err } = await program.json<ImportJson>('imports', 'approve', held.id)
      expect([code, json.status, json.error!.code]).toEqual([1, 'failed', 'stale_data'])
      expect(err).toContain('has brought a newer list of the same source, published on')
      expect(await program.catalog()).toEqual(before)
    })

    test('an import whose process has ended is finished by the next one, or by resume', async () => {
      await using program = await openProgram(engine)
      for (const finish of [
        () => ingest(program, priceList(3), '--source', 'other'),
        () => program.run('imports', 'resume'),
      ]) {
        const made = await ingest(program, priceList(10), '--force')
        await abandon(program.url, made.id)
        expect((await statuses(program))[0]).toBe('running')
        await finish()
        const { json } = await program.json<ImportJson>('imports', 'show', made.id)
        expect(json).toMatchObject({ status: 'completed', counts: { read: 11, rejected: 0, ignored: 1 } })
        expect(await program.leftovers()).toEqual([])
      }
    })

    test('an import that is not there, or not named, is said so', async () => {
      await using program = await openProgram(engine)
      await program.run('migrate', 'up')
      for (const action of ['show', 'approve', 'discard']) {
        const unknown = await program.json<ErrorJson>('imports', action, 'nope')
        expect([unknown.code, unknown.json.error.code]).toEqual([1, 'unknown_import'])
        const unnamed = await program.json<ErrorJson>('imports', action)
        expect([unnamed.code, unnamed.json.error.code]).toEqual([2, 'usage'])
        expect((await program.run('imports', action, 'last')).err).toContain('there are no imports yet')
      }
      expect((await program.run('imports', 'undo')).code).toBe(2)
      expect((await program.json<ImportsJson>('imports', 'resume')).json).toEqual({ imports: [] })
    })
  })
}

/** Makes an import look as though the process that worked on it had been killed. */
async function abandon(url: string, importId: string): Promise<void> {
  // Exited and waited for: its number belongs to nobody, and no process started when this one did.
  const { pid } = Bun.spawnSync(['true'])
  const db = await openUrl(url)
  try {
    await db.run(`update imports set status = 'running' where id = $1`, [importId])
    await db.run(`update jobs set state = 'running', worker = $2 where import_id = $1`, [
      importId,
      `${hostname()} ${pid} 1`,
    ])
  } finally {
    await db.close()
  }
}
