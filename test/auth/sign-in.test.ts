import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { openIdentities } from '../../src/auth/identities.ts'
import { newSecret, secretHash } from '../../src/auth/secret-token.ts'
import { offerSetup } from '../../src/auth/setup.ts'
import { encodeCursor } from '../../src/lib/cursor.ts'
import { timesOfNoRow } from '../helpers/cursors.ts'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { addLogin, goodPassword, signInWith } from '../helpers/logins.ts'
import { openUrl, silentLog } from '../helpers/open-database.ts'
import { until } from '../helpers/until.ts'

setDefaultTimeout(120_000)

interface Problem {
  code: string
  detail: string
}

const json = (body: unknown, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})
const statusOf = async (service: TestService, path: string, init: RequestInit = {}) =>
  (await service.fetch(path, init)).status
const proxied = { access: { trustedProxies: ['127.0.0.0/8', '::1'] } }
const from = (address: string) => ({ 'x-forwarded-for': address })

async function withDatabase<Result>(
  service: TestService,
  work: (db: Awaited<ReturnType<typeof openUrl>>) => Promise<Result>,
): Promise<Result> {
  const db = await openUrl(service.program.url)
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

for (const engine of engines)
  describe(engine, () => {
    test('however many use the token of the console at once, one administrator is made', async () => {
      await using service = await openService(engine, { access: { needsLogin: true } })
      const tokens = await withDatabase(service, async (db) => [
        await offerSetup(db, new Date()),
        // What a second server showed.
        await offerSetup(db, new Date()),
      ])
      const statuses = await Promise.all(
        Array.from({ length: 200 }, async (_, n) => {
          const body = { token: tokens[n % 2], name: `Admin ${n}`, password: goodPassword }
          return statusOf(service, '/api/v1/setup', json(body))
        }),
      )
      expect(statuses.filter((status) => status === 201)).toHaveLength(1)
      // 503: too many passwords at once.
      expect(statuses.filter((status) => ![201, 409, 503].includes(status))).toEqual([])
      expect(await service.program.rows('select role from users')).toEqual([{ role: 'admin' }])
      expect(await service.program.rows('select * from setup_tokens')).toEqual([])
      expect(await withDatabase(service, (db) => offerSetup(db, new Date()))).toBeNull()
      // One that another server wrote at the very moment in which the first was used.
      const late = newSecret('setup')
      await withDatabase(service, (db) =>
        db.run('insert into setup_tokens (token_hash, created_at) values ($1, $2)', [
          secretHash(late),
          new Date(),
        ]),
      )
      const body = { token: late, name: 'Late', password: goodPassword }
      expect(await statusOf(service, '/api/v1/setup', json(body))).toBe(409)
      expect(await service.program.rows('select id from users')).toHaveLength(1)
    })

    test('a token of the console that is wrong or a day old makes nobody', async () => {
      await using service = await openService(engine, { access: { needsLogin: true } })
      const old = await withDatabase(service, (db) => offerSetup(db, new Date(Date.now() - 25 * 3600_000)))
      for (const token of [old, 'tlm_setup_x', `tlm_setup_${'x'.repeat(43)}`]) {
        const { status, body } = await service.json<Problem>(
          '/api/v1/setup',
          json({ token, name: 'Ada', password: goodPassword }),
        )
        expect([status, body.code]).toEqual([403, 'wrong_setup_token'])
      }
      expect(await service.program.rows('select * from users')).toEqual([])
    })

    test('on loopback nobody has to show anything, until there is a user', async () => {
      await using service = await openService(engine)
      expect(await statusOf(service, '/api/v1/items')).toBe(200)
      // A proxy asks for somebody elsewhere.
      for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'])
        expect([name, await statusOf(service, '/api/v1/items', { headers: { [name]: 'x' } })]).toEqual([
          name,
          401,
        ])
      const viewer = json({ name: 'Ada', password: goodPassword, role: 'viewer' })
      expect(await statusOf(service, '/api/v1/users', viewer)).toBe(409)
      const { body } = await service.json('/api/v1/session')
      expect(body).toMatchObject({ name: 'API', role: 'admin', user_id: null, csrf_token: null })
      const made = await service.fetch(
        '/api/v1/users',
        json({ name: 'Ada', password: goodPassword, role: 'admin' }),
      )
      expect(made.status).toBe(201)
      expect(await statusOf(service, '/api/v1/items')).toBe(401)
      const { cookie } = await signInWith(service, { name: ' ADA ', password: goodPassword })
      expect(await statusOf(service, '/api/v1/items', { headers: { cookie } })).toBe(200)
    })

    test('with logins wanted nobody gets in before there is a user', async () => {
      await using service = await openService(engine, { access: { needsLogin: true } })
      expect(await statusOf(service, '/api/v1/items')).toBe(401)
      expect(await statusOf(service, '/swagger')).toBe(200)
    })

    test('the cookie is strict, out of reach of scripts, and bound to the host but on loopback', async () => {
      await using service = await openService(engine, { access: { allowedHosts: ['tally.example'] } })
      const { cookie } = await addLogin(service, { name: 'Ada', role: 'viewer' })
      const begin = async (headers: Record<string, string>) => {
        const init = json({ name: 'Ada', password: goodPassword }, headers)
        return (await service.fetch('/api/v1/session', init)).headers.get('set-cookie') ?? ''
      }
      const local = await begin({})
      expect(local).toMatch(/^tallyman=tlm_s_[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=2592000$/)
      const named = await begin({ host: 'tally.example' })
      expect(named).toMatch(
        /^__Host-tallyman=tlm_s_[\w-]{43}; Secure; HttpOnly; SameSite=Strict; Path=\/; Max-Age=2592000$/,
      )
      expect(local.split(';')[0]).not.toBe(cookie.cookie)
      // The plain name counts nowhere but on loopback: a neighbouring host could have set it.
      const elsewhere = { host: 'tally.example' }
      expect(await statusOf(service, '/api/v1/items', { headers: { ...elsewhere, ...cookie } })).toBe(401)
      const strict = { cookie: named.split(';')[0]! }
      expect(await statusOf(service, '/api/v1/items', { headers: { ...elsewhere, ...strict } })).toBe(200)
      // Only what opens it is not kept.
      const kept = await service.program.rows<{ token_hash: string }>('select * from sessions')
      expect(kept).toHaveLength(3)
      expect(JSON.stringify(kept)).not.toContain(local.slice(9, 50))
    })

    test('behind a proxy that is trusted TLS is told by it, and by nobody else', async () => {
      const headers = { 'x-forwarded-proto': 'https' }
      await using trusting = await openService(engine, proxied)
      await addLogin(trusting, { name: 'Ada', role: 'viewer' })
      const begun = await trusting.fetch(
        '/api/v1/session',
        json({ name: 'Ada', password: goodPassword }, headers),
      )
      expect(begun.headers.get('set-cookie')).toStartWith('__Host-tallyman=')
      expect(begun.headers.get('strict-transport-security')).toBe('max-age=31536000')
      await using other = await openService(engine, { access: { allowedHosts: ['prices.example.com'] } })
      expect((await other.fetch('/livez', { headers })).headers.get('strict-transport-security')).toBeNull()
      // A proxy that nobody has named, and that does not even say which host was asked: the page itself tells.
      await addLogin(other, { name: 'Ada', role: 'admin' })
      const origin = { origin: 'https://prices.example.com' }
      const page = await other.fetch('/api/v1/session', json({ name: 'Ada', password: goodPassword }, origin))
      expect(page.headers.get('set-cookie')).toMatch(/^__Host-tallyman=.*; Secure/)
    })

    test('a wrong password, an unknown name and a disabled user are told nothing more than they should', async () => {
      await using service = await openService(engine)
      await addLogin(service, { name: 'Root', role: 'admin' })
      const { user } = await addLogin(service, { name: 'Ada', role: 'viewer' })
      const ask = async (name: string, password: string) => {
        const { status, body } = await service.json<Problem>('/api/v1/session', json({ name, password }))
        return [status, body.code, body.detail]
      }
      const wrong = [401, 'wrong_credentials', 'The name or the password is wrong.']
      expect(await ask('Ada', 'not this one')).toEqual(wrong)
      expect(await ask('Nobody', 'not this one')).toEqual(wrong)
      await service.program.run('users', 'disable', 'Ada')
      expect(await ask('Ada', 'not this one')).toEqual(wrong)
      expect((await ask('Ada', goodPassword)).slice(0, 2)).toEqual([403, 'user_disabled'])
      await service.program.run('users', 'enable', 'Ada')
      expect((await signInWith(service, { name: user.name, password: goodPassword })).csrf).toHaveLength(43)
    })

    test('with a session nothing changes without its own header, and with a token nothing more is needed', async () => {
      await using service = await openService(engine)
      const { cookie, bearer } = await addLogin(service, { name: 'Ada', role: 'operator' })
      const other = await addLogin(service, { name: 'Grace', role: 'operator' })
      const pause = async (headers: Record<string, string>) => {
        const response = await service.fetch('/api/v1/queue/pause', { method: 'POST', headers })
        return response.status === 200 ? 200 : `${response.status} ${Object(await response.json()).code}`
      }
      const missing = '403 csrf_token_missing'
      expect(await pause({ cookie: cookie.cookie })).toBe(missing)
      expect(await pause({ ...cookie, 'x-tallyman-csrf': '' })).toBe(missing)
      expect(await pause({ ...cookie, 'x-tallyman-csrf': other.cookie['x-tallyman-csrf'] })).toBe(missing)
      expect(await pause({ ...cookie, origin: 'https://evil.example' })).toBe('403 foreign_origin')
      expect(await pause(cookie)).toBe(200)
      expect(await pause(bearer)).toBe(200)
      // A token that is wrong is not made good by a cookie.
      expect(await pause({ ...cookie, authorization: 'Bearer tlm_wrong' })).toBe('401 not_authorized')
    })

    test('sessions end by signing out, here or everywhere, by silence, by age, and by another password', async () => {
      await using service = await openService(engine)
      await addLogin(service, { name: 'Root', role: 'admin' })
      const { cookie: first } = await addLogin(service, { name: 'Ada', role: 'viewer' })
      const begin = async (password = goodPassword) => {
        const { cookie, csrf } = await signInWith(service, { name: 'Ada', password })
        return { cookie, 'x-tallyman-csrf': csrf }
      }
      const isOpen = async (headers: Record<string, string>) =>
        (await statusOf(service, '/api/v1/session', { headers })) === 200
      const [second, third] = [await begin(), await begin()]

      expect(await statusOf(service, '/api/v1/session', { method: 'DELETE', headers: first })).toBe(200)
      expect([await isOpen(first), await isOpen(second)]).toEqual([false, true])
      const { body } = await service.json<{ sessions: { id: string; is_current: boolean }[] }>(
        '/api/v1/sessions',
        { headers: second },
      )
      const ids = body.sessions.map(({ id }) => id)
      expect(body.sessions.map(({ is_current }) => is_current)).toEqual([false, true])
      expect(
        await statusOf(service, `/api/v1/sessions/${ids[0]}`, { method: 'DELETE', headers: second }),
      ).toBe(200)
      expect([await isOpen(third), await isOpen(second)]).toEqual([false, true])

      const fourth = await begin()
      const change = (current_password: string, new_password: string) =>
        statusOf(service, '/api/v1/password', json({ current_password, new_password }, second))
      const another = 'another marble canoe'
      expect(await change('wrong', another)).toBe(403)
      // By whom it was tried, and how often; nothing of what was typed.
      expect(
        await service.program.rows(
          `select actor_name, subject_name from audit_log where action = 'password.refuse'`,
        ),
      ).toEqual([{ actor_name: 'Ada', subject_name: 'Ada' }])
      expect(await change(goodPassword, 'ada ada ada ada')).toBe(422)
      expect(await change(goodPassword, another)).toBe(200)
      expect([await isOpen(second), await isOpen(fourth)]).toEqual([true, false])

      const fifth = await begin(another)
      expect(await statusOf(service, '/api/v1/sessions', { method: 'DELETE', headers: fifth })).toBe(200)
      expect([await isOpen(second), await isOpen(fifth)]).toEqual([false, false])

      const ago = (hours: number) => new Date(Date.now() - hours * 3600_000)
      for (const [column, at] of [
        ['last_seen_at', ago(12)],
        ['expires_at', ago(0)],
      ] as const) {
        const session = await begin(another)
        await withDatabase(service, (db) => db.run(`update sessions set ${column} = $1`, [at]))
        expect([column, await isOpen(session)]).toEqual([column, false])
      }
    })

    test('sessions are listed a page at a time, the latest first, without those that have ended', async () => {
      await using service = await openService(engine)
      const { cookie } = await addLogin(service, { name: 'Ada', role: 'admin' })
      for (let n = 0; n < 4; n++) await signInWith(service, { name: 'Ada', password: goodPassword })
      interface Page {
        sessions: { id: string; created_at: string }[]
        next_cursor: string | null
        code?: string
      }
      const page = async (query: string) =>
        (await service.json<Page>(`/api/v1/sessions${query}`, { headers: cookie })).body
      const { sessions } = await page('')
      expect(sessions).toHaveLength(5)
      expect(sessions.map(({ created_at }) => created_at)).toEqual(
        sessions
          .map(({ created_at }) => created_at)
          .sort()
          .reverse(),
      )
      const ended = sessions[2]!.id
      // Of one moment too.
      await withDatabase(service, (db) => db.run('update sessions set created_at = $1', [new Date()]))
      await withDatabase(service, (db) =>
        db.run('update sessions set last_seen_at = $1 where id = $2', [new Date(0), ended]),
      )
      const walked: string[] = []
      for (let query = '?limit=2'; ; ) {
        const found = await page(query)
        walked.push(...found.sessions.map(({ id }) => id))
        if (found.next_cursor === null) break
        expect(found.sessions).toHaveLength(2)
        query = `?limit=2&cursor=${found.next_cursor}`
      }
      const left = sessions.map(({ id }) => id).filter((id) => id !== ended)
      expect(walked.toSorted()).toEqual(left.toSorted())
      expect(walked).toEqual(walked.toSorted().reverse())
      expect((await page('?cursor=nonsense')).code).toBe('invalid_cursor')
      for (const place of timesOfNoRow)
        expect((await page(`?cursor=${encodeCursor([place, 'a'])}`)).code).toBe('invalid_cursor')
    })

    test('guesses have to wait, a hundred at once too, and whoever waits gets in', async () => {
      await using service = await openService(engine, proxied)
      await addLogin(service, { name: 'Ada', role: 'viewer' })
      const attempt = (password: string, n: number) =>
        service.fetch('/api/v1/session', json({ name: 'Ada', password }, from(`203.0.113.${n}`)))
      const guesses = await Promise.all(Array.from({ length: 20 }, (_, n) => attempt('a wrong guess', n)))
      const statuses = guesses.map(({ status }) => status)
      expect(statuses.filter((status) => status === 401)).toHaveLength(5)
      expect(statuses.filter((status) => status === 429)).toHaveLength(15)
      const refused = guesses.find(({ status }) => status === 429)
      const seconds = Number(refused?.headers.get('retry-after'))
      expect([seconds > 20, seconds <= 30]).toEqual([true, true])
      // The right one has to wait as well, or it could be guessed.
      expect((await attempt(goodPassword, 50)).status).toBe(429)
      const earlier = (seconds: number) =>
        withDatabase(service, (db) =>
          db.run(`update sign_in_failures set since = $1 where subject like 'account/%'`, [
            new Date(Date.now() - seconds * 1000),
          ]),
        )
      await earlier(31)
      expect((await attempt('a wrong guess', 51)).status).toBe(401)
      expect((await attempt('a wrong guess', 52)).status).toBe(429)
      await earlier(80)
      expect((await attempt('a wrong guess', 53)).status).toBe(429)
      await earlier(95)
      expect((await attempt(goodPassword, 54)).status).toBe(200)
      // What was right is forgiven, and the allowance is full again.
      for (let n = 0; n < 5; n++) expect((await attempt('a wrong guess', 60 + n)).status).toBe(401)
      expect((await attempt('a wrong guess', 70)).status).toBe(429)
    })

    test('nobody can keep a person out whose address has signed in before, or who asks the console', async () => {
      await using service = await openService(engine, proxied)
      await addLogin(service, { name: 'Ada', role: 'admin' })
      const attempt = (password: string, address: string) =>
        statusOf(service, '/api/v1/session', json({ name: 'Ada', password }, from(address)))
      expect(await attempt(goodPassword, '198.51.100.7')).toBe(200)
      for (let n = 0; n < 6; n++) await attempt('a wrong guess', `203.0.113.${n}`)
      expect(await attempt(goodPassword, '203.0.113.99')).toBe(429)
      expect(await attempt(goodPassword, '198.51.100.7')).toBe(200)
      // There, guesses are counted too.
      for (let n = 0; n < 5; n++) expect(await attempt('a wrong guess', '198.51.100.7')).toBe(401)
      expect(await attempt(goodPassword, '198.51.100.7')).toBe(429)
      await service.program.run('users', 'unlock', 'Ada')
      expect(await attempt(goodPassword, '203.0.113.99')).toBe(200)
      expect(await attempt(goodPassword, '198.51.100.7')).toBe(200)
      // Nor does it help to use up what all of that address have together.
      const others = (n: number) =>
        statusOf(service, '/api/v1/session', json({ name: `User ${n}`, password: 'x' }, from('198.51.100.7')))
      for (let n = 0; n < 31; n++) await others(n)
      expect(await others(32)).toBe(429)
      expect(await attempt(goodPassword, '198.51.100.7')).toBe(200)
      expect(
        await service.program.rows(`select actor_name from audit_log where action = 'user.unlock'`),
      ).toEqual([{ actor_name: 'console' }])
    })

    test('when a session and a token were last used is kept, and lengthens the session', async () => {
      await using service = await openService(engine)
      const { cookie, bearer } = await addLogin(service, { name: 'Ada', role: 'admin' })
      const longAgo = new Date(Date.now() - 11 * 3600_000)
      await withDatabase(service, (db) => db.run('update sessions set last_seen_at = $1', [longAgo]))
      for (const headers of [cookie, bearer])
        expect(await statusOf(service, '/api/v1/session', { headers })).toBe(200)
      await until(async () => {
        const [used] = await service.program.rows<{ seen: number | string; used: number | string | null }>(
          'select s.last_seen_at as seen, t.last_used_at as used from sessions as s, api_tokens as t',
        )
        return used!.used !== null && new Date(used!.seen).getTime() > longAgo.getTime() + 3600_000
      })
    })

    test('a stream that stays open beside requests does not hide that they use their session', async () => {
      await using service = await openService(engine)
      const { cookie } = await addLogin(service, { name: 'Ada', role: 'admin' })
      const secret = cookie.cookie!.split('=')[1]!
      const start = Date.now()
      let elapsedMs = 0
      const clock = { now: () => new Date(start + elapsedMs) }
      await withDatabase(service, async (db) => {
        const silenceMs = 12 * 3600_000
        const identities = openIdentities({ db, clock, log: silentLog, silenceMs })
        // Every two seconds the stream looks, and somebody asks in between.
        for (; elapsedMs < 3600_000; elapsedMs += 1000)
          expect(await identities.bySession(secret, elapsedMs % 2000 !== 0)).not.toBeNull()
        await until(async () => {
          const [session] = await db.all<{ seen: number | string }>(
            'select last_seen_at as seen from sessions',
          )
          return new Date(session!.seen).getTime() > start + 3000_000
        })
      })
    })

    test('an address has an allowance of its own, whatever names it tries; an IPv6 one by its network', async () => {
      await using service = await openService(engine, proxied)
      await addLogin(service, { name: 'Ada', role: 'viewer' })
      const attempt = (n: number, address: string) =>
        statusOf(service, '/api/v1/session', json({ name: `User ${n}`, password: 'x' }, from(address)))
      const statuses: number[] = []
      for (let n = 0; n < 32; n++) statuses.push(await attempt(n, `2001:db8:1:2::${n}`))
      expect(statuses).toEqual([...Array(30).fill(401), 429, 429])
      expect(await attempt(40, '2001:db8:1:3::1')).toBe(401)
      // What a client writes itself stands before what the proxy has added.
      expect(await attempt(41, '198.51.100.1, 2001:db8:1:2::ffff')).toBe(429)
      expect(await attempt(41, '2001:db8:1:2::ffff, 198.51.100.1')).toBe(401)
    })

    test('sign-ins are in the audit log; failed ones are counted, without what was typed', async () => {
      await using service = await openService(engine, proxied)
      await addLogin(service, { name: 'Ada', role: 'viewer' })
      const attempt = (name: string, address: string) =>
        statusOf(service, '/api/v1/session', json({ name, password: 'a wrong guess' }, from(address)))
      for (let n = 0; n < 9; n++) await attempt('Ada', `203.0.113.${n}`)
      for (let n = 0; n < 7; n++) await attempt('hunter2 typed here', '198.51.100.9')
      await service.fetch('/api/v1/session', json({ name: 'Ada', password: goodPassword }, from('192.0.2.1')))
      const rows = await service.program.rows<{ action: string; address: string | null; after: unknown }>(
        'select action, actor_name, address, subject_name, after from audit_log order by id',
      )
      const refusals = rows
        .filter(({ action }) => action === 'session.refuse')
        .map(({ after }) => (typeof after === 'string' ? JSON.parse(after) : after))
      expect(refusals).toEqual([{ failures: 1 }, { failures: 5 }, { failures: 1 }, { failures: 5 }])
      expect(rows.filter(({ action }) => action === 'session.begin')).toHaveLength(1)
      expect(rows.map(({ action }) => action)).toContain('user.add')
      expect(JSON.stringify(rows)).not.toMatch(/hunter2|wrong guess|marble/)
    })
  })
