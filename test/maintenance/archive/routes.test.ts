import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { appendFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lentFolder } from '../../../src/files/local-store.ts'
import { encodeCursor } from '../../../src/lib/cursor.ts'
import { rangeIn } from '../../../src/maintenance/archive/send-file.ts'
import { timesOfNoRow } from '../../helpers/cursors.ts'
import { engines } from '../../helpers/engines.ts'
import { openService, type TestService } from '../../helpers/http-service.ts'
import { priceList } from '../../helpers/lists.ts'
import { rejection } from '../../helpers/open-database.ts'
import { until } from '../../helpers/until.ts'

setDefaultTimeout(60_000)

interface ArchivedJson {
  sha256: string
  size_bytes: number
  stored_bytes: number
  is_packed: boolean
  holds: string
  last_read: { import_id: string; file_name: string; supplier: string; source: string } | null
  reason: string | null
  kept_until: string | null
  links: { content: string }
}
interface Page {
  files: ArchivedJson[]
  next_cursor: string | null
  code: string
}

async function imported(service: TestService, list: string, query: string): Promise<string> {
  const { body } = await service.json<{ id: string; sha256: string; status: string }>(
    `/api/v1/uploads?${query}`,
    {
      method: 'POST',
      body: list,
    },
  )
  if (body.status === 'pending') await service.analyze(body.id)
  return body.sha256
}

const page = async (service: TestService, query = '') =>
  (await service.json<Page>(`/api/v1/archive${query}`)).body

