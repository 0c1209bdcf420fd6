import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { writeLog } from '../../../src/analyzer/publish.ts'
import { openStaging, unpackFolder } from '../../../src/analyzer/staging/index.ts'
import { stageInSqlite } from '../../../src/analyzer/staging/sqlite.ts'
import { discardStaging, sweepStaging } from '../../../src/analyzer/staging/sweep.ts'
import { storable, storableJson } from '../../../src/lib/storable.ts'
import { noPins } from '../../../src/sources/pins.ts'
import { type Bench, openBench } from '../../helpers/bench.ts'
import { engines } from '../../helpers/engines.ts'
import { issueOf, itemRow, itemRows } from '../../helpers/item-rows.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'

const odd = {
  'quotes and backslashes': `a'b"c\\d\\n\\\\ \\. \\N`,
  'tabs, line ends and the end of a COPY': 'a\tb\nc\rd\r\n\\.\n',
  emoji: '👩‍👩‍👧 Säge 😀',
  'right to left': 'מחיר 12 ש"ח \u202eabc',
  'composed and decomposed': 'é e\u0301',
  'a name of 500 characters': 'ü'.repeat(500),
  'control characters': '\u0001\u001b[31m\u007f\u0085\u2028',
  'a null in words': 'null',
  blanks: '  a  b ',
}

/** Leftovers of this import's staging, wherever the engine keeps them. */
async function leftovers(bench: Bench): Promise<unknown[]> {
  if (bench.db.engine === 'sqlite') return readdir(bench.folder)
  return bench.db.all(`select tablename from pg_tables where schemaname = 'staging'`)
}

