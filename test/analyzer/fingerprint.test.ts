import { describe, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import {
  type Fingerprint,
  FingerprintEntries,
  fingerprint,
  lineFingerprint,
  rowFlags,
  seedsOf,
} from '../../src/analyzer/fingerprint.ts'
import { loadFingerprints, saveFingerprints } from '../../src/analyzer/fingerprint-file.ts'
import { type App, openApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import type { Handover } from '../../src/courier/intake.ts'
import { importStore } from '../../src/imports/store.ts'
import { createLogger, parseLogLevels } from '../../src/lib/log.ts'
import { type Engine, engines, freshDatabaseUrl } from '../helpers/engines.ts'
import { plainHandover } from '../helpers/handover.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

const printOf = (cells: (string | number)[], context = ''): Fingerprint => {
  const print = { a: 0, b: 0 }
  fingerprint({ index: 0, cells }, seedsOf(context), print)
  return print
}

describe('a fingerprint', () => {
  test('tells apart what a row could be mistaken for', () => {
    const prints = [
      printOf(['a', 'b']),
      printOf(['ab', '']),
      printOf(['', 'ab']),
      printOf(['a', 'b', '']),
      printOf(['a', 'b'], 'Schrauben'),
      printOf(['1', 'b']),
      printOf([1, 'b']),
      printOf([-1, 'b']),
      printOf([1.5, 'b']),
      printOf([1, 1]),
      printOf(['b', 'a']),
      printOf([]),
      printOf(['']),
      printOf(['', '']),
      printOf(['\0']),
      printOf([0]),
    ]
    expect(new Set(prints.map(({ a, b }) => `${a} ${b}`)).size).toBe(prints.length)
    expect(printOf(['a', 'b'])).toEqual(printOf(['a', 'b']))
  })
})

describe('the fingerprint of a line', () => {
  const lineOf = (text: string, context = '', before = ''): string => {
    const bytes = Buffer.from(`${before}${text}behind`)
    const from = Buffer.byteLength(before)
    const into = { a: 0, b: 0 }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    lineFingerprint(view, from, from + Buffer.byteLength(text), seedsOf(context), into)
    return `${into.a} ${into.b}`
  }

  test('is the same wherever the line stands', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (line, before) => {
        expect(lineOf(line, 'c', before)).toBe(lineOf(line, 'c'))
      }),
    )
  })

  test('tells lines apart by every byte, their length and what they inherit', () => {
    const line = 'SKU-0000001;Bohrhammer;12,50;EUR'
    const prints = new Set([
      lineOf(line),
      lineOf(line, 'Schrauben'),
      lineOf(`${line}\0`),
      lineOf(line.slice(1)),
    ])
    for (let at = 0; at < line.length; at++)
      for (const letter of '0a') prints.add(lineOf(`${line.slice(0, at)}${letter}${line.slice(at + 1)}`))
    const same = [...line].filter((letter) => letter === '0').length
    const isA = [...line].filter((letter) => letter === 'a').length
    expect(prints.size).toBe(4 + line.length * 2 - same - isA)
  })

  test('of a hundred thousand lines that differ in a digit, no two halves agree more often than chance has it', () => {
    const a = new Set<string>()
    const b = new Set<string>()
    for (let n = 0; n < 100_000; n++) {
      const [first, second] = lineOf(`SKU-${n};Ventil;${n % 97},00;EUR`).split(' ')
      a.add(first!)
      b.add(second!)
    }
    // Of 32 bits 1.2 pairs are expected to agree.
    expect(a.size).toBeGreaterThan(99_980)
    expect(b.size).toBeGreaterThan(99_980)
  })
})

