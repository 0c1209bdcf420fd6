import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { openIdentities } from '../../src/auth/identities.ts'
import { consoleActor } from '../../src/auth/model.ts'
import { openPasswords } from '../../src/auth/passwords.ts'
import { addToken, revokeToken } from '../../src/auth/tokens.ts'
import { userStore } from '../../src/auth/user-store.ts'
import { addUser, changeUser, deleteUser } from '../../src/auth/users.ts'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { addLogin, goodPassword } from '../helpers/logins.ts'
import { openMigrated, silentLog } from '../helpers/open-database.ts'

setDefaultTimeout(60_000)

const change = { actor: consoleActor, at: new Date('2026-11-22T09:00:00.000Z') }
const json = (method: string, body: unknown, headers: Record<string, string>) => ({
  method,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

for (const engine of engines)
  describe(engine, () => {
    test('the last administrator stays one, however many ask at once', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const parts = { db, passwords: openPasswords() }
      const add = (name: string) => addUser(parts, { name, password: goodPassword, role: 'admin' }, change)
      const [ada, grace] = [await add('Ada'), await add('Grace')]
      for (let round = 0; round < 15; round++) {
        for (const { id } of [ada, grace])
          await changeUser(db, id, { role: 'admin', isDisabled: false }, change)
        const outcomes = await Promise.allSettled([
          changeUser(db, ada.id, { role: 'viewer' }, change),
          changeUser(db, grace.id, { isDisabled: true }, change),
        ])
        expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      }
      const left = (await userStore(db).administrators())[0]?.id ?? ''
      for (const attempt of [
        () => changeUser(db, left, { role: 'operator' }, change),
        () => changeUser(db, left, { isDisabled: true }, change),
        () => deleteUser(db, left, change),
      ])
        expect(attempt()).rejects.toMatchObject({ code: 'last_administrator' })
      expect(await userStore(db).administrators()).toHaveLength(1)
    })

    test('a revoked token opens nothing at once on this server, and within five seconds on another', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      let now = change.at.getTime()
      const clock = { now: () => new Date(now) }
      const open = () => openIdentities({ db, clock, log: silentLog, silenceMs: 3600_000 })
      const [here, elsewhere] = [open(), open()]
      const parts = { db, passwords: openPasswords() }
      await addUser(parts, { name: 'Root', password: goodPassword, role: 'admin' }, change)
      const user = await addUser(parts, { name: 'Ada', password: goodPassword, role: 'operator' }, change)
      const make = () =>
        addToken(
          db,
          { userId: user.id, name: 'ERP', scopes: ['admin'], expiresAt: new Date(now + 60_000) },
          change,
        )
      const { token, secret } = await make()
      for (const identities of [here, elsewhere])
        expect(await identities.byToken(secret)).toMatchObject({
          actor: { role: 'operator', tokenId: token.id },
        })
      // Not asked of the database again.
      expect(here.byToken(secret)).not.toBeInstanceOf(Promise)
      await revokeToken(db, token.id, change)
      here.forget()
      expect(await here.byToken(secret)).toBeNull()
      now += 5000
      expect(await elsewhere.byToken(secret)).toBeNull()

      const second = await make()
      expect(await elsewhere.byToken(second.secret)).not.toBeNull()
      await changeUser(db, user.id, { role: 'viewer' }, change)
      now += 5000
      expect(await elsewhere.byToken(second.secret)).toMatchObject({ actor: { role: 'viewer' } })
      now += 54_000
      expect(await elsewhere.byToken(second.secret)).toMatchObject({ actor: { role: 'viewer' } })
      now += 2001
      expect(await elsewhere.byToken(second.secret)).toBeNull()
      expect(await elsewhere.byToken(`${second.secret.slice(0, -1)}~`)).toBeNull()
      // Of both, only hashes are kept.
      const kept = JSON.stringify(await db.all('select * from api_tokens'))
      for (const each of [secret, second.secret]) expect(kept).not.toContain(each.slice(14))
    })

    test('what was revoked while it was looked up is not believed', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const identities = openIdentities({ db, clock: { now: () => change.at }, log: silentLog, silenceMs: 1 })
      const parts = { db, passwords: openPasswords() }
      await addUser(parts, { name: 'Root', password: goodPassword, role: 'admin' }, change)
      const user = await addUser(parts, { name: 'Ada', password: goodPassword, role: 'operator' }, change)
      const wanted = { userId: user.id, name: 'ERP', scopes: ['read' as const], expiresAt: null }
      const { token, secret } = await addToken(db, wanted, change)
      const asked = identities.byToken(secret)
      identities.forget()
      await asked
      await revokeToken(db, token.id, change)
      expect(await identities.byToken(secret)).toBeNull()
    })

    test('a token does what its scope says and its user may, and makes no other ones', async () => {
      await using service = await openService(engine)
      const admin = await addLogin(service, { name: 'Root', role: 'admin' })
      const read = await addLogin(service, { name: 'Ada', role: 'operator', scopes: ['read'] })
      const roleOf = async (headers: Record<string, string>) => {
        const { body } = await service.json<{ role: string; kind: string }>('/api/v1/session', { headers })
        return `${body.kind} ${body.role}`
      }
      expect(await roleOf(read.bearer)).toBe('token viewer')
      expect(await roleOf(read.cookie)).toBe('user operator')
      const make = (headers: Record<string, string>, more: object = {}) =>
        service.json<{ code?: string; token?: string }>(
          '/api/v1/tokens',
          json('POST', { name: 'x', scopes: ['read'], ...more }, headers),
        )
      expect(await make(read.bearer)).toMatchObject({ status: 403, body: { code: 'token_not_allowed' } })
      expect(await make(read.cookie, { scopes: ['admin'] })).toMatchObject({
        status: 403,
        body: { code: 'scope_not_allowed' },
      })
      expect(await make(read.cookie, { user_id: admin.user.id })).toMatchObject({ status: 403 })
      expect(await make(read.cookie, { expires_at: '2020-01-01T00:00:00Z' })).toMatchObject({ status: 422 })
      expect(await make(admin.bearer, { user_id: read.user.id, scopes: ['write'] })).toMatchObject({
        status: 201,
        body: {
          token: expect.stringMatching(/^tlm_[\w-]{43}$/),
          beginning: expect.stringMatching(/^tlm_.{8}$/),
        },
      })
      const listed = async (headers: Record<string, string>, query = '') => {
        const { status, body } = await service.json<{ tokens?: unknown[] }>(`/api/v1/tokens${query}`, {
          headers,
        })
        return [status, body.tokens?.length]
      }
      expect(await listed(read.cookie)).toEqual([200, 2])
      expect(await listed(admin.cookie)).toEqual([200, 3])
      expect(await listed(read.cookie, `?user_id=${admin.user.id}`)).toEqual([403, undefined])
      const revoke = (id: string, headers: Record<string, string>) =>
        service.json<{ code?: string }>(`/api/v1/tokens/${id}`, { method: 'DELETE', headers })
      expect(await revoke(admin.tokenId, read.cookie)).toMatchObject({ status: 404 })
      expect(await revoke(admin.tokenId, admin.cookie)).toMatchObject({ status: 200 })
      expect(await roleOf(admin.cookie)).toBe('user admin')
      expect((await service.fetch('/api/v1/session', { headers: admin.bearer })).status).toBe(401)
    })

    test('who is disabled, deleted or given another password is out at once', async () => {
      await using service = await openService(engine)
      const admin = await addLogin(service, { name: 'Root', role: 'admin' })
      const ada = await addLogin(service, { name: 'Ada', role: 'viewer' })
      const isIn = async (headers: Record<string, string>) =>
        (await service.fetch('/api/v1/items', { headers })).status === 200
      const send = (method: string, path: string, body: unknown) =>
        service.json<{ code?: string }>(`/api/v1/users/${path}`, json(method, body, admin.cookie))
      expect([await isIn(ada.cookie), await isIn(ada.bearer)]).toEqual([true, true])
      expect(
        await send('POST', `${ada.user.id}/password`, { password: 'another marble canoe' }),
      ).toMatchObject({
        status: 200,
      })
      expect([await isIn(ada.cookie), await isIn(ada.bearer)]).toEqual([false, true])
      expect(await send('PATCH', ada.user.id, { disabled: true })).toMatchObject({ status: 200 })
      expect(await isIn(ada.bearer)).toBe(false)
      expect(await send('PATCH', ada.user.id, { disabled: false })).toMatchObject({ status: 200 })
      expect(await isIn(ada.bearer)).toBe(true)
      expect(await send('DELETE', ada.user.id, {})).toMatchObject({ status: 200 })
      expect(await isIn(ada.bearer)).toBe(false)
      expect(await send('DELETE', admin.user.id, {})).toMatchObject({
        status: 409,
        body: { code: 'last_administrator' },
      })
      expect(await send('POST', `${admin.user.id}/password`, { password: goodPassword })).toMatchObject({
        body: { code: 'own_password' },
      })
    })

    test('users and tokens are kept on the command line, and no password stands on it', async () => {
      await using program = await openProgram(engine)
      await program.run('migrate')
      const add = (name: string, input: string, ...more: string[]) =>
        program.runWith({ input }, 'users', 'add', name, ...more)
      expect((await add('Ada', 'x\n', '--role', 'admin')).err).toContain('12 to 256')
      expect((await add('Ada', '', '--role', 'admin')).code).toBe(2)
      expect((await add('Ada', `${goodPassword}\n`)).err).toContain('which role')
      expect((await add('Ada', `${goodPassword}\nmore`, '--role', 'admin')).out).toBe('"Ada" is an admin.\n')
      expect((await add('ada', goodPassword, '--role', 'viewer')).err).toContain(
        'There is a user "ada" already',
      )
      expect((await add('Grace', goodPassword, '--role', 'viewer')).code).toBe(0)
      expect((await program.run('users', 'role', 'Ada', '--role', 'viewer')).err).toContain(
        'last administrator',
      )
      expect((await program.run('users', 'role', 'Grace', '--role', 'operator')).out).toContain('an operator')
      const { json: listed } = await program.json<{ users: { name: string; role: string }[] }>('users')
      expect(listed.users.map(({ name, role }) => `${name} ${role}`)).toEqual(['Ada admin', 'Grace operator'])
      expect(JSON.stringify(listed)).not.toContain('argon2')
      const { out: secret } = await program.run(
        'tokens',
        'add',
        '--user',
        'Grace',
        '--name',
        'ERP',
        '--days',
        '3',
      )
      expect(secret).toMatch(/^tlm_[\w-]{43}\n$/)
      const { json: tokens } = await program.json<{ tokens: { id: string; scopes: string[] }[] }>('tokens')
      expect(tokens.tokens.map(({ scopes }) => scopes)).toEqual([['read']])
      expect((await program.run('tokens')).out).toContain(secret.slice(0, 12))
      expect((await program.run('tokens', 'revoke', tokens.tokens[0]!.id)).out).toContain(
        'opens nothing any more',
      )
      expect((await program.run('tokens')).out).toBe('There are no tokens.\n')
      expect((await program.run('users', 'delete', 'Grace')).code).toBe(0)
      const actions = await program.rows<{ action: string }>('select action from audit_log order by id')
      expect(actions.map(({ action }) => action)).toEqual([
        'user.add',
        'user.add',
        'user.change',
        'token.add',
        'token.revoke',
        'user.delete',
      ])
    })
  })
