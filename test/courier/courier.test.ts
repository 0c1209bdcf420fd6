import { describe, expect, test } from 'bun:test'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { supplierStore } from '../../src/suppliers/store.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'
import { makePdf } from '../helpers/pdf.ts'
import { descendants } from '../helpers/processes.ts'
import { rawPath } from '../helpers/raw-file.ts'
import { impatient, openTestService, type TestService } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'
import { makeWorkbook } from '../helpers/workbook.ts'

/** Long enough to be caught in the middle of. */
const longListSize = 100_000
const longList = priceList(longListSize)
/** Takes more than a second wherever it is read. */
const veryLongList = () =>
  `SKU;Name;Price EUR\n${Array.from({ length: 800_000 }, (_, n) => `L-${n};Article ${n};${n}.50`).join('\n')}\n`

const catalogSize = async ({ program }: TestService) =>
  (await program.rows<{ n: number }>('select count(*) as n from supplier_items'))[0]!.n

/** The processes of this test's service that a command line names. */
const started = (command: string) => descendants(process.pid).filter((each) => each.command.endsWith(command))

const isBeingRead = (bench: TestService, importId: string) =>
  until(() => (bench.service.courier.progressOf(importId)?.rows ?? 0) > 0)

for (const engine of engines) {
  describe(engine, () => {
    test('an import is read by the analyzer, and by a process without HTTP where its supplier has switched it off', async () => {
      await using bench = await openTestService(engine)
      const first = await bench.ended(await bench.take(priceList(3)))
      expect(first).toMatchObject({
        status: 'completed',
        analyzedBy: 'analyzer',
        fallbackReason: null,
        counts: { read: 4, accepted: 3 },
      })
      const { db } = bench.service
      const acme = (await supplierStore(db).find('Acme'))!
      await db.run('update suppliers set uses_analyzer = $1 where id = $2', [
        engine === 'sqlite' ? 0 : false,
        acme.id,
      ])
      const second = await bench.ended(await bench.take(priceList(4)))
      expect(second).toMatchObject({
        status: 'completed',
        analyzedBy: 'child',
        fallbackReason: null,
        changes: { new: 1 },
      })
      // What is said of a file counts more, and of that file only.
      const third = await bench.ended(await bench.take(priceList(4), { usesAnalyzer: true }))
      expect(third).toMatchObject({ status: 'completed', analyzedBy: 'analyzer', changes: { new: 0 } })
      const fourth = await bench.ended(await bench.take(priceList(5)))
      expect(fourth).toMatchObject({ analyzedBy: 'child', changes: { new: 1 } })
      await until(() => bench.service.courier.progressOf(fourth.id) === null)
      expect(await bench.program.leftovers()).toEqual(['serve.json'])
    }, 60_000)

    test('imports of one supplier follow each other, those of others need not wait', async () => {
      await using bench = await openTestService(engine)
      const ids = [
        await bench.take(priceList(2000)),
        await bench.take(priceList(2001)),
        await bench.take(priceList(3), { supplier: 'Other' }),
        await bench.take(priceList(2002)),
      ]
      for (const id of ids) expect(await bench.ended(id)).toMatchObject({ status: 'completed' })
      const ofAcme = bench.events
        .filter(({ message }) => message === 'file handed over' || message === 'import ended')
        .flatMap(({ message, fields }) =>
          fields.importId === ids[2] ? [] : [`${message} ${ids.indexOf(String(fields.importId))}`],
        )
      expect(ofAcme.filter((event) => event.startsWith('file'))).toEqual([
        'file handed over 0',
        'file handed over 1',
        'file handed over 3',
      ])
      // Each was done before the next began.
      const finished = await bench.program.rows<{ n: number }>(
        `select count(*) as n from imports a join imports b on a.supplier_id = b.supplier_id and a.id < b.id
         where a.supplier_revision >= b.supplier_revision`,
      )
      expect(finished).toEqual([{ n: 0 }])
    }, 60_000)

    test('a file whose bytes are not those that were handed in is not parsed', async () => {
      await using bench = await openTestService(engine, { TALLYMAN_CONCURRENCY: '1' })
      // Keeps the only place busy meanwhile.
      const busy = await bench.take(priceList(10_000))
      const importId = await bench.take(priceList(3), { supplier: 'Other' })
      const { sha256 } = await bench.get(importId)
      const path = rawPath(bench.service.parts.archive, sha256!)
      await chmod(path, 0o600)
      await writeFile(path, priceList(2))
      expect(await bench.ended(busy)).toMatchObject({ status: 'completed' })
      expect(await bench.ended(importId)).toMatchObject({
        status: 'failed',
        decision: null,
        error: { code: 'wrong_hash', message: expect.stringContaining(`expected ${sha256}`) },
      })
      expect(await catalogSize(bench)).toBe(10_000)
    }, 60_000)

    test('an analyzer that is killed in the middle is started again, and the file is read to its end', async () => {
      await using bench = await openTestService(engine)
      const importId = await bench.take(longList)
      await isBeingRead(bench, importId)
      const [analyzer] = started('main.ts analyzer')
      process.kill(analyzer!.pid, 'SIGKILL')
      expect(await bench.ended(importId)).toMatchObject({ status: 'completed' })
      const [job] = await bench.program.rows<{ attempt: number }>('select attempt from jobs')
      expect(job!.attempt).toBeGreaterThan(1)
      expect(await catalogSize(bench)).toBe(longListSize)
      await until(async () => (await bench.program.leftovers()).join() === 'serve.json')
      await until(() => started('main.ts analyzer').length === 1)
    }, 120_000)

    test('a child that is killed costs one attempt', async () => {
      await using bench = await openTestService(engine)
      const importId = await bench.take(longList)
      await isBeingRead(bench, importId)
      // The spare one has no work, and is killed too.
      for (const { pid } of started('analyze-child')) process.kill(pid, 'SIGKILL')
      expect(await bench.ended(importId)).toMatchObject({ status: 'completed', error: null })
      expect(await catalogSize(bench)).toBe(longListSize)
      expect(await bench.program.rows('select state, retry_count, attempt from jobs')).toEqual([
        { state: 'succeeded', retry_count: 1, attempt: 2 },
      ])
    }, 120_000)

    test('an import whose child is killed in every attempt fails, and the catalog stays as it was', async () => {
      const patience = { ...impatient, jobRetryDelaysMs: [1] }
      await using bench = await openTestService(engine, {}, patience)
      const importId = await bench.take(longList)
      for (const _attempt of [1, 2]) {
        await isBeingRead(bench, importId)
        for (const { pid } of started('analyze-child')) process.kill(pid, 'SIGKILL')
        // The attempt has ended when what it showed is gone.
        await until(() => (bench.service.courier.progressOf(importId)?.rows ?? 0) === 0)
      }
      expect(await bench.ended(importId)).toMatchObject({
        status: 'failed',
        error: { code: 'analyzer_crashed', message: expect.stringContaining('was killed from outside') },
      })
      expect(await bench.program.rows('select state, cause, retry_count from jobs')).toEqual([
        { state: 'dead', cause: 'parser/analyzer_crashed', retry_count: 1 },
      ])
      expect(await catalogSize(bench)).toBe(0)
      await until(async () => (await bench.program.leftovers()).join() === 'serve.json')
      expect(await bench.ended(await bench.take(priceList(3)))).toMatchObject({ status: 'completed' })
    }, 120_000)

    test('names of columns may hold what databases dislike', async () => {
      await using bench = await openTestService(engine)
      const list = 'SKU;Name\0\ufffe;Price EUR\0;\0\nA-1;Zange;1,50;x\nA-2;Hammer;2,50;y\n'
      expect(await bench.ended(await bench.take(list))).toMatchObject({
        status: 'completed',
        error: null,
        counts: { accepted: 2 },
      })
    }, 60_000)

    test('when the service stops, an import under way is put back, and the next start takes it up', async () => {
      const bench = await openTestService(engine)
      const importId = await bench.take(longList)
      const waiting = await bench.take(priceList(3))
      await isBeingRead(bench, importId)
      await bench.service.stop({ graceMs: 0 })
      expect(started('analyze-child')).toEqual([])
      expect(started('main.ts analyzer')).toEqual([])
      expect(await bench.program.rows('select status from imports order by id')).toEqual([
        { status: 'pending' },
        { status: 'pending' },
      ])
      expect(await bench.program.rows('select state, lease_token from jobs order by id')).toEqual([
        { state: 'queued', lease_token: null },
        { state: 'queued', lease_token: null },
      ])
      expect(await bench.program.leftovers()).toEqual([])
      await using again = await openTestService(engine, {}, impatient, bench.program)
      expect(await again.ended(importId)).toMatchObject({ status: 'completed' })
      expect(await again.ended(waiting)).toMatchObject({ status: 'completed', counts: { read: 4 } })
    }, 120_000)
  })
}

