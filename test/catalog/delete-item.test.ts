import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { ingestList, itemsOf } from '../helpers/acme.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { csvOf, type ErrorJson } from '../helpers/lists.ts'

setDefaultTimeout(60_000)

interface ShownItem {
  id: string
  sku: string
  gone_at: string | null
  deleted_at: string | null
}

interface Edit {
  action: string
  before: unknown
  after: unknown
}

const list = (...skus: string[]) =>
  csvOf(['SKU', 'Name', 'Price EUR'], ...skus.map((sku, n) => [sku, `Article ${sku}`, `${n + 1}.50`]))

const all = async (program: TestProgram) => {
  const items = (await itemsOf(program, '--gone')) as unknown as ShownItem[]
  return Object.fromEntries(
    items.map(({ sku, gone_at, deleted_at }) => [
      sku,
      deleted_at !== null ? 'deleted' : gone_at !== null ? 'gone' : 'listed',
    ]),
  )
}

const revision = async (program: TestProgram) =>
  Number((await program.rows<{ revision: number }>('select revision from suppliers'))[0]!.revision)

for (const engine of engines) {
  describe(engine, () => {
    test('an item that a person deletes is out of the default views with its history kept, and comes back when it is restored', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, list('A-1', 'A-2', 'A-3'), '--full')
      const [item] = (await itemsOf(program, '--sku', 'A-2')) as unknown as ShownItem[]
      const before = await revision(program)
      const deleted = await program.json<ShownItem>('items', 'delete', 'A-2')
      expect(deleted.json).toMatchObject({ id: item!.id, deleted_at: deleted.json.gone_at })
      expect(deleted.json.deleted_at).not.toBeNull()
      expect(await revision(program)).toBe(before + 1)
      expect((await itemsOf(program)).map(({ sku }) => sku)).toEqual(['A-1', 'A-3'])
      expect((await program.run('items', '--gone')).out).toContain('Article A-2 (deleted)')
      expect((await program.run('history', item!.id)).out).toContain('2.50')

      // Once more changes nothing, not even since when.
      const again = await program.json<ShownItem>('items', 'delete', `#${item!.id}`)
      expect(again.json).toEqual(deleted.json)
      expect(await revision(program)).toBe(before + 1)

      const restored = await program.json<ShownItem>('items', 'restore', item!.id)
      expect(restored.json).toMatchObject({ gone_at: null, deleted_at: null })
      expect(await revision(program)).toBe(before + 2)
      const refused = await program.json<ErrorJson>('items', 'restore', item!.id)
      expect(refused).toMatchObject({ code: 1, json: { error: { code: 'not_deleted' } } })
    })

    test('a list that has a deleted item again brings it back, also when it is the very file that was read last', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, list('A-1', 'A-2', 'A-3'), '--full')
      await program.run('items', 'delete', 'A-2')
      const same = await ingestList(program, list('A-1', 'A-2', 'A-3'), '--full')
      expect(same.json).toMatchObject({ status: 'completed', changes: { returned: 1, changed: 0, gone: 0 } })
      expect(await all(program)).toEqual({ 'A-1': 'listed', 'A-2': 'listed', 'A-3': 'listed' })
      // What was deleted once and is gone now is gone, and not deleted.
      await ingestList(program, list('A-1', 'A-3'), '--full', '--no-hold')
      expect(await all(program)).toMatchObject({ 'A-2': 'gone' })
    })

    test('a deleted item that a full list does not have stays deleted, and one that was gone before is gone again when restored', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, list('A-1', 'A-2', 'A-3'), '--full')
      await ingestList(program, list('A-1', 'A-3'), '--full', '--no-hold')
      const gone = (await itemsOf(program, '--gone', '--sku', 'A-2')) as unknown as ShownItem[]
      await program.run('items', 'delete', 'A-2')
      await program.run('items', 'delete', 'A-3')
      const full = await ingestList(program, list('A-1', 'A-4'), '--full', '--no-hold')
      expect(full.json.changes).toMatchObject({ gone: 0, new: 1 })
      expect(await all(program)).toMatchObject({ 'A-2': 'deleted', 'A-3': 'deleted' })
      expect((await program.json<ShownItem>('items', 'restore', 'A-2')).json).toMatchObject({
        gone_at: gone[0]!.gone_at,
        deleted_at: null,
      })
      // It was listed when it was deleted, and would have gone with this list.
      const [{ at }] = (await program.rows<{ at: number | Date }>(
        `select published_at as at from imports where published_at is not null order by created_at desc limit 1`,
      )) as [{ at: number | Date }]
      expect((await program.json<ShownItem>('items', 'restore', 'A-3')).json).toMatchObject({
        gone_at: new Date(at).toISOString(),
        deleted_at: null,
      })
      expect(await all(program)).toEqual({ 'A-1': 'listed', 'A-2': 'gone', 'A-3': 'gone', 'A-4': 'listed' })
    })

    test('an item that was deleted is listed again when only lists came that do not speak for it', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, list('A-1', 'A-2'), '--full')
      await program.run('items', 'delete', 'A-2')
      await ingestList(program, list('A-1', 'A-5'))
      await ingestList(program, list('B-1'), '--full', '--no-hold', '--source', 'other')
      expect((await program.json<ShownItem>('items', 'restore', 'A-2')).json).toMatchObject({
        gone_at: null,
        deleted_at: null,
      })
    })

    test('the audit log says since when an item that was deleted, and then restored, is gone, before and after', async () => {
      await using service = await openService(engine)
      await ingestList(service.program, list('A-1', 'A-2', 'A-3'), '--full')
      await ingestList(service.program, list('A-1', 'A-3'), '--full', '--no-hold')
      const edited = async (item: ShownItem) => {
        const url = `/api/v1/items/${item.id}`
        const shown = async (request: Promise<{ status: number; body: ShownItem }>) => {
          const { status, body } = await request
          expect(status).toBe(200)
          return { gone_at: body.gone_at, deleted_at: body.deleted_at }
        }
        const first = await shown(service.json<ShownItem>(url))
        const deleted = await shown(service.json<ShownItem>(url, { method: 'DELETE' }))
        const restored = await shown(service.json<ShownItem>(`${url}/restore`, { method: 'POST' }))
        const { body: edits } = await service.json<{ entries: Edit[] }>(`${url}/edits`)
        expect(edits.entries.map(({ action, before, after }) => ({ action, before, after }))).toEqual([
          { action: 'item.restore', before: deleted, after: restored },
          { action: 'item.delete', before: first, after: deleted },
        ])
        return { first, deleted, restored }
      }
      const { body: page } = await service.json<{ items: ShownItem[] }>('/api/v1/items?with_gone=true')
      const item = (sku: string) => page.items.find((each) => each.sku === sku)!
      const none = { gone_at: null, deleted_at: null }
      const listed = await edited(item('A-1'))
      expect([listed.first, listed.restored]).toEqual([none, none])
      expect(listed.deleted.deleted_at).not.toBeNull()
      // One that its list had dropped is gone since then again.
      const gone = await edited(item('A-2'))
      expect(gone.first).toEqual({ gone_at: expect.any(String), deleted_at: null })
      expect(gone.restored).toEqual(gone.first)
      expect(gone.deleted.gone_at).not.toBe(gone.first.gone_at)
    })

    test('which item is meant must be clear', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, list('A-1'))
      await program.run('ingest', await program.write('b.csv', list('A-1')), '--supplier', 'Bolt')
      const several = await program.run('items', 'delete', 'A-1')
      expect(several.code).toBe(2)
      expect(several.err).toContain('#1 of Acme, #2 of Bolt')
      expect((await program.run('items', 'delete', 'A-1', '--supplier', 'Bolt')).out).toContain('of Bolt')
      expect(await program.run('items', 'delete')).toMatchObject({ code: 2 })
      expect((await program.run('items', 'restore', '99')).err).toContain('There is no item')
      expect(await program.run('items', 'list', '1')).toMatchObject({ code: 2 })
    })

    test('over HTTP an item is deleted and restored, and what is not there or not deleted says so', async () => {
      await using service = await openService(engine)
      await ingestList(service.program, list('A-1', 'A-2'))
      const url = '/api/v1/items/1'
      const deleted = await service.json<ShownItem>(url, { method: 'DELETE' })
      expect(deleted.status).toBe(200)
      expect(deleted.body.deleted_at).toBe(deleted.body.gone_at)
      expect(await service.json(url)).toMatchObject({ body: { deleted_at: deleted.body.deleted_at } })
      expect(await service.json(url, { method: 'DELETE' })).toMatchObject({ status: 200, body: deleted.body })
      const restore = () => service.json(`${url}/restore`, { method: 'POST' })
      expect(await restore()).toMatchObject({ status: 200, body: { gone_at: null, deleted_at: null } })
      expect(await restore()).toMatchObject({ status: 409, body: { code: 'not_deleted' } })
      for (const [path, method] of [
        ['/api/v1/items/99', 'DELETE'],
        ['/api/v1/items/99/restore', 'POST'],
      ] as const)
        expect(await service.json(path, { method })).toMatchObject({
          status: 404,
          body: { code: 'unknown_item' },
        })
      expect(await service.json('/api/v1/items/x', { method: 'DELETE' })).toMatchObject({ status: 422 })
    })
  })
}
