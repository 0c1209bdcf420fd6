import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import type { PreviewView } from '../../src/trials/preview-view.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { makeWorkbook } from '../helpers/workbook.ts'

const slow = 120_000

const workbook = makeWorkbook([
  { name: 'About', rows: [['Acme Ltd'], ['Prices for our partners']] },
  {
    name: 'Prices',
    rows: [
      ['Acme price list, January'],
      [],
      ['Art. No', 'Description', 'List', 'Dealer EUR'],
      ['A-1', 'Ball valve', 19.5, 12.5],
      ['A-2', 'Gate valve', 22, 'soon'],
      ['A-3', 'Check valve', 25, 15],
    ],
  },
])

async function previewed(service: TestService, query: Record<string, string>, body: Uint8Array | string) {
  return service.json<PreviewView & { code: string }>(
    `/api/v1/uploads/preview?${new URLSearchParams(query)}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Blob([typeof body === 'string' ? body : body.slice()]),
    },
  )
}

test(
  'a file is shown as it would be read, row by row, and nothing of it is kept',
  async () => {
    await using service = await openService('sqlite')
    const { status, body } = await previewed(service, { file_name: 'acme.xlsx' }, workbook)
    expect(status).toBe(200)
    expect(body.file).toMatchObject({ name: 'acme.xlsx', bytes_read: workbook.length, is_part: false })
    expect(body.counts).toMatchObject({ accepted: 2, rejected: 1 })
    const table = body.tables.find(({ is_read }) => is_read)
    expect(table?.sheet).toBe('Prices')
    expect(table?.rows.map(({ row, kind }) => [row, kind])).toEqual([
      [0, 'above'],
      [2, 'header'],
      [3, 'item'],
      [4, 'rejected'],
      [5, 'item'],
    ])
    expect(table?.rows[2]).toMatchObject({
      cells: ['A-1', 'Ball valve', '19.5', '12.5'],
      read: { sku: 'A-1', name: 'Ball valve', currency: 'EUR' },
      reason: null,
    })
    expect(table?.rows[3]?.reason).toContain('soon')

    for (const table of ['suppliers', 'sources', 'imports', 'raw_files'])
      expect([table, await service.program.rows(`select 1 from ${table}`)]).toEqual([table, []])
    const left = (await readdir(service.program.folder)).filter((name) => name.startsWith('tallyman-try-'))
    expect(left).toEqual([])
  },
  slow,
)

test(
  'what is said about reading changes what is shown, and what a supplier has settled counts',
  async () => {
    await using service = await openService('sqlite')
    const dealer = await previewed(service, { map: 'price=D' }, workbook)
    const list = await previewed(service, { map: 'price=C' }, workbook)
    const price = ({ body }: typeof dealer) =>
      body.tables.find(({ is_read }) => is_read)?.rows.find(({ kind }) => kind === 'item')?.read.price
    expect([price(dealer), price(list)]).toEqual(['12.50', '19.50'])
    expect(list.body.decision?.tables.at(-1)?.mapping.price).toMatchObject({ column: 2, is_pinned: true })

    const taken = await service.json<{ id: string }>(
      `/api/v1/uploads?${new URLSearchParams({ supplier: 'Acme', file_name: 'acme.xlsx', map: 'price=C', currency: 'EUR' })}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: new Blob([new Uint8Array(workbook)]),
      },
    )
    await service.analyze(taken.body.id)
    const known = await previewed(service, { supplier: 'acme' }, workbook)
    expect(price(known)).toBe('19.50')
  },
  slow,
)

test(
  'a list behind a link is shown without being kept; what cannot be read says why',
  async () => {
    await using lists = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: () => new Response('SKU;Name;Price EUR\nA-1;Valve;1,50\nA-2;Pump;2,50\n'),
    })
    await using service = await openService('sqlite', { env: { TALLYMAN_PRIVATE_HOSTS: '127.0.0.1' } })
    const linked = await previewed(service, { link: `${lists.url.href}prices.csv` }, '')
    expect([linked.status, linked.body.file?.name]).toEqual([200, 'prices.csv'])
    expect(linked.body.tables[0]?.rows[1]?.read).toMatchObject({ sku: 'A-1', price: '1.50' })

    const unreadable = await previewed(
      service,
      { file_name: 'x.png' },
      Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1'),
    )
    expect([unreadable.status, unreadable.body.decision, unreadable.body.tables]).toEqual([200, null, []])
    expect(unreadable.body.problem?.message).toContain('PNG')
    const wrong = await previewed(service, { map: 'prize=C' }, workbook)
    expect([wrong.status, wrong.body.code]).toEqual([422, 'invalid_option'])
    expect((await previewed(service, {}, '')).body.code).toBe('empty_file')
  },
  slow,
)

