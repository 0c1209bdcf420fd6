import { describe, expect, test } from 'bun:test'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { type ErrorJson, priceList } from '../helpers/lists.ts'
import { openUrl } from '../helpers/open-database.ts'

interface StatusJson {
  migrations: { version: number; name: string; applied_at: string | null }[]
}

async function applied(program: TestProgram): Promise<boolean[]> {
  const { json } = await program.json<StatusJson>('migrate', 'status')
  return json.migrations.map(({ applied_at }) => applied_at !== null)
}

for (const engine of engines) {
  describe(engine, () => {
    test('the schema goes up, down and up again, and says where it stands', async () => {
      await using program = await openProgram(engine)
      expect(await applied(program)).not.toContain(true)
      expect((await program.run('migrate', 'status')).out).toContain('not yet')
      const up = await program.json<{ applied: string[] }>('migrate')
      expect([up.code, up.json.applied.length]).toEqual([0, (await applied(program)).length])
      expect(await applied(program)).not.toContain(false)
      expect((await program.run('migrate', 'up')).out).toBe(
        'Nothing to do: the schema is where it should be.\n',
      )
      await program.run('ingest', await program.write('list.csv', priceList(3)), '--supplier', 'Acme')

      const down = await program.json<{ reverted: string[] }>('migrate', 'down', '--to', '0')
      expect([down.code, down.json.reverted]).toEqual([0, up.json.applied.toReversed()])
      expect(await applied(program)).not.toContain(true)
      expect((await program.run('items')).code).toBe(1)
      expect((await program.run('migrate', 'up')).code).toBe(0)
      expect((await program.json<{ items: [] }>('items')).json.items).toEqual([])
      const wrong = await program.json<ErrorJson>('migrate', 'down', '--to', '99')
      expect([wrong.code, wrong.json.error.code]).toEqual([1, 'unknown_version'])
    })

    test('a database of a newer version is refused by every command, and left as it is', async () => {
      await using program = await openProgram(engine)
      await program.run('migrate', 'up')
      await program.write('list.csv', priceList(3))
      const db = await openUrl(program.url)
      await db.run(`insert into schema_migrations (version, name, applied_at) values (9999, 'later', 'then')`)
      await db.close()
      const before = await program.contents()
      for (const line of [
        ['ingest', 'list.csv', '--supplier', 'Acme'],
        ['ingest', 'list.csv', '--supplier', 'Acme', '--dry-run'],
        ['items'],
        ['imports'],
        ['imports', 'resume'],
        ['history', 'A-1'],
        ['serve'],
        ['migrate', 'up'],
        ['migrate', 'down'],
      ]) {
        const { code, err } = await program.run(...line)
        expect([line, code]).toEqual([line, 1])
        expect(err).toBe(
          'tallyman: The database was migrated to version 9999 by a newer Tallyman; this one knows ' +
            `${(await applied(program)).length}. Use the newer program, or let it take the schema back with "tallyman migrate down".\n`,
        )
      }
      expect(await program.contents()).toEqual(before)
    })
  })
}
