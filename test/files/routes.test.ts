import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { type ImportJson, type ItemsJson, priceList } from '../helpers/lists.ts'
import { openUrl } from '../helpers/open-database.ts'
import { type RawConnection, rawConnection } from '../helpers/raw-request.ts'
import { until } from '../helpers/until.ts'

interface UploadJson extends ImportJson {
  supplier: string
  source: string
  sha256: string
  links: { self: string }
  code: string
  detail: string
}

const raw = (
  service: TestService,
  query: string,
  body: NonNullable<RequestInit['body']> = priceList(3),
  headers = {},
) =>
  service.json<UploadJson>(`/api/v1/uploads?${query}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'text/csv', ...headers },
  })

function form(service: TestService, parts: [string, string | File][], query = '') {
  const body = new FormData()
  for (const [name, value] of parts) body.append(name, value)
  return service.json<UploadJson>(`/api/v1/uploads${query}`, { method: 'POST', body })
}

/** Nothing was recorded, and nothing lies on the disk. */
async function expectNothingKept(service: TestService) {
  const { program } = service
  expect(await program.rows('select id from imports')).toEqual([])
  expect(await program.rows('select id from suppliers')).toEqual([])
  // Raw files too. A connection that was cut may be noticed only after its answer.
  const files = () => readdir(join(program.dataFolder, 'raw'), { recursive: true }).catch(() => [])
  await until(async () => (await files()).every((name) => name === 'incoming' || name === 'place.id'))
}

/** What is being written. */
const filesIn = (service: TestService) =>
  readdir(join(service.program.dataFolder, 'raw', 'incoming')).catch(() => [])

for (const engine of engines) {
  describe(engine, () => {
    test('the body of a request is taken in, and its import can be followed to its end', async () => {
      await using service = await openService(engine)
      const list = priceList(7)
      const { status, body, headers } = await raw(service, 'supplier=Acme+Ltd&file_name=prices.csv', list)
      expect([status, headers.get('location')]).toEqual([202, body.links.self])
      expect(body).toMatchObject({
        status: 'pending',
        supplier: 'Acme Ltd',
        source: 'upload',
        file_name: 'prices.csv',
        list_mode: 'partial',
        sha256: createHash('sha256').update(list).digest('hex'),
        links: { self: `/api/v1/imports/${body.id}` },
      })
      expect(service.woken()).toBe(1)
      expect(
        await Bun.file(join(service.program.dataFolder, 'raw', body.sha256.slice(0, 2), body.sha256)).text(),
      ).toBe(list)
      await service.analyze(body.id)
      expect(await service.json(body.links.self)).toMatchObject({
        status: 200,
        body: { status: 'completed', counts: { accepted: 7 }, changes: { new: 7 } },
      })
      const { body: page } = await service.json<ItemsJson>('/api/v1/items')
      expect(page.items.length).toBe(7)
      expect(await service.program.leftovers()).toEqual([])

      const again = await raw(service, 'supplier=acme+ltd', list)
      expect(again).toMatchObject({ status: 202, body: { status: 'unchanged', same_as_import_id: body.id } })
      expect(service.woken()).toBe(1)
      expect(await raw(service, 'supplier=acme+ltd&force=true', list)).toMatchObject({
        body: { status: 'pending' },
      })
    })

    test('a form is taken in wherever its fields stand, with the options of the command line', async () => {
      await using service = await openService(engine)
      const file = new File([priceList(3)], 'Preise Übersicht.csv', { type: 'text/csv' })
      const options: [string, string][] = [
        ['supplier', 'Grün & Söhne'],
        ['source', 'catalogue'],
        ['mode', 'full'],
        ['map', 'sku=A,price="Price EUR"'],
        ['currency', 'chf'],
        ['identity', 'name,unit'],
        ['duplicates', 'last-wins'],
        ['decimals', 'currency'],
        ['delimiter', ';'],
        ['encoding', 'utf-8'],
        ['header_row', '1'],
        ['sheet', '1|2'],
        ['decimal', 'dot'],
        ['scope', 'sheet'],
        ['limits', 'items-kept=off,moved-share=50%'],
        ['no_hold', 'true'],
        ['uses_analyzer', 'false'],
        // Left blank by whoever filled the form in.
        ['file_name', ''],
      ]
      for (const parts of [
        [...options, ['file', file]],
        [['file', file], ...options],
        [...options.slice(0, 5), ['file', file], ...options.slice(5)],
      ] as [string, string | File][][]) {
        const { status, body } = await form(service, parts)
        expect([status, body.file_name, body.supplier, body.source, body.list_mode]).toEqual([
          202,
          'Preise Übersicht.csv',
          'Grün & Söhne',
          'catalogue',
          'full',
        ])
        const [row] = await service.program.rows<{ options: string | object }>(
          `select options from imports where id = '${body.id}'`,
        )
        const stored = typeof row?.options === 'string' ? JSON.parse(row.options) : row?.options
        expect(stored).toMatchObject({
          table: {
            map: { sku: 'A', price: 'Price EUR' },
            currency: 'CHF',
            decimalsMax: 'currency',
            headerRows: [0],
            decimal: 'dot',
          },
          settings: {
            duplicates: 'last-wins',
            scope: 'sheet',
            limits: { itemsKeptMin: null, movedShareMax: 0.5 },
            reading: {
              encoding: 'utf-8',
              delimiter: ';',
              sheets: ['1', '2'],
              headerRows: [0],
              decimal: 'dot',
            },
          },
          sheets: ['1', '2'],
          encoding: 'utf-8',
          delimiter: ';',
          mayHold: false,
          usesAnalyzer: false,
        })
      }
      expect(service.woken()).toBe(3)
    })

    test('what is not valid is refused by its name, and leaves nothing behind', async () => {
      await using service = await openService(engine)
      const file = new File([priceList(3)], 'list.csv')
      const queries: [string, string, string][] = [
        ['', 'missing_supplier', 'supplier'],
        ['supplier=', 'invalid_request', 'supplier'],
        ['supplier=%00', 'invalid_request', 'supplier'],
        ['supplier=%1b%5b31m', 'invalid_supplier', 'supplier'],
        [`supplier=${'x'.repeat(201)}`, 'invalid_request', 'supplier'],
        ['supplier=A&suplier=B', 'invalid_request', 'suplier'],
        ['supplier=A&supplier=B', 'invalid_request', 'supplier'],
        ['supplier=A&mode=whole', 'invalid_request', 'mode'],
        ['supplier=A&uses_analyzer=1', 'invalid_request', 'uses_analyzer'],
        ['supplier=A&currency=EUROS', 'invalid_request', 'currency'],
        ['supplier=A&header_row=x', 'invalid_option', 'header_row'],
        ['supplier=A&sheet=%7C', 'invalid_option', 'sheet'],
        ['supplier=A&decimal=point', 'invalid_request', 'decimal'],
        ['supplier=A&currency=XXY', 'invalid_option', 'currency'],
        ['supplier=A&map=prise=C', 'invalid_option', 'did you mean price?'],
        ['supplier=A&identity=colour', 'invalid_option', 'identity'],
        ['supplier=A&delimiter=xy', 'invalid_option', 'delimiter'],
        ['supplier=A&limits=moved=1', 'invalid_option', 'limits'],
        ['supplier=A&no_hold=yes', 'invalid_request', 'no_hold'],
        ['supplier=A&encoding=klingon', 'unknown_encoding', 'klingon'],
        ['supplier=A&source=a%0ab', 'invalid_request', 'source'],
        ['supplier=A&source=a%E2%80%AEb', 'invalid_request', 'source'],
      ]
      for (const [query, code, named] of queries) {
        const { status, body } = await raw(service, query)
        expect([query, status, body.code]).toEqual([query, 422, code])
        expect(body.detail).toContain(named)
        const fields = [...new URLSearchParams(query)]
        const asForm = await form(service, [['file', file], ...fields])
        // A form may leave blank what it does not want to say.
        const formCode = query === 'supplier=' ? 'missing_supplier' : code
        expect([query, asForm.status, asForm.body.code]).toEqual([query, 422, formCode])
        expect(asForm.body.detail).toContain(named)
      }
      expect(
        await form(service, [
          ['supplier', 'A'],
          ['supplier', 'A'],
          ['file', file],
        ]),
      ).toMatchObject({ status: 422 })
      expect(
        await form(
          service,
          [
            ['file', file],
            ['supplier', 'A'],
          ],
          '?supplier=A',
        ),
      ).toMatchObject({
        status: 422,
        body: { detail: 'supplier is given twice' },
      })
      expect(service.woken()).toBe(0)
      await expectNothingKept(service)
      expect(await service.program.leftovers()).toEqual([])
    })

    test('a file that is empty, missing, in the wrong part or of the wrong type is refused', async () => {
      await using service = await openService(engine)
      const file = new File([priceList(3)], 'list.csv')
      expect(await raw(service, 'supplier=A', '')).toMatchObject({
        status: 422,
        body: { code: 'empty_file' },
      })
      expect(
        await form(service, [
          ['supplier', 'A'],
          ['file', new File([], 'a.csv')],
        ]),
      ).toMatchObject({
        status: 422,
        body: { code: 'empty_file' },
      })
      expect(await form(service, [['supplier', 'A']])).toMatchObject({
        status: 422,
        body: { code: 'no_file' },
      })
      expect(
        await form(service, [
          ['supplier', 'A'],
          ['list', file],
        ]),
      ).toMatchObject({
        status: 422,
        body: { code: 'unknown_part' },
      })
      expect(
        await form(
          service,
          [
            ['file', file],
            ['file', file],
          ],
          '?supplier=A',
        ),
      ).toMatchObject({
        status: 413,
        body: { code: 'too_many_parts' },
      })
      for (const type of ['multipart/mixed; boundary=x', 'application/x-www-form-urlencoded'])
        expect(await raw(service, 'supplier=A', 'a=b', { 'content-type': type })).toMatchObject({
          status: 415,
          body: { code: 'unsupported_media_type' },
        })
      expect(await raw(service, 'supplier=A', 'a=b', { 'content-encoding': 'gzip' })).toMatchObject({
        status: 415,
        body: { code: 'unsupported_content_encoding' },
      })
      for (const type of ['multipart/form-data', 'multipart/form-data; boundary=other'])
        expect(await raw(service, 'supplier=A', '--x\r\n', { 'content-type': type })).toMatchObject({
          status: 400,
          body: { code: 'malformed_form' },
        })
      await expectNothingKept(service)
    })

    test('a file that cannot be recorded is not kept', async () => {
      await using service = await openService(engine)
      const db = await openUrl(service.program.url)
      await db.run('alter table ingestion_runs rename to elsewhere').finally(() => db.close())
      expect(await raw(service, 'supplier=A')).toMatchObject({ status: 500 })
      expect(await service.program.leftovers()).toEqual([])
      expect(await readdir(join(service.program.dataFolder, 'raw', 'incoming'))).toEqual([])
    })
  })
}

test('a body that curl calls a form is a file when it has a name, and is refused with what helps otherwise', async () => {
  await using service = await openService('sqlite')
  const list = priceList(3)
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const { status, body } = await raw(service, 'supplier=A&file_name=list.csv', list, type)
  expect([status, body.file_name]).toEqual([202, 'list.csv'])
  expect(body.sha256).toBe(createHash('sha256').update(list).digest('hex'))
  expect(await raw(service, 'supplier=A', list, type)).toMatchObject({
    status: 415,
    body: { detail: expect.stringContaining('file_name') },
  })
})

test('a name that is dangerous is shown without what makes it so', async () => {
  await using service = await openService('sqlite')
  const names: [string, string][] = [
    ['../../../etc/passwd', 'passwd'],
    ['a\u202exslx.csv', 'axslx.csv'],
    [`${'x'.repeat(300)}.csv`, `${'x'.repeat(251)}.csv`],
  ]
  for (const [given, shown] of names) {
    const { body } = await raw(service, `supplier=A&file_name=${encodeURIComponent(given)}`)
    expect(body.file_name).toBe(shown)
    // FormData would clean some of it itself.
    const boundary = 'x'
    const parts = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${given}"\r\n\r\na;b\r\n--${boundary}--\r\n`
    const sent = await raw(service, 'supplier=A', parts, {
      'content-type': `multipart/form-data; boundary=${boundary}`,
    })
    expect(sent.body.file_name).toBe(shown)
  }
  const disposition = { 'content-disposition': 'attachment; filename="../p.csv"' }
  expect((await raw(service, 'supplier=A', 'a;b', disposition)).body.file_name).toBe('p.csv')
  expect((await raw(service, 'supplier=A')).body.file_name).toBe('upload')
})

