import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'

const main = join(import.meta.dir, '../../src/main.ts')

/** A service in a process of its own, and where it listens. */
async function startService(program: TestProgram, env: Record<string, string> = {}) {
  const child = Bun.spawn([process.execPath, main, 'serve'], {
    cwd: program.folder,
    env: { ...program.env, PORT: '0', TALLYMAN_LOG_FORMAT: 'json', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines = logLines(child.stdout)
  // Not `for await`: leaving that would end the stream.
  for (let line = await lines.next(); !line.done; line = await lines.next())
    if (line.value.message === 'listening') return { child, url: line.value.url ?? '', lines }
  throw new Error(`It ended: ${await new Response(child.stderr).text()}`)
}

async function* logLines(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<{ message: string; url?: string }> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line)
  }
}

for (const engine of engines) {
  describe(engine, () => {
    test('serves on loopback, and ends with 0 when it is asked to, even with a request open', async () => {
      await using program = await openProgram(engine)
      await program.run('ingest', await program.write('list.csv', priceList(3)), '--supplier', 'Acme')
      const { child, url, lines } = await startService(program)
      try {
        expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
        for (const path of ['livez', 'readyz'])
          expect(await (await fetch(new URL(path, url))).json()).toEqual({ status: 'ok' })
        const items = await fetch(new URL('api/v1/items?limit=2', url))
        expect(await items.json()).toMatchObject({ items: [{ sku: 'A-0' }, { sku: 'A-1' }] })
        const rebound = await fetch(new URL('api/v1/items', url), { headers: { host: 'evil.example' } })
        expect([rebound.status, await rebound.json()]).toMatchObject([400, { code: 'wrong_host' }])

        const elsewhere = { PORT: new URL(url).port, TALLYMAN_DATA_DIR: `${program.folder}/elsewhere` }
        const busy = await startService(program, elsewhere).catch((error: Error) => error)
        expect(String(busy)).toContain('the address is in use already; set PORT to another one')

        // A list can come in while it serves.
        await program.run('ingest', await program.write('list.csv', priceList(4)), '--supplier', 'Acme')
        const after = await fetch(new URL('api/v1/items', url))
        expect(await after.json()).toMatchObject({ items: [{}, {}, {}, { sku: 'A-3' }] })

        const half = await Bun.connect({
          hostname: '127.0.0.1',
          port: Number(new URL(url).port),
          socket: { data() {}, open: (socket) => void socket.write('GET /livez HTTP/1.1\r\nHost: localh') },
        })
        child.kill('SIGTERM')
        const rest: string[] = []
        for await (const { message } of lines) rest.push(message)
        expect(rest).toContain('stopping')
        expect(await child.exited).toBe(0)
        expect(await new Response(child.stderr).text()).toBe('')
        half.end()
      } finally {
        child.kill('SIGKILL')
      }
    }, 20_000)
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
  expect([code, messages]).toEqual([0, ['schema migrated', 'listening', 'stopping']])
})

test('refuses an address that others can reach, since it knows no logins', async () => {
  await using program = await openProgram('sqlite', { HOST: '0.0.0.0' })
  const { code, err } = await program.run('serve')
  expect([code, err]).toEqual([
    1,
    expect.stringContaining('HOST is 0.0.0.0, but this version knows no logins'),
  ])
})
