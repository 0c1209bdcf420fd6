import { describe, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pricesOf } from '../helpers/acme.ts'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import type { ImportJson } from '../helpers/lists.ts'
import { refused } from '../helpers/refused.ts'
import { makeZip } from '../helpers/zip.ts'

const head = 'sku;name;price\n'
const list = `${head}A-1;Bolt;1.50 EUR\nA-2;Nut;2.25 EUR\nA-3;Washer;0.10 EUR\n`

for (const engine of engines) {
  describe(engine, () => {
    test('a packed list goes in; what is kept and hashed are the bytes that came, and nothing else is left', async () => {
      await using program = await openProgram(engine)
      const packed = makeZip([
        { name: 'list.csv', content: list },
        { name: 'notes/more.json', content: JSON.stringify([{ sku: 'B-1', name: 'Rivet', price: 4.5 }]) },
        { name: 'logo.png', content: Buffer.from('89504e470d0a1a0a0000000d', 'hex') },
      ])
      const path = await program.write('list.zip', packed)
      const { code, json } = await program.json<ImportJson>(
        'ingest',
        path,
        '--supplier',
        'Acme',
        '--currency',
        'EUR',
      )
      expect([code, json.status]).toEqual([0, 'completed'])
      expect(await pricesOf(program)).toEqual({ 'A-1': '1.50', 'A-2': '2.25', 'A-3': '0.10', 'B-1': '4.50' })
      const [raw] = await program.rows<{ sha256: string; size_bytes: number }>(
        'select sha256, size_bytes from raw_files',
      )
      expect([raw!.sha256, Number(raw!.size_bytes)]).toEqual([
        new Bun.CryptoHasher('sha256').update(packed).digest('hex'),
        packed.length,
      ])
      expect(stagedIn(program.dataFolder)).toEqual([])
    })

    test('the same rows packed are recognised as those of the bare list', async () => {
      await using program = await openProgram(engine)
      const bare = await program.write('list.csv', list)
      await program.run('ingest', bare, '--supplier', 'Acme')
      const packed = await program.write('list.gz', gzipSync(`${list}A-4;Rivet;4.00 EUR\n`))
      const { json } = await program.json<ImportJson>('ingest', packed, '--supplier', 'Acme')
      expect(json).toMatchObject({
        status: 'completed',
        counts: { accepted: 1, unchanged: 3 },
        changes: { new: 1 },
      })
    })

    test('of an archive that is cut nothing is published', async () => {
      await using program = await openProgram(engine)
      const rows = Array.from({ length: 5000 }, (_, n) => `A-${n};Bolt ${n};${n}.50 EUR\n`).join('')
      const path = await program.write('list.csv.gz', gzipSync(head + rows).subarray(0, -1000))
      const error = await refused(program, path)
      expect(error.code).toBe('damaged_archive')
      expect(await program.rows('select * from supplier_items')).toEqual([])
      expect(stagedIn(program.dataFolder)).toEqual([])
    })
  })
}

function stagedIn(dataFolder: string): string[] {
  const folder = readdirSync(dataFolder).includes('staging') ? join(dataFolder, 'staging') : null
  return folder === null ? [] : readdirSync(folder)
}