describe('a file that is too large', () => {
  const limit = { env: { TALLYMAN_FILE_BYTES_MAX: '100KB' } }
  const big = 'x;y;1\n'.repeat(50_000)

  test('is refused by its length, before it is sent', async () => {
    await using service = await openService('sqlite', limit)
    const { port } = service
    const connection = await rawConnection(port)
    connection.send(
      `POST /api/v1/uploads?supplier=A HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: ${10 ** 12}\r\n\r\n`,
    )
    const answer = await connection.received(/\}$/)
    expect(answer).toStartWith('HTTP/1.1 413 ')
    expect(answer).toContain('"code":"file_too_large"')
    connection.cut()
    await expectNothingKept(service)
  })

  test('is refused when its length is not said, as a body and in a form', async () => {
    await using service = await openService('sqlite', limit)
    const chunked = () => new Blob([big]).stream()
    expect(await raw(service, 'supplier=A', chunked())).toMatchObject({
      status: 413,
      body: { code: 'file_too_large', detail: expect.stringContaining('TALLYMAN_FILE_BYTES_MAX') },
    })
    const parts = `--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${big}\r\n--x--\r\n`
    const asForm = await raw(service, 'supplier=A', new Blob([parts]).stream(), {
      'content-type': 'multipart/form-data; boundary=x',
    })
    expect(asForm).toMatchObject({ status: 413, body: { code: 'file_too_large' } })
    expect(
      await form(service, [
        ['supplier', 'A'],
        ['file', new File([big], 'a.csv')],
      ]),
    ).toMatchObject({ status: 413 })
    await expectNothingKept(service)
  })

  test('is taken when it has just the size that is allowed', async () => {
    await using service = await openService('sqlite', limit)
    expect(await raw(service, 'supplier=A', 'x'.repeat(100_000))).toMatchObject({ status: 202 })
    expect(
      await form(service, [
        ['supplier', 'A'],
        ['file', new File(['x'.repeat(100_000)], 'a')],
      ]),
    ).toMatchObject({
      status: 202,
    })
    expect(await raw(service, 'supplier=A', 'x'.repeat(100_001))).toMatchObject({ status: 413 })
  })
})

