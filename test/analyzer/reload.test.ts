import { expect, test } from 'bun:test'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'

const header = 'sku;name;price EUR'
/** All prices look like "2,101": three digits behind the only separator. */
const ambiguous = Array.from(
  { length: 1300 },
  (_, n) => `S${n};Thing ${n};${1 + (n % 9)},${String(100 + (n % 900)).padStart(3, '0')}`,
)

for (const engine of engines) {
  test(`a cell beyond the sample that proves another decimal sign has recognised rows read again (${engine})`, async () => {
    await using program = await openProgram(engine)
    const first = await program.write('a1.csv', [header, ...ambiguous].join('\n'))
    await program.run('ingest', first, '--supplier', 'A', '--no-hold')
    const changed = ambiguous.map((line, n) => (n === 1250 ? 'S1250;Thing 1250;12,50' : line))
    const second = await program.write('a2.csv', [header, ...changed].join('\n'))
    const quick = await program.json<{ status: string; changes: { changed: number } }>(
      'ingest',
      second,
      '--supplier',
      'A',
      '--no-hold',
    )
    const forced = await program.json<{ changes: { changed: number } }>(
      'ingest',
      second,
      '--supplier',
      'A',
      '--no-hold',
      '--force',
    )
    expect(quick.json.changes.changed).toBe(1300)
    expect(forced.json.changes.changed).toBe(0)
  })
}