test('a failure that nobody expected is in the log, as its import says', async () => {
  await using bench = await openTestService('sqlite')
  await rm(bench.service.parts.stagingFolder, { recursive: true, force: true })
  await writeFile(bench.service.parts.stagingFolder, 'no folder')
  expect(await bench.ended(await bench.take(priceList(3)))).toMatchObject({
    status: 'failed',
    error: { code: 'internal_error', message: 'Internal error; the log has the details.' },
  })
  await until(() =>
    bench.events.some(({ fields }) => JSON.stringify(fields.error ?? null).includes('EEXIST')),
  )
}, 60_000)

describe('limits', () => {
  test('a file that takes too much memory fails its import, and nothing else', async () => {
    // Less than any process of ours takes.
    await using bench = await openTestService('sqlite', { TALLYMAN_ANALYZER_MEMORY_MAX: '64MiB' })
    expect(await bench.ended(await bench.take(longList))).toMatchObject({
      status: 'failed',
      error: {
        code: 'analyzer_out_of_memory',
        message: expect.stringContaining('TALLYMAN_ANALYZER_MEMORY_MAX'),
      },
    })
    await until(async () => (await bench.program.leftovers()).join() === 'serve.json')
  }, 60_000)

  test('a file that takes too long fails its import, over HTTP or without it', async () => {
    for (const usesAnalyzer of ['true', 'false']) {
      await using bench = await openTestService('sqlite', {
        TALLYMAN_ANALYZER_SECONDS_MAX: '1',
        TALLYMAN_USE_ANALYZER: usesAnalyzer,
      })
      expect(await bench.ended(await bench.take(veryLongList()))).toMatchObject({
        status: 'failed',
        error: { code: 'analyzer_timed_out', message: expect.stringContaining('longer than 1 s') },
      })
      expect(await catalogSize(bench)).toBe(0)
    }
  }, 120_000)

  test('a workbook that unpacks to more than is allowed costs its own import, while others are read', async () => {
    await using bench = await openTestService('sqlite', { TALLYMAN_UNPACKED_BYTES_MAX: '4MiB' })
    const cell = '<c t="inlineStr"><is><t>x</t></is></c>'
    const data = `<row><c t="inlineStr"><is><t>sku</t></is></c></row>${`<row>${cell.repeat(100)}</row>`.repeat(4000)}`
    const bomb = await bench.take(makeWorkbook([{ data }]), { fileName: 'bomb.xlsx' })
    const other = await bench.take(priceList(3), { supplier: 'Other' })
    expect(await bench.ended(bomb)).toMatchObject({
      status: 'failed',
      error: { code: 'zip_bomb' },
    })
    expect(await bench.ended(other)).toMatchObject({ status: 'completed' })
  }, 60_000)

  test('a PDF that is named .xlsx is read, or refused, for what it is', async () => {
    await using bench = await openTestService('sqlite')
    const letter = makePdf([
      { marks: [{ text: 'Dear customer, our prices stay as they are.', x: 60, y: 100 }] },
    ])
    expect(await bench.ended(await bench.take(letter, { fileName: 'list.xlsx' }))).toMatchObject({
      status: 'failed',
      analyzedBy: 'analyzer',
      decision: { format: 'pdf' },
      error: { code: 'not_a_price_list' },
    })
    expect(await bench.ended(await bench.take('%PDF-1.7\n%âãÏÓ\n', { fileName: 'list.xlsx' }))).toMatchObject(
      { status: 'failed', error: { code: 'damaged_pdf' } },
    )
  }, 60_000)
})

test('an analyzer that cannot be had fails the import where the fallback is off, and the import can be repeated', async () => {
  const env = { TALLYMAN_ANALYZER_URL: 'http://127.0.0.1:1/', TALLYMAN_ANALYZER_FALLBACK: 'false' }
  const bench = await openTestService('sqlite', env)
  const list = priceList(3)
  const failed = await bench.ended(await bench.take(list))
  expect(failed).toMatchObject({
    status: 'failed',
    analyzedBy: 'remote',
    fallbackReason: null,
    error: { code: 'analyzer_unavailable' },
  })
  await bench.service.stop({ graceMs: 0 })
  const { TALLYMAN_ANALYZER_URL: _url, ...own } = bench.program.env
  await using again = await openTestService('sqlite', {}, impatient, { ...bench.program, env: own })
  expect(await again.ended(await again.take(list))).toMatchObject({ status: 'completed' })
}, 60_000)