describe('a form', () => {
  const part = (name: string, value: string) =>
    `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const filePart = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\na;b\r\n'
  const send = (service: TestService, text: string) =>
    raw(service, '', text, { 'content-type': 'multipart/form-data; boundary=x' })

  test('with 10,000 parts is refused, whether they come before the file or after it', async () => {
    await using service = await openService('sqlite')
    const many = part('supplier', 'A').repeat(10_000)
    for (const text of [
      `${many}${filePart}--x--\r\n`,
      `${filePart}${many}--x--\r\n`,
      `${filePart.repeat(10_000)}--x--\r\n`,
    ])
      expect(await send(service, text)).toMatchObject({ status: 413, body: { code: 'too_many_parts' } })
    await expectNothingKept(service)
  })

  test('with endless names, values or headers is refused', async () => {
    await using service = await openService('sqlite')
    const long = 'x'.repeat(3_000_000)
    for (const text of [part('map', long), part(long.slice(0, 5000), '1')])
      expect(await send(service, `${filePart}${text}--x--\r\n`)).toMatchObject({
        status: 413,
        body: { code: 'field_too_long' },
      })
    const header = `--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\nx-long: ${long}\r\n\r\na;b\r\n--x--\r\n`
    expect((await send(service, header)).status).toBeGreaterThanOrEqual(400)
    await expectNothingKept(service)
  })

  test('that ends within its file, within a field or before its last boundary is refused', async () => {
    await using service = await openService('sqlite')
    const whole = `${filePart}${part('supplier', 'A')}--x--\r\n`
    for (const end of [20, filePart.length - 3, filePart.length + 30, whole.length - 8])
      expect([end, await send(service, whole.slice(0, end))]).toMatchObject([
        end,
        { status: 400, body: { code: 'malformed_form' } },
      ])
    await expectNothingKept(service)
  })
})

describe('a connection that ends too early', () => {
  const head = (type: string, length: string) =>
    `POST /api/v1/uploads?supplier=A HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\n${length}\r\n\r\n`
  const filePart = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
  // As much as makes it an upload that is under way.
  const half = 'half'.repeat(20_000)
  const cases: [string, string][] = [
    ['in the middle of a body with a length', `${head('text/csv', 'Content-Length: 100000')}${half}`],
    [
      'in the middle of a chunked body',
      `${head('text/csv', 'Transfer-Encoding: chunked')}${half.length.toString(16)}\r\n${half}\r\n`,
    ],
    [
      'in the middle of a form',
      `${head('multipart/form-data; boundary=x', 'Content-Length: 100000')}${filePart}${half}`,
    ],
  ]
  for (const [what, text] of cases)
    test(`${what} leaves nothing behind`, async () => {
      await using service = await openService('sqlite')
      const connection: RawConnection = await rawConnection(service.port)
      connection.send(text)
      await until(async () => (await filesIn(service)).length === 1)
      connection.cut()
      await until(async () => (await filesIn(service)).length === 0)
      await expectNothingKept(service)
      expect(await service.json('/livez')).toMatchObject({ status: 200 })
    })

  test('or that lies about lengths is answered in words or closed, and nothing is kept', async () => {
    await using service = await openService('sqlite')
    for (const lie of [
      `${head('text/csv', 'Content-Length: 4\r\nTransfer-Encoding: chunked')}4\r\nhalf\r\n0\r\n\r\n`,
      `${head('text/csv', 'Content-Length: -4')}half`,
      `${head('text/csv', 'Content-Length: 4\r\nContent-Length: 5')}half!`,
      `${head('text/csv', 'Transfer-Encoding: chunked')}zz\r\nhalf\r\n`,
    ]) {
      const connection = await rawConnection(service.port)
      connection.send(lie)
      expect(await connection.received()).toMatch(/^(HTTP\/1\.1 400 |$)/)
    }
    await until(async () => (await filesIn(service)).length === 0)
    await expectNothingKept(service)
  })

  test('and one that sends more than it announced: what it announced is the file, the rest is no request', async () => {
    await using service = await openService('sqlite')
    const connection = await rawConnection(service.port)
    connection.send(`${head('text/csv', 'Content-Length: 4')}half and more`)
    // The rest may be refused before the file is answered for.
    expect(await connection.received()).toMatch(/HTTP\/1\.1 (202|400) /)
    await until(async () => (await filesIn(service)).length === 0)
    const sizes = await service.program.rows<{ size_bytes: number }>('select size_bytes from raw_files')
    expect(sizes.every(({ size_bytes }) => size_bytes === 4)).toBe(true)
  })
})

for (const engine of engines)
  test(`${engine}: lists of one source that come at the same time are worked on in the order of their times`, async () => {
    await using service = await openService(engine)
    for (let round = 0; round < 4; round++)
      await Promise.all(Array.from({ length: 12 }, (_, n) => raw(service, 'supplier=A', priceList(100 + n))))
    const jobs = await service.program.rows<{ fetched_at: string | number }>(
      'select i.fetched_at from jobs as j join imports as i on i.id = j.import_id order by j.id',
    )
    const times = jobs.map(({ fetched_at }) => new Date(fetched_at).getTime())
    expect(times).toHaveLength(48)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

test('uploads at the same time are all taken in, also of one file', async () => {
  await using service = await openService('sqlite')
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, n) => raw(service, `supplier=S${n % 3}`, priceList(200 + (n % 4)))),
  )
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
  expect(await service.program.leftovers()).toEqual([])
  expect(await service.program.rows('select sha256 from raw_files')).toHaveLength(4)
})

test('uploads that have hardly begun keep nobody from handing a list in', async () => {
  await using service = await openService('sqlite')
  const open = await Promise.all(Array.from({ length: 40 }, () => rawConnection(service.port)))
  for (const connection of open)
    connection.send(
      'POST /api/v1/uploads?supplier=A HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\nhalf',
    )
  // Each is being read.
  for (const connection of open) await connection.received(/100 Continue/)
  expect((await raw(service, 'supplier=A')).status).toBe(202)
  expect(await filesIn(service)).toEqual([])
  for (const connection of open) connection.cut()
})

test('an upload may take longer than the server waits for other bodies', async () => {
  await using service = await openService('sqlite', { listening: { idleTimeout: 1 } })
  const pieces = 16
  const startedMs = performance.now()
  const connection = await rawConnection(service.port)
  connection.send(
    `POST /api/v1/uploads?supplier=A HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: ${pieces * 4}\r\n\r\n`,
  )
  for (let n = 0; n < pieces; n++) {
    connection.send('A;1\n')
    await until(() => performance.now() - startedMs > (n + 1) * 500)
  }
  expect(await connection.received(/\}$/)).toContain('HTTP/1.1 202 ')
  connection.cut()
}, 60_000)

test('more uploads at once than one asker may have are told to come back', async () => {
  await using service = await openService('sqlite')
  const { port } = service
  const half = 'half'.repeat(20_000)
  const head = (length: number) =>
    `POST /api/v1/uploads?supplier=A HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: ${length}\r\n\r\n`
  const open = await Promise.all(Array.from({ length: 12 }, () => rawConnection(port)))
  for (const connection of open) connection.send(`${head(half.length + 5)}${half}`)
  await until(async () => (await filesIn(service)).length === 12)
  const { status, body, headers } = await raw(service, 'supplier=A')
  expect([status, body.code, headers.get('retry-after')]).toEqual([429, 'too_many_of_yours', '5'])
  for (const connection of open) connection.send(' more')
  for (const connection of open) {
    expect(await connection.received(/\}$/)).toContain('HTTP/1.1 202 ')
    connection.cut()
  }
  expect((await raw(service, 'supplier=A')).status).toBe(202)
})