test(
  'a held import is shown as a correction would read it, from the file that came in, and nothing is changed',
  async () => {
    await using service = await openService('sqlite')
    const upload = async (content: string, limits?: string) => {
      const query = new URLSearchParams({
        supplier: 'Acme',
        file_name: 'acme.csv',
        ...(limits !== undefined && { limits }),
      })
      const { body } = await service.json<{ id: string }>(`/api/v1/uploads?${query}`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv' },
        body: content,
      })
      await service.analyze(body.id)
      return body.id
    }
    const list = (count: number) =>
      `SKU;Name;List EUR;Dealer EUR\n${Array.from({ length: count }, (_, n) => `A-${n};Valve ${n};${n + 2},00;${n + 1},00`).join('\n')}\nB;Tap;soon;soon\n`
    const shown = (id: string, said: object) =>
      service.json<PreviewView & { code: string }>(`/api/v1/imports/${id}/preview`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(said),
      })
    const held = await upload(list(2), 'rejected-share=1%')
    const before = (await service.json<{ status: string }>(`/api/v1/imports/${held}`)).body
    expect(before.status).toBe('held')

    const { status, body } = await shown(held, { map: 'price=C,name=A' })
    expect(status).toBe(200)
    expect(body.file).toMatchObject({ name: 'acme.csv', is_part: false })
    const item = body.tables[0]?.rows.find(({ kind }) => kind === 'item')
    expect(item?.read).toMatchObject({ price: '2.00', name: 'A-0' })
    // Nothing said: as it was read. With no body at all, the same.
    const plain = await service.json<PreviewView>(`/api/v1/imports/${held}/preview`, { method: 'POST' })
    expect(plain.body.decision).toEqual((await shown(held, {})).body.decision)
    expect((await service.json(`/api/v1/imports/${held}`)).body).toEqual(before)
    // What is shown is what the correction makes of it.
    await service.json(`/api/v1/imports/${held}/correct`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ map: 'price=C,name=A' }),
    })
    await service.analyze(held)
    const { body: decided } = await service.json<{ tables: { mapping: unknown }[] }>(
      `/api/v1/imports/${held}/decision`,
    )
    expect(decided.tables[0]?.mapping).toEqual(body.decision?.tables[0]?.mapping)

    expect(await shown('nobody', {})).toMatchObject({ status: 404, body: { code: 'unknown_import' } })
    expect(await shown(held, { map: 'colour=A' })).toMatchObject({
      status: 422,
      body: { code: 'invalid_option' },
    })
    const published = await upload(list(300), 'rejected-share=off')
    expect(await shown(published, {})).toMatchObject({ status: 409, body: { code: 'not_correctable' } })
  },
  slow,
)

test(
  'of a long text that is held its beginning is shown, of a long workbook all of it',
  async () => {
    await using service = await openService('sqlite')
    const upload = async (content: Uint8Array | string, fileName: string) => {
      const query = new URLSearchParams({
        supplier: fileName,
        file_name: fileName,
        limits: 'rejected-share=0%',
      })
      const { body } = await service.json<{ id: string }>(`/api/v1/uploads?${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: new Blob([typeof content === 'string' ? content : content.slice()]),
      })
      await service.analyze(body.id)
      return (await service.json<PreviewView>(`/api/v1/imports/${body.id}/preview`, { method: 'POST' })).body
    }
    const rows = Array.from({ length: 40_000 }, (_, n) => [`A-${n}`, `Ball valve of brass ${n}`, n + 1.5])
    const text = `SKU;Name;Price EUR\n${rows.map((row) => row.join(';')).join('\n')}\nB;Tap;soon\n`
    const part = await upload(text, 'long.csv')
    expect(part.file.is_part).toBe(true)
    expect(part.file.bytes_read).toBeLessThan(text.length)
    expect(part.problem).toBeNull()
    // Cut behind a whole line.
    expect(part.counts).toMatchObject({ rejected: 0 })
    const all = [['SKU', 'Name', 'Price EUR'], ...rows, ['B', 'Tap', 'soon']]
    const workbook = await upload(makeWorkbook([{ name: 'All', rows: all }]), 'long.xlsx')
    expect(workbook.file.is_part).toBe(false)
    expect(workbook.counts).toMatchObject({ accepted: 40_000, rejected: 1 })
  },
  slow,
)
