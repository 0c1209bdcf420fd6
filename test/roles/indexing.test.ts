import { expect, test } from 'bun:test'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { startServe } from '../helpers/serve.ts'
import { until } from '../helpers/until.ts'

for (const engine of engines) {
  test(`${engine}: a service indexes what was written without it, and finds it meanwhile`, async () => {
    await using program = await openProgram(engine)
    const rows = Array.from({ length: 3000 }, (_, row) => `A${row};Säge ${row % 100};1,00`)
    const list = await program.write('list.csv', ['sku;name;price', ...rows].join('\n'))
    await program.run('ingest', list, '--supplier', 'Acme', '--currency', 'EUR')
    const work = () => program.rows<{ n: number | string }>('select count(*) as n from item_index_work')
    expect(Number((await work())[0]!.n)).toBe(1)
    const serving = await startServe(program)
    try {
      const search = async () => {
        const response = await fetch(new URL('/api/v1/items?search=sage%2042&limit=100', serving.url))
        return ((await response.json()) as { items: unknown[] }).items.length
      }
      expect(await search()).toBe(30)
      await until(async () => Number((await work())[0]!.n) === 0, 60_000)
      expect(await search()).toBe(30)
    } finally {
      serving.child.kill('SIGTERM')
      await serving.ended()
    }
    const { out } = await program.run('items', '--search', 'säge 42', '--limit', '1')
    expect(out).toContain('More: --cursor')
    expect((await program.run('index')).out).toContain('up to date')
  }, 120_000)
}
