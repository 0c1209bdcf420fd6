import { describe, expect, test } from 'bun:test'
import { uploadPace } from '../../src/files/paced.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'
import { rawConnection } from '../helpers/raw-request.ts'
import { startServe } from '../helpers/serve.ts'
import { until } from '../helpers/until.ts'

for (const engine of engines) {
  describe(engine, () => {
    test('serves on loopback, and ends with 0 when it is asked to, even with a request open', async () => {
      await using program = await openProgram(engine)
      await program.run('ingest', await program.write('list.csv', priceList(3)), '--supplier', 'Acme')
      const { child, url, ended } = await startServe(program)
      try {
        expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
        for (const path of ['livez', 'readyz'])
          expect(await (await fetch(new URL(path, url))).json()).toEqual({ status: 'ok' })
        const items = await fetch(new URL('api/v1/items?limit=2', url))
        expect(await items.json()).toMatchObject({ items: [{ sku: 'A-0' }, { sku: 'A-1' }] })
        const rebound = await fetch(new URL('api/v1/items', url), { headers: { host: 'evil.example' } })
        expect([rebound.status, await rebound.json()]).toMatchObject([400, { code: 'wrong_host' }])

        const elsewhere = { PORT: new URL(url).port, TALLYMAN_DATA_DIR: `${program.folder}/elsewhere` }
        const busy = await startServe(program, elsewhere).catch((error: Error) => error)
        expect(String(busy)).toContain('the address is in use already; set PORT to another one')

        // A list can come in while it serves.
        const list = await program.write('list.csv', priceList(4))
        // To the service, a lease of the clock that stands still would have run out.
        const command = ['ingest', list, '--supplier', 'Acme']
        const { code: ingested, err } = await program.runWith({ clock: systemClock }, ...command)
        expect([ingested, err]).toEqual([0, ''])
        const after = await fetch(new URL('api/v1/items', url))
        expect(await after.json()).toMatchObject({ items: [{}, {}, {}, { sku: 'A-3' }] })

        const half = await Bun.connect({
          hostname: '127.0.0.1',
          port: Number(new URL(url).port),
          socket: { data() {}, open: (socket) => void socket.write('GET /livez HTTP/1.1\r\nHost: localh') },
        })
        child.kill('SIGTERM')
        const { code, messages, stderr } = await ended()
        expect([code, stderr]).toEqual([0, ''])
        expect(messages).toContain('stopping')
        half.end()
      } finally {
        child.kill('SIGKILL')
      }
    }, 60_000)
  })
}

test('stops at once when the signal came before it listened, and lets go of the database', async () => {
  await using program = await openProgram('sqlite', { PORT: '0' })
  const stop = new AbortController()
  stop.abort()
  const { code, out } = await program.runWith({ signal: stop.signal }, 'serve')
  const messages = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).message)
    // Whether schedules are looked at before it stops is a matter of chance.
    .filter((message) => message !== 'queue depth' && message !== 'schedule due')
  expect([code, messages]).toEqual([0, ['schema migrated', 'listening', 'stopping']])
})

test('where others can reach it nobody is let in but with the token that its console shows, once', async () => {
  await using program = await openProgram('sqlite', { HOST: '0.0.0.0' })
  const { child, url, ended } = await startServe(program)
  const local = `http://127.0.0.1:${new URL(url).port}`
  try {
    expect((await fetch(`${local}/livez`)).status).toBe(200)
    expect((await fetch(`${local}/api/v1/items`)).status).toBe(401)
  } finally {
    child.kill('SIGTERM')
  }
  const { code, stderr } = await ended()
  expect(code).toBe(0)
  const token = /^ {2}(tlm_setup_\S+)$/m.exec(stderr)?.[1] ?? ''
  expect(stderr).toContain('Nobody can sign in yet.')

  const again = await startServe(program)
  try {
    const there = `http://127.0.0.1:${new URL(again.url).port}`
    const setUp = async (given: string) => {
      const body = JSON.stringify({ token: given, name: 'Ada', password: 'winter marble canoe' })
      const headers = { 'content-type': 'application/json' }
      return (await fetch(`${there}/api/v1/setup`, { method: 'POST', headers, body })).status
    }
    expect([await setUp(`${token.slice(0, -1)}_`), await setUp(token), await setUp(token)]).toEqual([
      403, 201, 409,
    ])
  } finally {
    again.child.kill('SIGKILL')
    await again.child.exited
  }
  const third = await startServe(program)
  third.child.kill('SIGTERM')
  expect((await third.ended()).stderr).toBe('')
}, 120_000)

test('with the token of the settings every request has to show it', async () => {
  await using program = await openProgram('sqlite', { HOST: '0.0.0.0' })
  const token = 'a-token-for-this-test-0123456789'
  const { child, url } = await startServe(program, { TALLYMAN_API_TOKEN: token })
  try {
    const local = `http://127.0.0.1:${new URL(url).port}`
    const status = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(local + path, { headers })).status
    expect(await status('/livez')).toBe(200)
    for (const path of ['/api/v1/items', '/swagger', '/api/v1/openapi.json'])
      expect([path, await status(path)]).toEqual([path, 401])
    expect(await status('/api/v1/items', { authorization: `Bearer ${token}` })).toBe(200)
    expect(await status('/api/v1/items', { authorization: `Bearer ${token}`, host: 'evil.example' })).toBe(
      400,
    )
  } finally {
    child.kill('SIGKILL')
    await child.exited
  }
}, 60_000)

test('a list that is uploaded is seen through to the catalog, by processes of their own', async () => {
  await using program = await openProgram('sqlite')
  const { child, url } = await startServe(program)
  try {
    const body = new FormData()
    body.append('supplier', 'Acme')
    body.append('file', new File([priceList(5)], 'prices.csv'))
    const uploaded = await fetch(new URL('api/v1/uploads', url), { method: 'POST', body })
    expect(uploaded.status).toBe(202)
    const followed = new URL(uploaded.headers.get('location') ?? '', url)
    const ended = await until(async () => {
      const found = (await (await fetch(followed)).json()) as { status: string; analyzed_by: string }
      return found.status === 'pending' || found.status === 'running' ? null : found
    })
    expect(ended).toMatchObject({ status: 'completed', analyzed_by: 'analyzer', counts: { accepted: 5 } })
    const items = await fetch(new URL('api/v1/items?search=article', url))
    expect(await items.json()).toMatchObject({ items: [{ sku: 'A-0' }, {}, {}, {}, { sku: 'A-4' }] })
    child.kill('SIGTERM')
    expect(await child.exited).toBe(0)
  } finally {
    child.kill('SIGKILL')
  }
}, 120_000)

test('an upload that is under way when the service stops is cut off, and leaves nothing behind', async () => {
  await using program = await openProgram('sqlite')
  const { child, url } = await startServe(program)
  try {
    const connection = await rawConnection(Number(new URL(url).port))
    connection.send(
      'POST /api/v1/uploads?supplier=A HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 1000000\r\n\r\n',
    )
    // Nothing is written before so much has come.
    for (let sent = 0; sent <= uploadPace.bytesMin; sent += 1000) connection.send('x'.repeat(1000))
    await until(async () => (await program.leftovers()).some((path) => path.includes('incoming')))
    child.kill('SIGTERM')
    expect(await child.exited).toBe(0)
    await connection.received()
    expect((await program.leftovers()).filter((path) => path.startsWith('raw/'))).toEqual([])
    expect(await program.rows('select id from imports')).toEqual([])
  } finally {
    child.kill('SIGKILL')
  }
}, 60_000)
