import { consoleActor, type Role, type Scope } from '../../src/auth/model.ts'
import { openPasswords } from '../../src/auth/passwords.ts'
import { offerSetup } from '../../src/auth/setup.ts'
import { addToken } from '../../src/auth/tokens.ts'
import { type User, userStore } from '../../src/auth/user-store.ts'
import { addUser } from '../../src/auth/users.ts'
import type { TestService } from './http-service.ts'
import { openUrl } from './open-database.ts'

/** A password that may be chosen. */
export const goodPassword = 'winter marble canoe'

/** Somebody who has signed in, and has a token too. */
export interface TestLogin {
  user: User
  role: Role
  /** Headers of a session, with what changes need. */
  cookie: { cookie: string; 'x-tallyman-csrf': string }
  bearer: { authorization: string }
  tokenId: string
}

/** Makes a user, signs them in, and makes them a token. */
export async function addLogin(
  service: TestService,
  { name, role, scopes = ['admin'] }: { name: string; role: Role; scopes?: Scope[] },
): Promise<TestLogin> {
  const change = { actor: consoleActor, at: new Date() }
  const db = await openUrl(service.program.url)
  try {
    const parts = { db, passwords: openPasswords() }
    // The first user has to be an administrator.
    if (role !== 'admin' && (await userStore(db).isEmpty()))
      await addUser(parts, { name: 'First', password: goodPassword, role: 'admin' }, change)
    const user = await addUser(parts, { name, password: goodPassword, role }, change)
    const { token, secret } = await addToken(
      db,
      { userId: user.id, name: 'test', scopes, expiresAt: null },
      change,
    )
    const { cookie, csrf } = await signInWith(service, { name, password: goodPassword })
    return {
      user,
      role,
      cookie: { cookie, 'x-tallyman-csrf': csrf },
      bearer: { authorization: `Bearer ${secret}` },
      tokenId: token.id,
    }
  } finally {
    await db.close()
  }
}

/** Signs in over HTTP. @throws Error with the answer when that is refused */
export async function signInWith(
  service: Pick<TestService, 'fetch'>,
  credentials: { name: string; password: string },
): Promise<{ cookie: string; csrf: string; setCookie: string }> {
  const response = await service.fetch('/api/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  })
  if (response.status !== 200) throw new Error(`Sign-in was refused: ${await response.text()}`)
  const setCookie = response.headers.get('set-cookie') ?? ''
  const { csrf_token } = Object(await response.json())
  return { cookie: setCookie.split(';')[0] ?? '', csrf: String(csrf_token), setCookie }
}

/** Asks for something and says what came of it. */
type Ask = <Json>(path: string, init?: RequestInit) => Promise<Json>

/** Calls everything that logins have, when it can and when it cannot. Behind it every request needs a session or a token. */
export async function askLogins(service: TestService, ask: Ask): Promise<void> {
  const db = await openUrl(service.program.url)
  const token = await offerSetup(db, new Date()).finally(() => db.close())
  const send = (method: string, body: unknown, headers: Record<string, string> = {}) => ({
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })
  for (const path of ['setup', 'session', 'password', 'users', 'tokens', 'users/999/password'])
    await ask(`/api/v1/${path}`, send('POST', {}))
  await ask('/api/v1/session')
  await ask('/api/v1/setup')
  // Nobody is behind these yet.
  for (const [method, path] of [
    ['DELETE', 'session'],
    ['GET', 'sessions'],
    ['DELETE', 'sessions'],
    ['DELETE', 'sessions/999'],
  ] as const)
    await ask(`/api/v1/${path}`, { method })

  const ada = { name: 'Ada', password: goodPassword }
  await ask('/api/v1/setup', send('POST', { ...ada, token: 'tlm_setup_x' }))
  await ask('/api/v1/setup', send('POST', { ...ada, token, password: 'too short' }))
  await ask('/api/v1/setup', send('POST', { ...ada, token }))
  await ask('/api/v1/session', send('POST', { ...ada, password: 'wrong one entirely' }))
  await ask('/api/v1/session', send('POST', ada))
  const { cookie, csrf } = await signInWith(service, ada)
  const own = { cookie, 'x-tallyman-csrf': csrf }
  const { id: grace } = await ask<{ id: string }>(
    '/api/v1/users',
    send('POST', { ...ada, name: 'Grace', role: 'viewer' }, own),
  )
  await ask('/api/v1/users', send('POST', { ...ada, role: 'viewer' }, own))
  await ask('/api/v1/users', { headers: own })
  await ask(`/api/v1/users/${grace}`, { headers: own })
  await ask(`/api/v1/users/${grace}`, send('PATCH', { role: 'operator' }, own))
  await ask(`/api/v1/users/${grace}/password`, send('POST', { password: 'another marble canoe' }, own))
  const wanted = { name: 'ERP', scopes: ['read'], expires_at: '2030-01-01T00:00:00Z' }
  const { id } = await ask<{ id: string }>('/api/v1/tokens', send('POST', wanted, own))
  await ask('/api/v1/tokens', send('POST', { ...wanted, user_id: 'nobody' }, own))
  await ask('/api/v1/tokens', { headers: own })
  await ask(`/api/v1/tokens/${id}`, { headers: own })
  await ask(`/api/v1/tokens/${id}`, { method: 'DELETE', headers: own })
  await ask(`/api/v1/users/${grace}`, { method: 'DELETE', headers: own })
  await ask(
    '/api/v1/password',
    send('POST', { current_password: goodPassword, new_password: 'another marble canoe' }, own),
  )
  const { cookie: second } = await signInWith(service, { ...ada, password: 'another marble canoe' })
  const { sessions } = await ask<{ sessions: { id: string; is_current: boolean }[] }>('/api/v1/sessions', {
    headers: { cookie: second },
  })
  const other = sessions.find(({ is_current }) => !is_current)
  await ask(`/api/v1/sessions/${other?.id}`, { method: 'DELETE', headers: { ...own, cookie } })
  const again = async () => {
    const begun = await signInWith(service, { ...ada, password: 'another marble canoe' })
    return { cookie: begun.cookie, 'x-tallyman-csrf': begun.csrf }
  }
  await ask('/api/v1/session', { method: 'DELETE', headers: await again() })
  await ask('/api/v1/sessions', { method: 'DELETE', headers: await again() })
}
