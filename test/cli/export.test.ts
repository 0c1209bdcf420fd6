import { expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'
import { readSheets } from '../helpers/read-sheets.ts'

setDefaultTimeout(60_000)

for (const engine of engines)
  test(`${engine}: export writes a list to standard output or into a file, with the filters of the API`, async () => {
    await using program = await openProgram(engine)
    const list = join(program.folder, 'list.csv')
    await Bun.write(list, priceList(3))
    await program.run('ingest', list, '--supplier', 'Acme')

    const all = await program.run('export', 'items')
    expect([all.code, all.out.split('\r\n').length, all.err]).toEqual([0, 5, ''])
    const one = await program.run('export', 'items', '--filter', 'sku=A-1', '--format', 'ndjson')
    expect(JSON.parse(one.out)).toMatchObject({ sku: 'A-1', price: '11.00' })
    const ticks = await program.run('export', 'schedules/daily-run/ticks', '--format', 'json')
    expect(JSON.parse(ticks.out)).toEqual([])

    const book = join(program.folder, 'items.xlsx')
    const written = await program.run('export', 'items', '--out', book)
    expect([written.code, written.out]).toEqual([
      0,
      expect.stringMatching(/^items\.xlsx is written, \d+ bytes\.\n$/),
    ])
    const { sheets } = await readSheets(await Bun.file(book).bytes())
    expect(sheets[0]!.rows.length).toBe(4)
    expect((await program.run('export', 'items', '-o', book)).err).toContain('items.xlsx exists already')
    const again = await program.run('--json', 'export', 'items', '-o', book, '--force')
    expect(JSON.parse(again.out)).toMatchObject({ list: 'items', format: 'xlsx' })

    for (const [line, code, text] of [
      [['items', '--filter', 'colour=red'], 1, 'There is no parameter "colour"'],
      [['items', '--filter', 'colour'], 2, '--filter takes NAME=VALUE'],
      [['itmes'], 2, 'there is no list "itmes"; did you mean items?'],
      [['imports/none/log'], 1, 'There is no import none'],
    ] as const) {
      const wrong = await program.run('export', ...line)
      expect([line, wrong.code, wrong.err.includes(text), wrong.out]).toEqual([line, code, true, ''])
    }
  })