describe('a file of fingerprints', () => {
  const key = { readingKey: 'r', decision: 'd', revision: 7 }
  const entries = new FingerprintEntries()
  for (let n = 1; n <= 5000; n++) entries.add(printOf([`sku ${n}`]), n % 2 === 0 ? rowFlags.priced : 0, n)

  test('comes back as it was saved, and each row is known once', async () => {
    await using directory = await temporaryDirectory()
    const path = directory.file('source')
    saveFingerprints(path, key, entries, Uint32Array.from([9001, 9002]))
    const known = loadFingerprints(path, key)!
    expect(known.count).toBe(5000)
    expect(known.take(printOf(['sku 2']))).toBe(rowFlags.priced)
    expect(known.take(printOf(['sku 3']))).toBe(0)
    expect(known.take(printOf(['sku 3']))).toBe('repeated')
    expect(known.take(printOf(['sku 5001']))).toBe('new')
    expect({ seen: known.seenCount, priced: known.seenPriced }).toEqual({ seen: 2, priced: 1 })
    const missing = [...known.missingItems()]
    expect(missing.length).toBe(5000)
    expect(missing).not.toContain(2)
    expect(missing.slice(-2)).toEqual([9001, 9002])
    expect(known.overlaps(new Set([2, 77777]))).toBe(true)
    expect(known.overlaps(new Set([4]))).toBe(false)
    expect(readdirSync(directory.path)).toEqual(['source'])
  })

  test('is not used for anything else than it was made for, nor when it is damaged', async () => {
    await using directory = await temporaryDirectory()
    const path = directory.file('source')
    expect(loadFingerprints(path, key)).toBeNull()
    saveFingerprints(path, key, entries, new Uint32Array())
    expect(loadFingerprints(path, { ...key, revision: 8 })).toBeNull()
    expect(loadFingerprints(path, { ...key, decision: 'other' })).toBeNull()
    expect(loadFingerprints(path, { ...key, readingKey: 'other' })).toBeNull()
    const bytes = Buffer.from(await Bun.file(path).arrayBuffer())
    await Bun.write(path, bytes.subarray(0, bytes.length - 3))
    expect(loadFingerprints(path, key)).toBeNull()
    bytes[bytes.length - 100]! ^= 1
    await Bun.write(path, bytes)
    expect(loadFingerprints(path, key)).toBeNull()
    await Bun.write(path, 'rubbish')
    expect(loadFingerprints(path, key)).toBeNull()
  })
})

/** One list: rows by SKU number with a price, perhaps under headings, with faults and repetitions. */
interface TestList {
  rows: TestRow[]
  isFull: boolean
  source: 'main' | 'other'
}

interface TestRow {
  sku: number
  cents: number
  kind: 'plain' | 'no price' | 'broken' | 'heading'
  /** What stands in the column of dealers' prices; one that cannot be read is noted. */
  dealer?: '' | '8,00' | '9,00' | '9,00 USD' | 'kaputt'
}

const list: fc.Arbitrary<TestList> = fc.record({
  rows: fc.array(
    fc.record({
      sku: fc.integer({ min: 1, max: 12 }),
      cents: fc.integer({ min: 1, max: 4 }),
      kind: fc.constantFrom('plain', 'plain', 'plain', 'plain', 'no price', 'broken', 'heading'),
      dealer: fc.constantFrom('', '8,00', '8,00', '9,00', '9,00 USD', 'kaputt'),
    }),
    { minLength: 1, maxLength: 14 },
  ),
  isFull: fc.boolean(),
  source: fc.constantFrom('main', 'main', 'main', 'other'),
})

function csvOf({ rows }: TestList): string {
  const lines = rows.map(({ sku, cents, kind, dealer = '' }) => {
    if (kind === 'heading') return `;Abteilung ${sku % 3};;;`
    const price = kind === 'broken' ? 'kaputt' : kind === 'no price' ? 'auf Anfrage' : `${sku},${cents}0`
    return `A-${sku};Schraube ${sku};${price};${dealer};rot`
  })
  // A first and a last row that are always the same keep header and columns clear.
  return [
    'Artikelnummer;Bezeichnung;Preis EUR;Händlerpreis;Farbe',
    'X-1;Mutter;9,99;8,99;blau',
    ...lines,
    'X-2;Bolzen;19,95;18,95;grün',
  ].join('\n')
}

async function openTestApp(engine: Engine) {
  const database = await freshDatabaseUrl(engine)
  const directory = await temporaryDirectory()
  const config = loadConfig({ DATABASE_URL: database.url, TALLYMAN_DATA_DIR: directory.path })
  let seconds = 0
  const clock = { now: () => new Date(Date.UTC(2026, 10, 22, 8, 0, ++seconds)) }
  const log = createLogger({
    thresholds: parseLogLevels('error'),
    format: 'json',
    isColoured: false,
    clock,
    write: () => {},
  })
  const app = await openApp({ config, clock, log, schema: 'write' })
  return {
    app,
    file: directory.file('list.csv'),
    async [Symbol.asyncDispose]() {
      await app.close()
      await database[Symbol.asyncDispose]()
      await directory[Symbol.asyncDispose]()
    },
  }
}

const handover = (path: string, { isFull, source }: TestList, force: boolean): Handover => ({
  path,
  ...plainHandover,
  source,
  trigger: 'cli',
  listMode: isFull ? 'full' : 'partial',
  mayHold: false,
  force,
})

const work = { onProgress: () => {}, signal: new AbortController().signal }

