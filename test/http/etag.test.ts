import { expect, test } from 'bun:test'
import { etagOf } from '../../src/http/etag.ts'
import { engines } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'
import { addLogin, goodPassword, signInWith } from '../helpers/logins.ts'

const folders = { env: { TALLYMAN_LOCAL_FOLDERS: '/srv/prices' } }
const json = (method: string, body: unknown, headers: Record<string, string> = {}) => ({
  method,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
})

/** A service with an item, its supplier and a source. */
async function openThings(engine: (typeof engines)[number]) {
  const service = await openService(engine, folders)
  const list = { method: 'POST', body: priceList(3), headers: { 'content-type': 'text/csv' } }
  const { body: made } = await service.json<{ id: string }>('/api/v1/uploads?supplier=Acme', list)
  await service.analyze(made.id)
  const { body: page } = await service.json<{ items: { id: string; supplier_id: string }[] }>('/api/v1/items')
  const source = { supplier: 'Acme', name: 'feed', kind: 'local', config: { path: '/srv/prices/a' } }
  const { body: added } = await service.json<{ id: string }>('/api/v1/sources', json('POST', source))
  const [item] = page.items
  return {
    service,
    item: `/api/v1/items/${item!.id}`,
    supplier: `/api/v1/suppliers/${item!.supplier_id}`,
    source: `/api/v1/sources/${added.id}`,
    etag: async (path: string) => (await service.fetch(path)).headers.get('etag') ?? '',
  }
}

for (const engine of engines) {
  test(`${engine}: what has not changed is not sent again, and what has is`, async () => {
    const { service, item, supplier, source, etag } = await openThings(engine)
    await using _ = service
    for (const path of [item, supplier, source]) {
      const tag = await etag(path)
      expect(tag).toMatch(/^"[\w-]{22}(\.[\w-]{22})?"$/)
      for (const known of [tag, `"other", ${tag}`, `W/${tag}`, `W/"other",W/${tag}`, '*']) {
        const again = await service.fetch(path, { headers: { 'if-none-match': known } })
        expect([path, again.status, again.headers.get('etag'), await again.text()]).toEqual([
          path,
          304,
          tag,
          '',
        ])
      }
      for (const known of ['"other"', 'W/"other"', tag.slice(1), ''])
        expect((await service.fetch(path, { headers: { 'if-none-match': known } })).status).toBe(200)
    }
    const before = await etag(supplier)
    await service.json(item, { method: 'DELETE' })
    const after = await service.fetch(supplier, { headers: { 'if-none-match': before } })
    expect([after.status, after.headers.get('etag') === before]).toEqual([200, false])
  })

  test(`${engine}: a change is refused when somebody has changed the thing since it was read`, async () => {
    const { service, supplier, source, etag } = await openThings(engine)
    await using _ = service
    for (const [path, one, other] of [
      [supplier, { currency: 'USD' }, { country: 'DE' }],
      [source, { currency: 'USD' }, { country: 'DE' }],
    ] as const) {
      const seen = await etag(path)
      const first = await service.json<Record<string, unknown>>(
        path,
        json('PATCH', one, { 'if-match': seen }),
      )
      expect([first.status, first.body.currency]).toEqual([200, 'USD'])
      const second = await service.json<Record<string, unknown>>(
        path,
        json('PATCH', other, { 'if-match': seen }),
      )
      expect([second.status, second.body.code, second.headers.get('content-type')]).toEqual([
        412,
        'precondition_failed',
        'application/problem+json',
      ])
      // The answer to a change has the tag for the next one.
      const now = first.headers.get('etag')!
      const third = await service.json<Record<string, unknown>>(
        path,
        json('PATCH', other, { 'if-match': now }),
      )
      expect([third.status, third.body.country, third.body.currency]).toEqual([200, 'DE', 'USD'])
      for (const asked of [{}, { 'if-match': '*' }])
        expect((await service.json(path, json('PATCH', one, asked))).status).toBe(200)
      expect(
        (await service.json(path, json('PATCH', one, { 'if-match': `W/${await etag(path)}` }))).status,
      ).toBe(412)
    }
  })

  test(`${engine}: of changes that were made from the same state at once, one is made`, async () => {
    const { service, supplier, source, etag } = await openThings(engine)
    await using _ = service
    for (const path of [supplier, source]) {
      const seen = await etag(path)
      const countries = ['DE', 'AT', 'CH', 'FR', 'DK', 'PL']
      const answers = await Promise.all(
        countries.map((country) => service.json(path, json('PATCH', { country }, { 'if-match': seen }))),
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412, 412])
    }
  })

  test(`${engine}: nobody decides about an import that was read anew since they looked at it`, async () => {
    await using service = await openService(engine)
    const send = (path: string, init: object) => service.json<Record<string, unknown>>(path, init)
    const list = (count: number) => ({
      method: 'POST',
      body: priceList(count),
      headers: { 'content-type': 'text/csv' },
    })
    const took = async (count: number) => {
      const { body } = await send('/api/v1/uploads?supplier=Acme&mode=full', list(count))
      await service.analyze(String(body.id))
      return `/api/v1/imports/${body.id}`
    }
    await took(60)
    const held = await took(9)
    const seen = (await service.fetch(held)).headers.get('etag')!
    expect((await service.fetch(held, { headers: { 'if-none-match': seen } })).status).toBe(304)
    const asked = { 'if-match': seen }
    // Somebody else has it read in another way meanwhile, and it is held again.
    const first = await send(`${held}/correct`, json('POST', { currency: 'USD' }, asked))
    expect([first.status, first.headers.get('etag') === seen]).toEqual([202, false])
    await service.analyze(held.split('/').at(-1)!)
    const again = await service.fetch(held)
    expect(((await again.json()) as { status: string }).status).toBe('held')
    const refused = [
      await send(`${held}/approve`, { method: 'POST', headers: asked }),
      await send(`${held}/discard`, { method: 'POST', headers: asked }),
      await send(`${held}/correct`, json('POST', { currency: 'EUR' }, asked)),
    ]
    for (const { status, body } of refused) expect([status, body.code]).toEqual([412, 'precondition_failed'])
    expect((await send(held, {})).body.status).toBe('held')
    const now = { 'if-match': again.headers.get('etag')! }
    expect((await send(`${held}/approve`, { method: 'POST', headers: now })).status).toBe(202)
  })

  test(`${engine}: nothing is deleted that is not what it was`, async () => {
    const { service, item, source, etag } = await openThings(engine)
    await using _ = service
    const stale = { method: 'DELETE', headers: { 'if-match': '"stale"' } }
    expect((await service.json(item, stale)).status).toBe(412)
    expect((await service.json<{ gone_at: null }>(item)).body.gone_at).toBeNull()
    expect((await service.json(source, stale)).status).toBe(412)
    expect((await service.json<{ paused_at: null }>(source)).body.paused_at).toBeNull()
    for (const path of [item, source]) {
      const fresh = { method: 'DELETE', headers: { 'if-match': await etag(path) } }
      expect((await service.json(path, fresh)).status).toBe(200)
    }
  })

  test(`${engine}: what was made or brought back comes with the tag that it is shown with, and can be changed by it`, async () => {
    const { service, item } = await openThings(engine)
    await using _ = service
    const list = { supplier: 'Brandt', name: 'list', kind: 'local', config: { path: '/srv/prices/b' } }
    const login = { name: 'Root', password: goodPassword }
    const supplier = await service.fetch('/api/v1/suppliers', json('POST', { name: 'Bolt' }))
    const source = await service.fetch('/api/v1/sources', json('POST', list))
    expect((await service.fetch(item, { method: 'DELETE' })).status).toBe(200)
    const restored = await service.fetch(`${item}/restore`, { method: 'POST' })
    expect([supplier.status, source.status, restored.status]).toEqual([201, 201, 200])
    const tags = [
      [supplier.headers.get('location'), supplier.headers.get('etag'), { country: 'DE' }],
      [source.headers.get('location'), source.headers.get('etag'), { country: 'DE' }],
      [item, restored.headers.get('etag'), { name: 'Corrected' }],
    ] as const
    for (const [path, tag, edit] of tags) {
      expect((await service.fetch(path!)).headers.get('etag')).toBe(tag!)
      const changed = await service.fetch(path!, json('PATCH', edit, { 'if-match': tag! }))
      expect([path, changed.status, changed.headers.get('etag') === tag]).toEqual([path, 200, false])
    }
    // Last, as everybody has to sign in from then on; what is shown besides moves when somebody does.
    const user = await service.fetch('/api/v1/users', json('POST', { ...login, role: 'admin' }))
    const session = await signInWith(service, login)
    const shown = await service.fetch(user.headers.get('location')!, { headers: { cookie: session.cookie } })
    expect(shown.status).toBe(200)
    expect(user.headers.get('etag')!.split('.')[0]!).toBe(shown.headers.get('etag')!.split('.')[0]!)
  })

  test(`${engine}: what moves by itself refuses no edit`, async () => {
    const { service, item, supplier, etag } = await openThings(engine)
    await using _ = service
    const seen = await etag(supplier)
    // One item fewer.
    await service.json(item, { method: 'DELETE' })
    const answer = await service.json(supplier, json('PATCH', { currency: 'USD' }, { 'if-match': seen }))
    expect([answer.status, (await etag(supplier)) === seen]).toEqual([200, false])
  })
}

