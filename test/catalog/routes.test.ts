import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { csvOf, type ItemsJson } from '../helpers/lists.ts'

interface CategoriesJson {
  categories: { id: string; parent_id: string | null; name: string; path: string; supplier_id: string }[]
  next_cursor: string | null
}

const first = csvOf(
  ['SKU', 'Name', 'Price EUR', 'Category', 'Brand', 'EAN', 'Colour'],
  ['A-1', 'Hammer', '12.50', 'Tools > Hand tools', 'Bolt', '4006381333931', 'red, blue'],
  ['A-2', 'Drill', '99.00', 'Tools > Power tools', 'Bolt', '4006381333948', 'red'],
  ['A-3', 'Rope', '3.10', 'Ropes', 'Knot', '4006381333955', 'white'],
)
const second = first.replace('12.50', '13.75')

async function openFilled(engine: (typeof engines)[number]): Promise<TestService> {
  const service = await openService(engine)
  for (const list of [first, second]) {
    const path = await service.program.write('list.csv', list)
    await service.program.run('ingest', path, '--supplier', 'Acme', '--no-hold')
  }
  return service
}

for (const engine of engines) {
  describe(engine, () => {
    test('items are found by category and all below it, brand, and characteristics', async () => {
      await using service = await openFilled(engine)
      const skus = async (query: Record<string, string> | [string, string][]) => {
        const { status, body } = await service.json<ItemsJson>(`/api/v1/items?${new URLSearchParams(query)}`)
        expect([query, status]).toEqual([query, 200])
        return body.items.map(({ sku }) => sku)
      }
      expect(await skus({ category: 'Tools' })).toEqual(['A-1', 'A-2'])
      expect(await skus({ category: 'Tools > Hand tools' })).toEqual(['A-1'])
      expect(await skus({ category: 'Tool' })).toEqual([])
      expect(await skus({ brand: 'Bolt', search: 'DRI' })).toEqual(['A-2'])
      expect(await skus({ characteristic: 'ean=4006381333955' })).toEqual(['A-3'])
      // A comma is part of the value.
      expect(await skus({ characteristic: 'Colour=red, blue' })).toEqual(['A-1'])
      expect(
        await skus([
          ['characteristic', 'Colour=red'],
          ['characteristic', 'ean=4006381333948'],
        ]),
      ).toEqual(['A-2'])
      expect(await skus({ brand: "Bolt' or '1'='1" })).toEqual([])
    })

    test('an item is shown with the history of its price, each traced to its cell', async () => {
      await using service = await openFilled(engine)
      const { body } = await service.json<ItemsJson>('/api/v1/items?sku=A-1')
      const { id } = body.items[0]!
      expect(await service.json(`/api/v1/items/${id}`)).toMatchObject({
        status: 200,
        body: { id, sku: 'A-1', price: '13.75', brand: 'Bolt', category: 'Tools > Hand tools' },
      })
      expect(await service.json(`/api/v1/items/${id}/history`)).toMatchObject({
        status: 200,
        body: {
          history: [
            {
              price: '13.75',
              currency: 'EUR',
              file_name: 'list.csv',
              sha256: createHash('sha256').update(second).digest('hex'),
              row: 1,
              column: 2,
              raw: '13.75',
            },
            { price: '12.50', row: 1, column: 2, raw: '12.50' },
          ],
        },
      })
      const one = `/api/v1/items/${id}/history?limit=1`
      const newest = await service.json<{ history: object[]; next_cursor: string }>(one)
      expect(newest.body).toMatchObject({ history: [{ price: '13.75' }] })
      expect(await service.json(`${one}&cursor=${newest.body.next_cursor}`)).toMatchObject({
        body: { history: [{ price: '12.50' }], next_cursor: null },
      })
      const cursorOf = (...key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url')
      for (const cursor of [cursorOf(1, 'A-1'), cursorOf(-1, 1, 1), cursorOf(2 ** 53 - 1, 1, 1)])
        expect([cursor, await service.json(`${one}&cursor=${cursor}`)]).toMatchObject([
          cursor,
          { status: 422, body: { code: 'invalid_cursor' } },
        ])
      const absurd = cursorOf(1, 2 ** 53 - 1, 2 ** 53 - 1)
      expect(await service.json(`${one}&cursor=${absurd}`)).toMatchObject({ body: { history: [] } })
      for (const path of ['/api/v1/items/999', '/api/v1/items/999/history'])
        expect([path, await service.json(path)]).toMatchObject([
          path,
          { status: 404, body: { code: 'unknown_item' } },
        ])
      for (const wrong of ['x', '-1', '1.5', '9'.repeat(16), '%00'])
        expect([wrong, await service.json(`/api/v1/items/${wrong}`)]).toMatchObject([wrong, { status: 422 }])
    })

    test('further prices are shown with their item, and in its history with the quantity they hold from', async () => {
      await using service = await openService(engine)
      const header = ['SKU', 'Name', 'Price EUR', 'Wholesale', 'from 10 pcs']
      for (const wholesale of ['10.00', '9.50']) {
        const rows = [
          ['A-1', 'Hammer', '12.00', wholesale, '11.00'],
          ['A-2', 'Saw', '24.00', '', '22.00'],
          ['A-3', 'Drill', '36.00', '30.00', '33.00'],
        ]
        const path = await service.program.write('list.csv', csvOf(header, ...rows))
        await service.program.run('ingest', path, '--supplier', 'Acme')
      }
      const { body } = await service.json<ItemsJson>('/api/v1/items')
      const wholesale = { name: 'Wholesale', min_quantity: null, price: '9.50', currency: 'EUR' }
      const fromTen = { name: 'from 10 pcs', min_quantity: '10', price: '11.00', currency: 'EUR' }
      expect(body.items[0]!.tiers).toEqual([wholesale, fromTen])
      expect(body.items[1]!.tiers).toEqual([{ ...fromTen, price: '22.00' }])
      const path = `/api/v1/items/${body.items[0]!.id}`
      expect(await service.json(path)).toMatchObject({ status: 200, body: { tiers: [wholesale, fromTen] } })
      expect(await service.json(`${path}/history`)).toMatchObject({
        status: 200,
        body: {
          history: [
            { tier: 'Wholesale', min_quantity: null, price: '9.50', row: 1, column: 3, raw: '9.50' },
            { tier: null, min_quantity: null, price: '12.00' },
            { tier: 'Wholesale', price: '10.00', raw: '10.00' },
            { tier: 'from 10 pcs', min_quantity: '10', price: '11.00', column: 4 },
          ],
        },
      })
    })

    test('categories are a tree, a page at a time, by parent and supplier', async () => {
      await using service = await openFilled(engine)
      await service.program.run(
        'ingest',
        await service.program.write('b.csv', first),
        '--supplier',
        'Borg',
        '--no-hold',
      )
      const found: CategoriesJson['categories'] = []
      let cursor = ''
      for (;;) {
        const { body } = await service.json<CategoriesJson>(`/api/v1/categories?limit=3${cursor}`)
        found.push(...body.categories)
        if (body.next_cursor === null) break
        cursor = `&cursor=${body.next_cursor}`
      }
      const paths = ['Ropes', 'Tools', 'Tools > Hand tools', 'Tools > Power tools']
      expect(found.map(({ path }) => path)).toEqual([...paths, ...paths])
      const supplierId = found[0]!.supplier_id
      const shown = async (query: string) =>
        (await service.json<CategoriesJson>(`/api/v1/categories?supplier_id=${supplierId}${query}`)).body
          .categories
      expect((await shown('')).length).toBe(4)
      const roots = await shown('&parent_id=none')
      expect(roots.map(({ name }) => name)).toEqual(['Ropes', 'Tools'])
      const below = await shown(`&parent_id=${roots[1]!.id}`)
      expect(below.map(({ name, parent_id }) => [name, parent_id])).toEqual([
        ['Hand tools', roots[1]!.id],
        ['Power tools', roots[1]!.id],
      ])
    })
  })
}
