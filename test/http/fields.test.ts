import { expect, setDefaultTimeout, test } from 'bun:test'
import { engines } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { addLogin, goodPassword } from '../helpers/logins.ts'

setDefaultTimeout(60_000)

const folders = { env: { TALLYMAN_LOCAL_FOLDERS: '/srv/prices' } }
const halves = ['\ud800', 'ERP \udfff', '\udfff\ud800', '😀\ud83d', '\ude00😀']

for (const engine of engines)
  test(`${engine}: a text with half a character is refused, and one with whole ones is kept as it is`, async () => {
    await using service = await openService(engine, folders)
    const root = await addLogin(service, { name: 'Root', role: 'admin' })
    const post = (path: string, body: unknown) =>
      service.json<{ code?: string; detail?: string; name?: string }>(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...root.bearer },
        body: JSON.stringify(body),
      })
    const source = { supplier: 'Acme', name: 'feed', kind: 'local', config: { path: '/srv/prices/a' } }
    const asked: [field: string, path: string, body: (text: string) => unknown][] = [
      ['name', '/api/v1/tokens', (name) => ({ name, scopes: ['read'] })],
      ['user_id', '/api/v1/tokens', (user_id) => ({ name: 'ERP', scopes: ['read'], user_id })],
      ['name', '/api/v1/users', (name) => ({ name, password: goodPassword, role: 'viewer' })],
      ['name', '/api/v1/suppliers', (name) => ({ name })],
      ['name', '/api/v1/sources', (name) => ({ ...source, name })],
      [
        'configuration',
        '/api/v1/sources',
        (text) => ({ ...source, config: { path: `/srv/prices/${text}` } }),
      ],
      ['sources', '/api/v1/ingestion/trigger', (text) => ({ sources: [text] })],
      ['cause', '/api/v1/dead-letters/discard', (cause) => ({ cause })],
    ]
    for (const [field, path, body] of asked)
      for (const half of halves) {
        const refused = await post(path, body(half))
        expect([path, field, refused.status]).toEqual([path, field, 422])
        expect(refused.body.detail).toContain(field)
      }
    for (const name of ['ERP 😀', '👩‍👩‍👧', '漢字 𠮷'])
      for (const [path, body] of [
        ['/api/v1/tokens', { name, scopes: ['read'] }],
        ['/api/v1/suppliers', { name }],
      ] as const)
        expect(await post(path, body)).toMatchObject({ status: 201, body: { name } })
  })
