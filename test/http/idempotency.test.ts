import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { type Actor, consoleActor } from '../../src/auth/model.ts'
import { openWho } from '../../src/auth/who.ts'
import type { Database, Tx } from '../../src/db/database.ts'
import { openIdempotency } from '../../src/http/idempotency.ts'
import { AppError } from '../../src/lib/errors.ts'
import { newKey, openSealer, type Sealer } from '../../src/lib/seal.ts'
import { ahead, openTask } from '../helpers/cleanups.ts'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'
import { addLogin, goodPassword, signInWith } from '../helpers/logins.ts'
import { openMigrated, openUrl, rejection } from '../helpers/open-database.ts'
import { testKey, testSealer } from '../helpers/sealer.ts'

setDefaultTimeout(60_000)

const start = new Date('2026-11-22T09:00:00.000Z')
const json = (body: unknown, key: string) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', 'idempotency-key': key },
})

/** One server's view of the keys: what it makes is a supplier. */
function openServer(db: Database, sealer: Sealer = testSealer) {
  const who = openWho()
  let now = start
  const keys = openIdempotency({ db, who, clock: { now: () => now }, sealer })
  const make = async (tx: Tx, name: string) =>
    tx.run('insert into suppliers (id, name, name_key, revision, created_at) values ($1, $2, $3, 0, $4)', [
      crypto.randomUUID(),
      name,
      `${name}/${crypto.randomUUID()}`,
      now,
    ])
  return {
    at: (later: Date) => {
      now = later
    },
    /** Makes a supplier of that name. */
    async ask(
      name: string,
      options: {
        key?: string
        actor?: Actor
        before?: () => Promise<void>
        after?: () => Promise<void>
      } = {},
    ) {
      const { key = 'key-1', actor = consoleActor, before, after } = options
      const request = new Request('http://localhost/things', { headers: { 'idempotency-key': key } })
      who.is(request, actor)
      const set = { headers: {} as Record<string, string | number>, status: 0 as number | string }
      const view = await keys.once<{ name: string }, unknown>(
        { request, set },
        {
          body: { name },
          make: async (mark) => {
            await db.tx(async (tx) => {
              await before?.()
              await make(tx, name)
              await mark(tx, { name })
            })
            await after?.()
            return { name }
          },
          answer: async (made) => ({ status: 201, headers: { location: `/${made.name}` }, view: made }),
        },
      )
      if (!(view instanceof Response)) return { status: set.status, location: set.headers.location, view }
      return { status: view.status, location: view.headers.get('location')!, view: await view.json() }
    },
  }
}

const made = async (db: Database) =>
  (await db.all<{ name: string }>('select name from suppliers order by name')).map(({ name }) => name)
const codeOf = async (promise: Promise<unknown>) => {
  const error = await rejection(promise)
  return error instanceof AppError ? error.code : error
}
async function openDatabase({ program }: TestService) {
  const db = await openUrl(program.url)
  return Object.assign(db, { [Symbol.asyncDispose]: () => db.close() })
}
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000)

