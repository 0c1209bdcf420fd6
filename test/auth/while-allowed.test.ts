import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { consoleActor } from '../../src/auth/model.ts'
import { changeUser } from '../../src/auth/users.ts'
import { whileAllowed } from '../../src/auth/while-allowed.ts'
import { byteStream } from '../../src/http/exports/byte-stream.ts'
import { engines } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'
import { addLogin } from '../helpers/logins.ts'
import { openUrl, rejection } from '../helpers/open-database.ts'

setDefaultTimeout(60_000)

for (const engine of engines)
  describe(engine, () => {
    test('open streams end with the session or the token that opened them, and no others', async () => {
      await using service = await openService(engine)
      await service.json('/api/v1/uploads?supplier=Acme', {
        method: 'POST',
        body: priceList(2),
        headers: { 'content-type': 'text/csv' },
      })
      const { jobs } = (await service.json<{ jobs: { job_id: string }[] }>('/api/v1/jobs')).body
      const root = await addLogin(service, { name: 'Root', role: 'admin' })
      const ada = await addLogin(service, { name: 'Ada', role: 'operator' })
      const bob = await addLogin(service, { name: 'Bob', role: 'viewer' })
      const paths = ['/api/v1/events', '/api/v1/jobs/events', `/api/v1/jobs/${jobs[0]?.job_id}/events`]
      const ending = new AbortController()
      const open = async (headers: Record<string, string>) =>
        Promise.all(
          paths.map(async (path) => {
            const response = await service.fetch(path, { headers, signal: ending.signal })
            expect([path, response.status]).toEqual([path, 200])
            let isOver = false
            const text = response.text().finally(() => {
              isOver = true
            })
            text.catch(() => {})
            return { text, isOver: () => isOver }
          }),
        )
      const kept = await open(root.bearer)
      const bySession = await open(ada.cookie)
      const byToken = await open(ada.bearer)
      const byUser = await open(bob.bearer)

      await service.json('/api/v1/session', { method: 'DELETE', headers: ada.cookie })
      for (const { text } of bySession) expect(await text).toContain('retry:')
      expect(byToken.some(({ isOver }) => isOver())).toBe(false)

      await service.json(`/api/v1/tokens/${ada.tokenId}`, { method: 'DELETE', headers: root.bearer })
      for (const { text } of byToken) expect(await text).toContain('retry:')

      // By another process.
      const db = await openUrl(service.program.url)
      const change = { actor: consoleActor, at: new Date() }
      await changeUser(db, bob.user.id, { isDisabled: true }, change).finally(() => db.close())
      for (const { text } of byUser) expect(await text).toContain('retry:')
      expect(kept.some(({ isOver }) => isOver())).toBe(false)
      ending.abort()
    })
  })

test('a file breaks off, whether its reader takes it or not, and whoever writes it stops', async () => {
  for (const isReading of [true, false]) {
    let may = true
    const ended = Promise.withResolvers<unknown>()
    const endless = byteStream(async (write) => {
      for (;;) {
        await write(new Uint8Array(10))
        await new Promise((resolve) => setImmediate(resolve))
      }
    }, ended.resolve)
    const reader = whileAllowed(endless, { mayStill: async () => may, isWhole: false }).getReader()
    expect((await reader.read()).value).toHaveLength(10)
    may = false
    if (!isReading) await ended.promise
    const readAll = async () => {
      while (!(await reader.read()).done);
    }
    expect(await rejection(readAll())).toBeInstanceOf(Error)
    expect(await ended.promise).toBeNull()
  }
})

test('a stream goes on while nobody can be asked', async () => {
  const asked = Promise.withResolvers<void>()
  let count = 0
  const source = Promise.withResolvers<void>()
  const stream = byteStream(
    async (write) => {
      await source.promise
      await write(new Uint8Array(3))
    },
    () => {},
  )
  const mayStill = async () => {
    if (++count === 2) asked.resolve()
    throw new Error('no connection')
  }
  const bytes = new Response(whileAllowed(stream, { mayStill, isWhole: false })).bytes()
  await asked.promise
  source.resolve()
  expect(await bytes).toHaveLength(3)
})