for (const engine of engines) {
  describe(engine, () => {
    test('odd text reaches the catalog and its history as it is, and is found again', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const sheets = Object.values(odd).map((text) => {
        const row = itemRow(text.slice(0, 255), {
          name: text,
          unit: text,
          category: text,
          brand: text,
          priceRaw: text,
          characteristics: JSON.stringify({ [text]: text }),
        })
        return { sheet: text, scope: text, items: [row] }
      })
      expect((await bench.publish(source, { sheets, isFull: true })).isPublished).toBe(true)
      const stored = await bench.rows(
        'select sku, name, unit, category, brand, scope, characteristics from supplier_items order by id',
      )
      const names = Object.values(odd)
      expect(stored.toSorted((a, b) => names.indexOf(`${a.name}`) - names.indexOf(`${b.name}`))).toEqual(
        names.map((text) => ({
          sku: text.slice(0, 255),
          name: text,
          unit: text,
          category: text,
          brand: text,
          scope: text,
          characteristics: { [text]: text },
        })),
      )
      const history = await bench.rows('select sheet, raw from price_history')
      expect(history.map(({ sheet, raw }) => [sheet, raw]).sort()).toEqual(names.map((t) => [t, t]).sort())
      const again = await bench.publish(source, { sheets, isFull: true })
      expect(again.diff).toMatchObject({ unchanged: names.length, itemsBefore: names.length })
      expect(again.diff.changes).toMatchObject({ new: 0, changed: 0, gone: 0 })
    })

    test('what no database keeps is replaced: NUL and half characters', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const bad = 'a\0b\ud83dc'
      const good = 'a\u2400b\ufffdc'
      const row = itemRow(bad, {
        name: bad,
        priceRaw: bad,
        unit: bad,
        category: bad,
        brand: bad,
        characteristics: JSON.stringify({ [bad]: bad, plain: '\\u0000 \\ud83d' }),
      })
      const { importId } = await bench.begin(source)
      const staging = await bench.stage(importId, { sheets: [{ sheet: bad, scope: bad, items: [row] }] })
      await staging.withSql(async (sql) => {
        const [staged] = await sql.all<Record<string, unknown>>(`select * from ${staging.names.rows}`)
        const { characteristics } = staged as { characteristics: string | object }
        expect(staged).toMatchObject({
          sheet: good,
          scope: good,
          item_key: good,
          sku: good,
          name: good,
          unit: good,
          category: good,
          brand: good,
          price_raw: good,
        })
        const parsed = typeof characteristics === 'string' ? JSON.parse(characteristics) : characteristics
        expect(parsed).toEqual({ [good]: good, plain: '\\u0000 \\ud83d' })
      })
      await staging.discard()
    })

    test('whatever text a row holds, staging gives it back', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const text = fc.string({ unit: 'binary', maxLength: 40 })
      const rows = fc.uniqueArray(fc.tuple(text, text, fc.option(text), fc.dictionary(text, text)), {
        minLength: 1,
        maxLength: 30,
      })
      await fc.assert(
        fc.asyncProperty(rows, async (values) => {
          const items = itemRows(
            ...values.map(([name, raw, brand, characteristics], index) =>
              itemRow(`${index}`, {
                name,
                priceRaw: raw,
                brand,
                characteristics: JSON.stringify(characteristics),
              }),
            ),
          )
          const { importId } = await bench.begin(source)
          const staging = await bench.stage(importId, { items })
          try {
            await staging.withSql(async (sql) => {
              const staged = await sql.all<Record<string, unknown>>(
                `select name, price_raw, brand, characteristics from ${staging.names.rows} order by n`,
              )
              const shown = staged.map((row) => ({
                ...row,
                characteristics:
                  typeof row.characteristics === 'string'
                    ? JSON.parse(row.characteristics)
                    : row.characteristics,
              }))
              expect(shown).toEqual(
                values.map(([name, raw, brand, characteristics]) => ({
                  name: storable(name),
                  price_raw: storable(raw),
                  brand: brand === null ? null : storable(brand),
                  characteristics: Object.fromEntries(
                    Object.entries(characteristics).map(([key, value]) => [storable(key), storable(value)]),
                  ),
                })),
              )
            })
          } finally {
            await staging.discard()
          }
        }),
        { numRuns: engine === 'sqlite' ? 40 : 15 },
      )
    })

    test('many rows go through, and the stream collects no listeners on the way', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const { importId } = await bench.begin(source)
      const warnings: Error[] = []
      const onWarning = (warning: Error) => warnings.push(warning)
      process.on('warning', onWarning)
      try {
        const items = Array.from({ length: 30_000 }, (_, row) =>
          itemRow(`A${row}`, { row, name: 'x'.repeat(400) }),
        )
        const sheets = Array.from({ length: 60 }, (_, sheet) => ({
          sheet: null,
          items: items.slice(sheet * 500, (sheet + 1) * 500),
        }))
        const staging = await bench.stage(importId, { sheets })
        await staging.withSql(async (sql) => {
          expect(await sql.all(`select count(*) as count from ${staging.names.rows}`)).toEqual([
            { count: 30_000 },
          ])
        })
        await staging.discard()
      } finally {
        process.off('warning', onWarning)
      }
      expect(warnings).toEqual([])
    })

    test('discarding leaves nothing, before and after the rows are in', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const place = { importId: '0193-abc', attempt: 1, folder: bench.folder }
      const open = () => openStaging(bench.db, place)
      const half = await open()
      half.addItem(itemRow('A', { name: 'x'.repeat(400_000) }), { sheet: null, scope: '' })
      await half.flush()
      await half.discard()
      expect(await leftovers(bench)).toEqual([])
      const whole = await open()
      whole.addItem(itemRow('A'), { sheet: null, scope: '' })
      await whole.seal()
      await whole.discard()
      await whole.discard()
      expect(await leftovers(bench)).toEqual([])
      expect((await bench.publish(source, { items: [itemRow('A')] })).isPublished).toBe(true)
    })

    test('what a crashed attempt left behind is replaced', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const { importId } = await bench.begin(source)
      await bench.stage(importId, { items: itemRows(itemRow('A'), itemRow('B')), rejectedKeys: ['X'] })
      const second = await bench.stage(importId, { items: [itemRow('C')] })
      await second.withSql(async (sql) => {
        expect(await sql.all(`select item_key from ${second.names.rows}`)).toEqual([{ item_key: 'C' }])
        expect(await sql.all(`select * from ${second.names.issues}`)).toEqual([])
      })
      await second.discard()
    })

    test('an attempt that was thought dead leaves the next one alone', async () => {
      await using bench = await openBench(engine)
      const place = { importId: Bun.randomUUIDv7(), folder: bench.folder }
      const stale = await openStaging(bench.db, { ...place, attempt: 1 })
      stale.addItem(itemRow('STALE'), { sheet: null, scope: '' })
      const next = await openStaging(bench.db, { ...place, attempt: 2 })
      next.addItem(itemRow('NEXT'), { sheet: null, scope: '' })
      await stale.seal()
      await stale.withSql(async (sql) => {
        expect(await sql.all(`select item_key from ${stale.names.rows}`)).toEqual([{ item_key: 'STALE' }])
      })
      await stale.discard()
      await next.seal()
      await next.withSql(async (sql) => {
        expect(await sql.all(`select item_key from ${next.names.rows}`)).toEqual([{ item_key: 'NEXT' }])
      })
      await next.discard()
      expect(await leftovers(bench)).toEqual([])
    })

    test('what earlier attempts left is cleared up after, and no later one', async () => {
      await using bench = await openBench(engine)
      const place = { importId: Bun.randomUUIDv7(), folder: bench.folder }
      for (const attempt of [1, 2, 3]) await (await openStaging(bench.db, { ...place, attempt })).seal()
      const other = await openStaging(bench.db, { ...place, importId: Bun.randomUUIDv7(), attempt: 1 })
      await other.seal()
      await discardStaging(bench.db, { ...place, attempt: 2 })
      const left = (await leftovers(bench)).length
      await other.discard()
      // An area is one file, or some tables.
      expect((await leftovers(bench)).length).toBe(left / 2)
      await discardStaging(bench.db, { ...place, attempt: 3 })
      expect(await leftovers(bench)).toEqual([])
    })

    test('what an attempt had unpacked is cleared up with its area, and left where the import is at work', async () => {
      await using bench = await openBench(engine)
      const place = { importId: Bun.randomUUIDv7(), folder: bench.folder }
      const folders = [1, 2].map((attempt) => unpackFolder({ ...place, attempt }))
      for (const folder of folders) await Bun.write(join(folder, '1'), 'sku;price')
      await discardStaging(bench.db, { ...place, attempt: 1 })
      expect(folders.map((folder) => existsSync(folder))).toEqual([false, true])
      // No job works on it; at first it might still be a dry run's.
      expect(await sweepStaging(bench.db, bench.folder, new Date())).toBe(0)
      expect(await sweepStaging(bench.db, bench.folder, new Date(Date.now() + 25 * 3_600_000))).toBe(1)
      expect(folders.map((folder) => existsSync(folder))).toEqual([false, false])
    })

    test('what a worker is at is left alone by another one that starts, until it has ended', async () => {
      await using bench = await openBench(engine)
      const { importId, lease } = await bench.begin(await bench.source('Acme'))
      const staging = await openStaging(bench.db, { importId, attempt: lease.attempt, folder: bench.folder })
      await staging.seal()
      const tomorrow = new Date(Date.now() + 25 * 3_600_000)
      expect(await sweepStaging(bench.db, bench.folder, tomorrow)).toBe(0)
      expect(await leftovers(bench)).not.toEqual([])
      await bench.db.run("update jobs set state = 'queued', lease_token = null")
      expect(await sweepStaging(bench.db, bench.folder, tomorrow)).toBe(0)
      await bench.db.run("update jobs set state = 'dead'")
      expect(await sweepStaging(bench.db, bench.folder, tomorrow)).toBe(1)
      expect(await leftovers(bench)).toEqual([])
      await staging.discard()
    })

    test('clearing up waits no longer than it is told for what a killed process has still under way', async () => {
      await using bench = await openBench(engine)
      const place = { importId: Bun.randomUUIDv7(), attempt: 1, folder: bench.folder }
      const staging = await openStaging(bench.db, place)
      await staging.seal()
      await bench.db.tx(async (sql) => {
        await sql.all(engine === 'postgres' ? `select 1 from ${staging.names.rows}` : 'select 1')
        const cleared = discardStaging(bench.db, place, 100).catch((error) => error)
        if (engine === 'postgres') expect(await cleared).toMatchObject({ code: '55P03' })
        else await cleared
      })
      await discardStaging(bench.db, place, 100)
      expect(await leftovers(bench)).toEqual([])
    })

    test('the parse log keeps every issue with the cells of its row, and a second attempt replaces it', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const begun = await bench.begin(source)
      const context = {
        ...source,
        ...begun,
        scopes: [''],
        fetchedAt: begun.now,
        isReplay: false,
        said: noPins,
        corrects: null,
      }
      const log = () =>
        bench.rows(
          'select sheet, "row", "column", code, message, raw, row_data from parsing_logs order by id',
        )
      for (const attempt of ['first', 'second']) {
        const place = { importId: begun.importId, attempt: 1, folder: bench.folder }
        const staging = await openStaging(bench.db, place)
        const rejected = { itemKey: 'A', rowData: '["A\\t","\\"é","😀"]' }
        staging.addIssue(issueOf({ row: 7, column: 3, code: 'b' }), { sheet: null, scope: '' }, rejected)
        staging.addIssue(issueOf({ row: 7, column: 1, code: 'a' }), { sheet: null, scope: '' }, rejected)
        staging.addIssue(
          issueOf({ row: 3, severity: 'note', raw: 'x\0', message: attempt }),
          { sheet: null, scope: '' },
          null,
        )
        staging.addIssue(issueOf({ row: null, column: null }), { sheet: null, scope: '' }, null)
        await staging.seal()
        await staging.withSql((_sql, tx) => tx((sql) => writeLog(sql, staging, context)))
        await staging.discard()
        const rows = await log()
        expect(rows.map((row) => [row.row, row.column])).toEqual([
          [null, null],
          [3, 2],
          [7, 1],
          [7, 3],
        ])
        expect(rows[1]).toMatchObject({ message: attempt, raw: 'x\u2400', row_data: null })
        expect(rows[2]).toMatchObject({ code: 'a', row_data: ['A\t', '"é', '😀'] })
      }
    })
  })
}

test('a preview needs no catalog, and cannot write to one', async () => {
  await using directory = await temporaryDirectory()
  const path = directory.file('staging.db')
  const staging = stageInSqlite(path, null)
  staging.addItem(itemRow('A'), { sheet: null, scope: '' })
  await staging.seal()
  await staging.withSql(async (sql, tx) => {
    expect(await sql.all('select name from staging.rows')).toEqual([{ name: 'Article A' }])
    expect(tx(async () => {})).rejects.toThrow('There is no catalog to write to.')
  })
  await staging.discard()
  expect(existsSync(path)).toBe(false)
})

test('JSON that both engines take is left as it is, escapes and all', () => {
  expect(storableJson('{"a":"\\\\u0000 \\n \\u00e9"}')).toBe('{"a":"\\\\u0000 \\n \\u00e9"}')
  expect(storableJson('{"a":"\\u0000\\ud83d"}')).toBe('{"a":"\u2400\ufffd"}')
})
