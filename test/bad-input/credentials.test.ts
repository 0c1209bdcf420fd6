import { describe, expect, test } from 'bun:test'
import { roleOf } from '../../src/auth/route-role.ts'
import { ingestList } from '../helpers/acme.ts'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'
import { addLogin, type TestLogin } from '../helpers/logins.ts'
import { openUrl } from '../helpers/open-database.ts'

type Headers = Record<string, string>

const past = new Date('2026-01-01T00:00:00Z')

/** What once opened everything, and no longer does: by how it ended. */
async function endedCredentials(service: TestService): Promise<Record<string, Headers>> {
  const db = await openUrl(service.program.url)
  try {
    // The first stays, so that there is an administrator all the time.
    await addLogin(service, { name: 'Keeper', role: 'admin' })
    const login = (name: string) => addLogin(service, { name, role: 'admin' })
    const aged = await login('Aged')
    const silent = await login('Silent')
    const out = await login('Out')
    const off = await login('Off')
    const gone = await login('Gone')
    const revoked = await login('Revoked')
    await db.run('update api_tokens set expires_at = $1 where user_id = $2', [past, aged.user.id])
    await db.run('update sessions set expires_at = $1 where user_id = $2', [past, aged.user.id])
    await db.run('update sessions set last_seen_at = $1 where user_id = $2', [past, silent.user.id])
    const left = await service.fetch('/api/v1/session', { method: 'DELETE', headers: out.cookie })
    const without = await service.fetch(`/api/v1/tokens/${revoked.tokenId}`, {
      method: 'DELETE',
      headers: revoked.bearer,
    })
    const disabled = await service.fetch(`/api/v1/users/${off.user.id}`, {
      method: 'PATCH',
      headers: { ...off.cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ disabled: true }),
    })
    const deleted = await service.fetch(`/api/v1/users/${gone.user.id}`, {
      method: 'DELETE',
      headers: gone.cookie,
    })
    expect([left, without, disabled, deleted].map(({ ok }) => ok)).toEqual([true, true, true, true])
    const both = (name: string, { cookie, bearer }: TestLogin) => ({
      [`session, ${name}`]: cookie,
      [`token, ${name}`]: bearer,
    })
    return {
      ...both('too old', aged),
      'session, silent for too long': silent.cookie,
      'session, signed out': out.cookie,
      'token, revoked': revoked.bearer,
      ...both('user disabled', off),
      ...both('user deleted', gone),
    }
  } finally {
    await db.close()
  }
}

for (const engine of engines)
  describe(engine, () => {
    test('what has ended opens no route, and tells nothing of what is behind it', async () => {
      await using service = await openService(engine)
      await ingestList(service.program, priceList(3))
      const credentials = await endedCredentials(service)
      const faults: string[] = []
      let asked = 0
      for (const route of service.server.routes) {
        if (roleOf(route) === 'none') continue
        for (const [how, headers] of Object.entries(credentials)) {
          const response = await service.fetch(route.path.replace(/:\w+/g, '1'), {
            method: route.method,
            headers: { ...headers, 'content-type': 'application/json' },
            ...(route.method !== 'GET' && { body: '{}' }),
          })
          const text = await response.text()
          asked++
          if (response.status !== 401 || /A-1|Acme|Keeper/.test(text))
            faults.push(`${route.method} ${route.path} with ${how}: ${response.status} ${text}`)
        }
      }
      expect(faults).toEqual([])
      expect(asked).toBeGreaterThan(500)
    }, 120_000)

    test('with a good session nothing changes for a page of elsewhere, or without its header', async () => {
      await using service = await openService(engine)
      const { cookie } = await addLogin(service, { name: 'Ada', role: 'admin' })
      const faults: string[] = []
      let asked = 0
      for (const route of service.server.routes) {
        if (roleOf(route) === 'none' || route.method === 'GET') continue
        for (const [headers, code] of [
          [{ ...cookie, origin: 'https://evil.example' }, 'foreign_origin'],
          [{ ...cookie, origin: 'null' }, 'foreign_origin'],
          [{ ...cookie, 'sec-fetch-site': 'cross-site' }, 'foreign_origin'],
          [{ cookie: cookie.cookie }, 'csrf_token_missing'],
          [{ ...cookie, 'x-tallyman-csrf': 'x' }, 'csrf_token_missing'],
        ] as const) {
          const { status, body } = await service.json<{ code: string }>(route.path.replace(/:\w+/g, '1'), {
            method: route.method,
            headers: { ...headers, 'content-type': 'application/json' },
            body: '{}',
          })
          asked++
          if (status !== 403 || body.code !== code)
            faults.push(`${route.method} ${route.path}: ${status} ${JSON.stringify(body)}`)
        }
      }
      expect(faults).toEqual([])
      expect(asked).toBeGreaterThan(150)
    }, 120_000)

    test('what belongs to somebody else is not there for a viewer', async () => {
      await using service = await openService(engine)
      const ada = await addLogin(service, { name: 'Ada', role: 'admin' })
      const eve = await addLogin(service, { name: 'Eve', role: 'viewer' })
      const { body } = await service.json<{ sessions: { id: string }[] }>('/api/v1/sessions', {
        headers: ada.cookie,
      })
      const others = [`/api/v1/tokens/${ada.tokenId}`, `/api/v1/sessions/${body.sessions[0]!.id}`]
      for (const path of others)
        expect([path, (await service.fetch(path, { method: 'DELETE', headers: eve.cookie })).status]).toEqual(
          [path, 404],
        )
      expect((await service.fetch(others[0]!, { headers: eve.cookie })).status).toBe(404)
      const lists = ['tokens', 'sessions'].map((list) =>
        service.fetch(`/api/v1/${list}`, { headers: eve.cookie }).then((response) => response.text()),
      )
      for (const text of await Promise.all(lists)) {
        expect(text).not.toContain(ada.tokenId)
        expect(text).not.toContain(body.sessions[0]!.id)
      }
      // They are as they were.
      for (const headers of [ada.cookie, ada.bearer])
        expect((await service.fetch('/api/v1/items', { headers })).status).toBe(200)
    })
  })