for (const engine of engines) {
  describe(engine, () => {
    test('files are listed with what they were, newest first, by supplier, source and time, a page at a time', async () => {
      await using service = await openService(engine)
      const hashes: string[] = []
      for (let n = 0; n < 5; n++)
        hashes.push(
          await imported(service, priceList(3 + n), `supplier=S${n % 2}&source=s${n}&file_name=l${n}.csv`),
        )
      // The same bytes once more are the same file.
      await imported(service, priceList(3), 'supplier=S1&source=again&file_name=copy.csv')
      const found: ArchivedJson[] = []
      let cursor = ''
      for (;;) {
        const { files, next_cursor } = await page(service, `?limit=2${cursor}`)
        found.push(...files)
        if (next_cursor === null) break
        cursor = `&cursor=${next_cursor}`
      }
      expect(found.map(({ sha256 }) => sha256)).toEqual(hashes.toReversed())
      expect(found.at(-1)).toMatchObject({
        size_bytes: priceList(3).length,
        stored_bytes: priceList(3).length,
        is_packed: false,
        holds: 'list',
        last_read: { file_name: 'copy.csv', supplier: 'S1', source: 'again' },
        reason: 'last_list',
        kept_until: null,
      })
      const { body } = await service.json<{ suppliers: { id: string; name: string }[] }>('/api/v1/suppliers')
      const s0 = body.suppliers.find(({ name }) => name === 'S0')!.id
      const ofS0 = (await page(service, `?supplier_id=${s0}`)).files
      expect(ofS0.map(({ sha256 }) => sha256)).toEqual([hashes[4]!, hashes[2]!, hashes[0]!])
      expect(ofS0[2]!.last_read).toMatchObject({ file_name: 'l0.csv', source: 's0' })
      expect((await page(service, '?since=2026-01-01')).files).toHaveLength(5)
      expect((await page(service, '?since=2999-01-01')).files).toEqual([])
      expect((await page(service, '?since=yesterday')).code).toBe('invalid_instant')
      expect((await page(service, '?cursor=eA')).code).toBe('invalid_cursor')
      for (const place of timesOfNoRow)
        expect((await page(service, `?cursor=${encodeCursor([place, 'a'])}`)).code).toBe('invalid_cursor')
    })

    test('it is told why a file is kept, and until when; one that is gone is not listed', async () => {
      await using service = await openService(engine)
      const first = await imported(service, priceList(10), 'supplier=Acme')
      const second = await imported(service, priceList(11), 'supplier=Acme')
      const held = await imported(
        service,
        priceList(10, () => ({ price: '999.00' })),
        'supplier=Acme',
      )
      const files = new Map((await page(service)).files.map((file) => [file.sha256, file]))
      expect(files.get(second)).toMatchObject({ reason: 'last_list', kept_until: null })
      expect(files.get(held)).toMatchObject({ reason: 'waiting', kept_until: null })
      const { reason, kept_until: until } = files.get(first)!
      expect(reason).toBe('recent')
      const days = (new Date(until!).getTime() - Date.now()) / (24 * 60 * 60 * 1000)
      expect(days).toBeGreaterThan(29.9)
      expect(days).toBeLessThan(30.1)
      await rm(join(service.program.dataFolder, 'raw', first.slice(0, 2), first))
      expect((await page(service, '?limit=2')).files.map(({ sha256 }) => sha256)).toEqual([held, second])
      const { status, body } = await service.json<Page>(`/api/v1/archive/${first}`)
      expect([status, body.code]).toEqual([404, 'raw_file_missing'])
    })

    test('the exact bytes are given, whole or a part of them, under a name that can do no harm', async () => {
      await using service = await openService(engine)
      const list = priceList(40_000)
      const name = 'Preise "2026"\r\nX: y; ü.csv'
      const sha256 = await imported(service, list, `supplier=Acme&file_name=${encodeURIComponent(name)}`)
      const path = `/api/v1/archive/${sha256}/content`
      const whole = await service.fetch(path)
      expect(await whole.text()).toBe(list)
      expect(Object.fromEntries(whole.headers)).toMatchObject({
        etag: `"${sha256}"`,
        'accept-ranges': 'bytes',
        'content-type': 'application/octet-stream',
        'x-content-type-options': 'nosniff',
      })
      const disposition = whole.headers.get('content-disposition')!
      expect(disposition).toMatch(
        /^attachment; filename="[ -!#-~]*"; filename\*=UTF-8''[A-Za-z0-9%._~!$&+-]*$/,
      )
      expect(whole.headers.get('x')).toBeNull()
      // The first digits of the hash are enough.
      expect((await service.fetch(`/api/v1/archive/${sha256.slice(0, 12)}/content`)).status).toBe(200)

      const asked = async (headers: Record<string, string>, method = 'GET') => {
        const answer = await service.fetch(path, { headers, method })
        return [answer.status, answer.headers.get('content-range'), await answer.text()] as const
      }
      expect(await asked({ range: 'bytes=3-9' })).toEqual([
        206,
        `bytes 3-9/${list.length}`,
        list.slice(3, 10),
      ])
      const tail = list.slice(-300_000)
      expect(await asked({ range: 'bytes=-300000' })).toEqual([
        206,
        `bytes ${list.length - 300_000}-${list.length - 1}/${list.length}`,
        tail,
      ])
      expect((await asked({ range: `bytes=${list.length}-` }))[0]).toBe(416)
      expect((await asked({ range: 'bytes=3-9', 'if-range': '"other"' }))[0]).toBe(200)
      expect((await asked({ 'if-none-match': `"x", "${sha256}"` })).slice(0, 2)).toEqual([304, null])
      expect(await asked({}, 'HEAD')).toEqual([200, null, ''])
      // Whoever goes away gives the file back.
      for (let n = 0; n < 5; n++) {
        const leaving = new AbortController()
        const answer = await service.fetch(path, { signal: leaving.signal })
        await answer.body!.getReader().read()
        leaving.abort()
      }
      const borrowed = join(service.program.dataFolder, 'raw', lentFolder)
      await until(async () => (await readdir(borrowed)).length === 0)
    })

    test('a file that is damaged is no answer: it breaks off, and no part of it is given', async () => {
      await using service = await openService(engine)
      for (const rows of [3, 40_000]) {
        const list = priceList(rows)
        const sha256 = await imported(service, list, 'supplier=Acme')
        const path = join(service.program.dataFolder, 'raw', sha256.slice(0, 2), sha256)
        const content = `/api/v1/archive/${sha256}/content`
        for (const wrong of [
          list.replace('1', '2'),
          `${list.slice(0, -1)}!`,
          `${list}\n`,
          list.slice(0, -1),
        ]) {
          await writeFile(path, wrong)
          const whole = service.fetch(content).then((answer) => answer.text())
          expect(await rejection(whole)).toBeInstanceOf(Error)
          const { status, body } = await service.json<Page>(content, { headers: { range: 'bytes=3-9' } })
          expect([status, body.code]).toEqual([422, 'raw_file_damaged'])
        }
        await writeFile(path, list)
        expect(await (await service.fetch(content)).text()).toBe(list)
      }
      const borrowed = join(service.program.dataFolder, 'raw', lentFolder)
      await until(async () => (await readdir(borrowed)).length === 0)
    })

    test('a file is verified by its bytes, and nothing is repaired', async () => {
      await using service = await openService(engine)
      const sha256 = await imported(service, priceList(3), 'supplier=Acme')
      const path = join(service.program.dataFolder, 'raw', sha256.slice(0, 2), sha256)
      const verify = async () =>
        (
          await service.json<{ state: string; code: string }>(`/api/v1/archive/${sha256}/verify`, {
            method: 'POST',
          })
        ).body.state
      expect(await verify()).toBe('ok')
      await appendFile(path, ' ')
      expect(await verify()).toBe('damaged')
      expect(await readdir(join(path, '..'))).toContain(sha256)
      await rm(path)
      expect(await verify()).toBe('missing')
      await writeFile(path, priceList(3))
      expect(await verify()).toBe('ok')
      const unknown = await service.json<{ code: string }>(`/api/v1/archive/${'0'.repeat(64)}/verify`, {
        method: 'POST',
      })
      expect([unknown.status, unknown.body.code]).toEqual([404, 'unknown_file'])
    })
  })
}

test('one range is heeded; what is none, or several, gets the whole file', () => {
  const ranges: [string | null, ReturnType<typeof rangeIn>][] = [
    [null, null],
    ['bytes=0-0', { first: 0, last: 0 }],
    ['bytes=0-', { first: 0, last: 99 }],
    ['bytes=90-1000', { first: 90, last: 99 }],
    ['bytes=-1', { first: 99, last: 99 }],
    ['bytes=-1000', { first: 0, last: 99 }],
    ['bytes=100-', 'none'],
    ['bytes=-0', 'none'],
    ['bytes=9-3', null],
    ['bytes=0-1,3-4', null],
    ['rows=1-2', null],
    ['bytes=-', null],
    ['bytes=a-b', null],
    ['bytes=0-99999999999999999999', null],
  ]
  for (const [header, range] of ranges) expect([header, rangeIn(header, 100)]).toEqual([header, range])
  expect(rangeIn('bytes=0-', 0)).toBe('none')
})