/** The whole catalog without ids that count up and times. */
async function catalogOf({ db }: App): Promise<unknown> {
  const items = await db.all(
    `select i.item_key, i.name, i.price_e4, i.currency, i.tiers, i.category, s.name as source, i.scope,
            i.gone_at is null as listed
     from supplier_items i join sources s on s.no = i.source_no order by i.item_key`,
  )
  const history = await db.all(
    `select i.item_key, h.n, h.tier, h.price_e4, h.currency, h."row", h."column", h.raw from price_history h
     join supplier_items i on i.id = h.item_id order by i.item_key, h.recorded_at, h.import_no, h.n`,
  )
  const changes = await db.all(
    `select i.item_key, c.kind, count(*) as count from item_changes c join supplier_items i on i.id = c.item_id
     group by i.item_key, c.kind order by i.item_key, c.kind`,
  )
  return { items: [...items], history: [...history], changes: [...changes] }
}

for (const engine of engines) {
  describe(`a reload on ${engine}`, () => {
    test('gives the same catalog and parse log whether rows are recognised or read', async () => {
      let recognised = 0
      let tiers = 0
      await fc.assert(
        fc.asyncProperty(fc.array(list, { minLength: 2, maxLength: 6 }), async (lists) => {
          await using quick = await openTestApp(engine)
          await using plain = await openTestApp(engine)
          for (const [index, next] of lists.entries()) {
            // Most lists are the one before with a few changes; otherwise nothing would ever be recognised.
            const before = lists[index - 1]
            const rows =
              before !== undefined && index % 2 === 1 ? [...before.rows, ...next.rows.slice(0, 2)] : next.rows
            const text = csvOf({ ...next, rows })
            await Bun.write(quick.file, text)
            await Bun.write(plain.file, text)
            const a = await quick.app.ingest(handover(quick.file, next, false), work)
            const b = await plain.app.ingest(handover(plain.file, next, true), work)
            expect(await catalogOf(quick.app)).toEqual(await catalogOf(plain.app))
            const isSameFile = a.status === 'unchanged'
            if (isSameFile) continue
            expect({ status: a.status, counts: a.counts, changes: a.changes, ignored: a.ignored }).toEqual({
              status: b.status,
              counts: b.counts,
              changes: b.changes,
              ignored: b.ignored,
            })
            const imports = importStore(quick.app.db)
            expect(await imports.log(a.id, { limit: 100 })).toEqual(
              await importStore(plain.app.db).log(b.id, { limit: 100 }),
            )
            recognised += a.counts.unchanged
          }
          tiers += (
            await quick.app.db.all(
              `select 1 from price_history as h join supplier_items as i on i.id = h.item_id
               where h.tier is not null and i.item_key like 'A-%'`,
            )
          ).length
        }),
        { numRuns: engine === 'sqlite' ? 40 : 8 },
      )
      expect(recognised).toBeGreaterThan(0)
      expect(tiers).toBeGreaterThan(0)
    }, 120_000)

    test('keeps an item that stood in a rejected row and in one that was taken', async () => {
      await using opened = await openTestApp(engine)
      const { app, file } = opened
      const plain = { sku: 1, cents: 1, kind: 'plain' as const }
      const lists: TestList[] = [
        { rows: [plain], isFull: true, source: 'main' },
        // The fault names the item, and another row lists it as it was.
        { rows: [{ ...plain, kind: 'broken' }, plain, { ...plain, sku: 2 }], isFull: true, source: 'main' },
        { rows: [plain], isFull: true, source: 'main' },
      ]
      for (const next of lists) {
        await Bun.write(file, csvOf(next))
        const found = await app.ingest(handover(file, next, false), work)
        const gone = await app.db.all('select item_key from supplier_items where gone_at is not null')
        expect([...gone]).toEqual(next === lists[2] ? [{ item_key: 'A-2' }] : [])
        expect(found.counts.read).toBe(next.rows.length + 3)
      }
    })

    test('stages only the rows that are not as they were', async () => {
      await using opened = await openTestApp(engine)
      const { app, file } = opened
      const rows = Array.from({ length: 12 }, (_, n) => ({ sku: n + 1, cents: 1, kind: 'plain' as const }))
      const base: TestList = { rows, isFull: true, source: 'main' }
      await Bun.write(file, csvOf(base))
      await app.ingest(handover(file, base, false), work)
      const seen: unknown[] = []
      app.parts.log = createLogger({
        thresholds: parseLogLevels('info'),
        format: 'json',
        isColoured: false,
        clock: app.parts.clock,
        write: (line) => {
          const { message, recognised } = JSON.parse(line)
          if (message === 'file read') seen.push(recognised)
        },
      })
      const changed = {
        ...base,
        rows: [...rows.slice(2).reverse(), { sku: 1, cents: 4, kind: 'plain' as const }],
      }
      await Bun.write(file, csvOf(changed))
      const found = await app.ingest(handover(file, changed, false), work)
      // 14 rows in all: one has changed, one is gone.
      expect(seen).toEqual([12])
      expect(found.counts).toMatchObject({ accepted: 1, unchanged: 12 })
      expect(found.changes).toMatchObject({ changed: 1, gone: 1 })
    })
  })
}
