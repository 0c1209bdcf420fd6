import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cleanAhead } from '../../helpers/cleanups.ts'
import { openProgram } from '../../helpers/cli.ts'
import { engines } from '../../helpers/engines.ts'

setDefaultTimeout(60_000)

const list = [
  'sku;name;price',
  ...Array.from({ length: 500 }, (_, n) => `A-${n};Bolt ${n};${n + 1},50`),
].join('\n')

for (const engine of engines) {
  describe(engine, () => {
    test('a list that was read is packed after a day, and can be read again', async () => {
      await using program = await openProgram(engine)
      const path = await program.write('list.csv', `${list}\n`)
      await program.run('ingest', path, '--supplier', 'Acme', '--currency', 'EUR')
      const pack = async (days: number, ...argv: string[]) =>
        (await cleanAhead(program, days, 'pack-archive', ...argv))['pack-archive']
      expect(await pack(0)).toMatchObject({ deleted: {} })
      expect(await pack(2, '--dry-run')).toMatchObject({ deleted: { plain_copies: 1 } })
      expect(await pack(2)).toMatchObject({ deleted: { plain_copies: 1 } })
      expect(await pack(2)).toMatchObject({ deleted: {} })
      const [kept] = (await program.leftovers()).filter((name) => name.startsWith('raw/'))
      expect(kept).toMatch(/^raw\/[0-9a-f]{2}\/[0-9a-f]{64}\.zst$/)
      const again = await program.run(
        'ingest',
        path,
        '--supplier',
        'Acme',
        '--currency',
        'EUR',
        '--force',
        '--json',
      )
      expect(JSON.parse(again.out)).toMatchObject({ status: 'completed' })
    })

    test('with off nothing is packed', async () => {
      await using program = await openProgram(engine)
      const path = await program.write('list.csv', `${list}\n`)
      await program.run('ingest', path, '--supplier', 'Acme', '--currency', 'EUR')
      program.env.TALLYMAN_PACK_DAYS = 'off'
      expect((await cleanAhead(program, 2, 'pack-archive'))['pack-archive']).toMatchObject({ deleted: {} })
    })
  })
}