for (const engine of engines)
  describe(engine, () => {
    test('a request that is sent again is carried out once, and gets the same answer', async () => {
      await using database = await openMigrated(engine)
      const server = openServer(database.db)
      const first = await server.ask('Acme')
      expect(first).toEqual({ status: 201, location: '/Acme', view: { name: 'Acme' } })
      server.at(later(3600))
      expect(await server.ask('Acme')).toEqual(first)
      expect(await made(database.db)).toEqual(['Acme'])
      expect(await codeOf(server.ask('Bolt'))).toBe('idempotency_key_reused')
      // Another key, and another person with the same key.
      await server.ask('Acme', { key: 'key-2' })
      await server.ask('Bolt', { actor: { ...consoleActor, kind: 'user', id: 'u1', name: 'Ann' } })
      expect(await made(database.db)).toEqual(['Acme', 'Acme', 'Bolt'])
      // A day later the key is another one.
      server.at(later(25 * 3600))
      await server.ask('Cord')
      expect(await made(database.db)).toEqual(['Acme', 'Acme', 'Bolt', 'Cord'])
    })

    test('of the same request at two servers at once, one carries it out', async () => {
      await using database = await openMigrated(engine)
      const other = await openUrl(database.url)
      try {
        const servers = [openServer(database.db), openServer(other)]
        const answers = await Promise.allSettled(
          Array.from({ length: 20 }, (_, n) => servers[n % 2]!.ask('Acme')),
        )
        expect(await made(database.db)).toEqual(['Acme'])
        for (const answer of answers)
          if (answer.status === 'fulfilled') expect(answer.value.view).toEqual({ name: 'Acme' })
          else expect(answer.reason.code).toBe('request_under_way')
        expect(answers.some(({ status }) => status === 'fulfilled')).toBe(true)
      } finally {
        await other.close()
      }
    })

    test('a request that is under way is not begun again', async () => {
      await using database = await openMigrated(engine)
      const other = await openUrl(database.url)
      try {
        const [slow, quick] = [openServer(database.db), openServer(other)]
        const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
        const answer = slow.ask('Acme', {
          // The transaction is over, the answer is not there yet; and before that, a check of what is asked.
          after: async () => {
            begun.resolve()
            await goOn.promise
          },
        })
        await begun.promise
        // It is made: the answer is a matter of looking.
        expect(await quick.ask('Acme')).toEqual({ status: 201, location: '/Acme', view: { name: 'Acme' } })
        goOn.resolve()
        expect((await answer).status).toBe(201)
        expect(await made(database.db)).toEqual(['Acme'])
      } finally {
        await other.close()
      }
    })

    test('what a process did not live to do is taken over, and what it would still do is rolled back', async () => {
      await using database = await openMigrated(engine)
      const other = await openUrl(database.url)
      try {
        const [first, second] = [openServer(database.db), openServer(other)]
        const who = openWho()
        const keys = openIdempotency({
          db: database.db,
          who,
          clock: { now: () => start },
          sealer: testSealer,
        })
        const request = new Request('http://localhost/things', { headers: { 'idempotency-key': 'key-1' } })
        who.is(request, consoleActor)
        const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
        const asleep = keys.once<{ name: string }, unknown>(
          { request, set: { headers: {} } },
          {
            body: { name: 'Acme' },
            make: async (mark) => {
              begun.resolve()
              await goOn.promise
              await database.db.tx(async (tx) => {
                await tx.run(
                  "insert into suppliers (id, name, name_key, revision, created_at) values ('x', 'Late', 'late', 0, $1)",
                  [start],
                )
                await mark(tx, { name: 'Late' })
              })
              return { name: 'Late' }
            },
            answer: async (view) => ({ status: 201, headers: {}, view }),
          },
        )
        await begun.promise
        for (const server of [first, second]) {
          server.at(later(59))
          expect(await codeOf(server.ask('Acme'))).toBe('request_under_way')
        }
        second.at(later(61))
        expect((await second.ask('Acme')).status).toBe(201)
        goOn.resolve()
        expect(await codeOf(asleep)).toBe('request_taken_over')
        expect(await made(database.db)).toEqual(['Acme'])
        // Nor has it freed the key.
        expect((await first.ask('Acme')).status).toBe(201)
        expect(await made(database.db)).toEqual(['Acme'])
      } finally {
        await other.close()
      }
    })

    test('what was made before its process died is shown, and not made again', async () => {
      await using database = await openMigrated(engine)
      const server = openServer(database.db)
      const died = server.ask('Acme', { after: () => Promise.reject(new Error('killed')) })
      expect(await rejection(died)).toBeInstanceOf(Error)
      expect(await server.ask('Acme')).toEqual({ status: 201, location: '/Acme', view: { name: 'Acme' } })
      expect(await made(database.db)).toEqual(['Acme'])
    })

    test('a request that failed has used up nothing', async () => {
      await using database = await openMigrated(engine)
      const server = openServer(database.db)
      const failing = server.ask('Acme', { before: () => Promise.reject(new Error('no room')) })
      expect(await rejection(failing)).toBeInstanceOf(Error)
      expect((await server.ask('Bolt')).status).toBe(201)
      expect(await made(database.db)).toEqual(['Bolt'])
    })

    test('what is told once is not kept', async () => {
      await using database = await openMigrated(engine)
      const who = openWho()
      const keys = openIdempotency({ db: database.db, who, clock: { now: () => start }, sealer: testSealer })
      const ask = () => {
        const request = new Request('http://localhost/tokens', { headers: { 'idempotency-key': 'key-1' } })
        who.is(request, consoleActor)
        return keys.once<{ id: string }, { token: string | null }>(
          { request, set: { headers: {} } },
          {
            body: null,
            make: async (mark) => {
              await database.db.tx((tx) => mark(tx, { id: '1' }))
              return { id: '1' }
            },
            answer: async () => ({ status: 201, headers: {}, view: { token: 'open sesame' } }),
            answerAgain: async () => ({ status: 201, headers: {}, view: { token: null } }),
          },
        )
      }
      expect(await ask()).toEqual({ token: 'open sesame' })
      expect(await ask()).toEqual({ token: null })
      const rows = await database.db.all('select * from idempotency_keys')
      expect([rows.length, JSON.stringify(rows).includes('sesame')]).toEqual([1, false])
    })

    test('every request that makes something takes a key', async () => {
      await using service = await openService(engine, { env: { TALLYMAN_LOCAL_FOLDERS: '/srv/prices' } })
      const upload = (key: string, list = priceList(3)) => ({
        method: 'POST',
        body: list,
        headers: { 'content-type': 'text/csv', 'idempotency-key': key },
      })
      const local = { kind: 'local', config: { path: '/srv/prices/a' } }
      const { body: list } = await service.json<{ id: string; sha256: string }>(
        '/api/v1/uploads?supplier=Acme',
        upload('first'),
      )
      await service.analyze(list.id)
      const { body: source } = await service.json<{ id: string }>(
        '/api/v1/sources',
        json({ supplier: 'Acme', name: 'feed', ...local }, 'feed'),
      )
      const requests: [path: string, init: RequestInit, other: RequestInit][] = [
        ['/api/v1/uploads?supplier=Bolt', upload('a'), upload('a', priceList(4))],
        [
          '/api/v1/sources',
          json({ supplier: 'Acme', name: 'one', ...local }, 'b'),
          json({ supplier: 'Acme', name: 'two', ...local }, 'b'),
        ],
        [`/api/v1/sources/${source.id}/trigger`, json({}, 'c'), { ...json({}, 'c') }],
        ['/api/v1/suppliers', json({ name: 'Dove' }, 'f'), json({ name: 'Dowel' }, 'f')],
        ['/api/v1/ingestion/trigger', json({ sources: ['Acme/one'] }, 'd'), json({ all: true }, 'd')],
        [
          `/api/v1/archive/${list.sha256}/replay`,
          json({ supplier: 'Cord' }, 'e'),
          json({ supplier: 'Cork' }, 'e'),
        ],
      ]
      const count = async () => {
        const counts = await service.json<{ imports: unknown[] }>('/api/v1/imports')
        const sources = await service.json<{ sources: unknown[] }>('/api/v1/sources')
        return [counts.body.imports.length, sources.body.sources.length]
      }
      for (const [path, init, other] of requests) {
        const first = await service.json(path, init)
        expect([path, first.status < 300, first.headers.has('location')]).toEqual([path, true, true])
        const before = await count()
        const again = await service.json(path, init)
        expect([path, again.status, again.body]).toEqual([path, first.status, first.body])
        for (const header of ['location', 'content-type', 'etag'])
          expect([header, again.headers.get(header)]).toEqual([header, first.headers.get(header)])
        expect(again.headers.get('idempotency-replayed')).toBe('true')
        expect(await count()).toEqual(before)
        if (path.endsWith('/trigger') && path.includes('sources/')) continue
        const misused = await service.json<{ code: string }>(path, other)
        expect([path, misused.status, misused.body.code]).toEqual([path, 422, 'idempotency_key_reused'])
        expect(await count()).toEqual(before)
      }
      for (const key of ['', 'a b', 'ä', 'x'.repeat(256)]) {
        const answer = await service.json<{ code: string }>(
          '/api/v1/ingestion/trigger',
          json({ all: true }, key),
        )
        expect([key, answer.status, answer.body.code]).toEqual([key, 422, 'invalid_idempotency_key'])
      }
    })

    test('a user is added once, and of the password nothing is kept with the key', async () => {
      await using service = await openService(engine)
      const admin = await addLogin(service, { name: 'Root', role: 'admin' })
      const ask = (more: object) => {
        const init = json({ name: 'Ada', password: goodPassword, role: 'viewer', ...more }, 'user-1')
        return service.json<{ id: string; code?: string }>('/api/v1/users', {
          ...init,
          headers: { ...init.headers, ...admin.cookie },
        })
      }
      const first = await ask({})
      expect(first.status).toBe(201)
      // Whatever the password says now, since it cannot be compared.
      for (const again of [await ask({}), await ask({ password: 'another marble canoe' })]) {
        expect([again.status, again.body]).toEqual([201, first.body])
        expect(again.headers.get('location')).toBe(first.headers.get('location'))
      }
      expect((await ask({ role: 'admin' })).body.code).toBe('idempotency_key_reused')
      await signInWith(service, { name: 'Ada', password: goodPassword })
      await using db = await openDatabase(service)
      const rows = await db.all<Record<string, unknown>>('select * from idempotency_keys')
      expect(rows).toHaveLength(1)
      expect(JSON.stringify(rows)).not.toContain('canoe')
      // Nor anything that comes of it: the rest alone gives the same mark.
      const asked = ['POST', '/api/v1/users', '', { name: 'Ada', role: 'viewer' }]
      const keyless = openSealer({ key: null, olderKeys: [] })
      expect(keyless.isMarked(String(rows[0]?.request_hash), JSON.stringify(asked), 'request')).toBe(true)
    })

    test('a token is made and shown once', async () => {
      await using service = await openService(engine)
      const admin = await addLogin(service, { name: 'Root', role: 'admin' })
      const init = json({ name: 'ERP', scopes: ['read'] }, 'token-1')
      const ask = () =>
        service.json<{ id: string; token?: string; code?: string; detail?: string }>('/api/v1/tokens', {
          ...init,
          headers: { ...init.headers, ...admin.cookie },
        })
      const first = await ask()
      expect([first.status, first.body.token?.startsWith('tlm_')]).toEqual([201, true])
      const again = await ask()
      expect([again.status, again.body.code]).toEqual([409, 'token_already_shown'])
      expect(again.body.detail).toContain(first.body.id)
      await using db = await openDatabase(service)
      expect(await db.all("select id from api_tokens where name = 'ERP'")).toHaveLength(1)
      const kept = JSON.stringify(await db.all('select * from idempotency_keys'))
      expect(kept).toContain(first.body.id)
      expect(kept).not.toContain(first.body.token?.slice(14) ?? '')
    })

    test('what is kept of a request tells nobody its password who has only the database', async () => {
      await using service = await openService(engine, { env: { TALLYMAN_SECRET_KEY: testKey } })
      const source = {
        supplier: 'Acme',
        name: 'daily',
        kind: 'http',
        config: { url: 'https://example.com/list.csv', username: 'acme', password: 'hunter2' },
      }
      expect((await service.json('/api/v1/sources', json(source, 'key-1'))).status).toBe(201)
      const [row] = await service.program.rows<{ request_hash: string }>(
        'select request_hash from idempotency_keys',
      )
      // What somebody would try passwords with.
      const asked = JSON.stringify(['POST', '/api/v1/sources', '', source])
      for (const encoding of ['hex', 'base64url'] as const)
        expect(row!.request_hash).not.toContain(createHash('sha256').update(asked).digest(encoding))
      const again = await service.fetch('/api/v1/sources', json(source, 'key-1'))
      expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
      const other = { ...source, config: { ...source.config, password: 'hunter3' } }
      expect((await service.json('/api/v1/sources', json(other, 'key-1'))).body).toMatchObject({
        code: 'idempotency_key_reused',
      })
    })

    test('a request is known again when the key of secrets was changed meanwhile, and where there is none', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const key = newKey()
      await openServer(db, openSealer({ key, olderKeys: [] })).ask('Acme')
      await openServer(db, openSealer({ key: newKey(), olderKeys: [key] })).ask('Acme')
      const keyless = () => openServer(db, openSealer({ key: null, olderKeys: [] }))
      await keyless().ask('Bolt', { key: 'key-2' })
      await keyless().ask('Bolt', { key: 'key-2' })
      expect(await made(db)).toEqual(['Acme', 'Bolt'])
      expect(await rejection(keyless().ask('Nut', { key: 'key-2' }))).toMatchObject({
        code: 'idempotency_key_reused',
      })
    })

    test('keys of yesterday are cleaned up', async () => {
      await using program = await openProgram(engine)
      const { app, task, parts } = await openTask(program, 'request-keys')
      try {
        const hour = 60 * 60 * 1000
        for (const hours of [1, 23, 25, 400])
          await app.db.run(
            "insert into idempotency_keys (actor, key, request_hash, created_at) values ('a', $1, 'x', $2)",
            [String(hours), new Date(Date.now() - hours * hour)],
          )
        const left = async () => (await app.db.all('select key from idempotency_keys')).length
        expect(await task.run(parts, ahead(0, true))).toMatchObject({ deleted: { request_keys: 2 } })
        expect(await left()).toBe(4)
        expect(await task.run(parts, ahead(0))).toMatchObject({ deleted: { request_keys: 2 } })
        expect(await left()).toBe(2)
      } finally {
        await app.close()
      }
    })
  })