for (const engine of engines)
  test(`${engine}: of two who change a user the second is told so`, async () => {
    await using service = await openService(engine)
    const root = await addLogin(service, { name: 'Root', role: 'admin' })
    const ada = await addLogin(service, { name: 'Ada', role: 'viewer' })
    const path = `/api/v1/users/${ada.user.id}`
    const headers = root.bearer
    const shown = await service.fetch(path, { headers })
    const tag = shown.headers.get('etag') ?? ''
    const again = await service.fetch(path, { headers: { ...headers, 'if-none-match': tag } })
    expect(again.status).toBe(304)
    const change = (role: string, match: string) =>
      service.json<{ code?: string }>(path, json('PATCH', { role }, { ...headers, 'if-match': match }))
    const first = await change('operator', tag)
    expect(first.status).toBe(200)
    expect((await change('admin', tag)).body.code).toBe('precondition_failed')
    const remove = (match: string) =>
      service.json<{ code?: string }>(path, { method: 'DELETE', headers: { ...headers, 'if-match': match } })
    expect((await remove(tag)).body.code).toBe('precondition_failed')
    // That somebody signs in moves by itself.
    await signInWith(service, { name: 'Ada', password: goodPassword })
    expect((await remove(first.headers.get('etag') ?? '')).status).toBe(200)
  })

test('a tag is of the values, not of their order', () => {
  expect(etagOf({ a: 1, b: [{ c: 2, d: null }] })).toBe(etagOf({ b: [{ d: null, c: 2 }], a: 1 }))
  expect(etagOf({ a: 1 })).not.toBe(etagOf({ a: '1' }))
  expect(etagOf([1, 2])).not.toBe(etagOf([2, 1]))
  expect(etagOf({ a: new Date(0) })).not.toBe(etagOf({ a: new Date(1) }))
})
