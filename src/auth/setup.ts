import type { Change } from '../audit/model.ts'
import { auditStore } from '../audit/store.ts'
import type { Database } from '../db/database.ts'
import { instant } from '../db/dialect.ts'
import { ConflictError, ForbiddenError } from '../lib/errors.ts'
import { type Actor, userNameKey } from './model.ts'
import { checkPassword } from './password-rules.ts'
import { isSecret, newSecret, secretHash } from './secret-token.ts'
import { type BegunSession, beginSession, type SignInParts } from './sessions.ts'
import { userStore } from './user-store.ts'

/** How long the token that the console showed can be used. */
const setupMs = 24 * 60 * 60 * 1000

/**
 * Makes a token with which the first administrator is made; null: there are users. Several servers may each show one.
 * @returns the token, which is told this once
 */
export async function offerSetup(db: Database, now: Date): Promise<string | null> {
  if (!(await userStore(db).isEmpty())) return null
  const secret = newSecret('setup')
  await db.tx(async (tx) => {
    await tx.run(`delete from setup_tokens where created_at < ${instant(db.engine, '$1')}`, [oldest(now)])
    await tx.run(
      `insert into setup_tokens (token_hash, created_at) values ($1, ${instant(db.engine, '$2')})`,
      [secretHash(secret), now],
    )
  })
  return secret
}

/** Whether there is anybody yet, and whether a token was shown with which the first can be made. */
export async function setupState(
  db: Database,
  now: Date,
): Promise<{ has_users: boolean; is_offered: boolean }> {
  const hasUsers = !(await userStore(db).isEmpty())
  const offered = hasUsers
    ? []
    : await db.all(
        `select 1 as found from setup_tokens where created_at >= ${instant(db.engine, '$1')} limit 1`,
        [oldest(now)],
      )
  return { has_users: hasUsers, is_offered: offered.length > 0 }
}

/**
 * Makes the first administrator, and begins their session. However many try it at once, one succeeds: all tokens are
 * deleted before anybody is made, and whoever finds none left makes nobody.
 * @throws ForbiddenError `wrong_setup_token`; ConflictError `already_set_up`; InvalidError `weak_password`, `invalid_name`
 */
export async function setUp(
  parts: SignInParts,
  given: { token: string; name: string; password: string },
  from: { address: string | null; userAgent: string | null; now: Date },
): Promise<BegunSession> {
  const { db, passwords } = parts
  const { token, name, password } = given
  await requireToken(db, token, from.now)
  userNameKey(name)
  checkPassword(password, name)
  const passwordHash = await passwords.hash(password)
  return db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const deleted = await tx.all<{ token_hash: string }>('delete from setup_tokens returning token_hash')
    const users = userStore(stores)
    if (!deleted.some(({ token_hash }) => token_hash === secretHash(token)) || !(await users.isEmpty()))
      throw alreadySetUp()
    const user = await users.add({ name, passwordHash, role: 'admin' }, from.now)
    await users.change(user.id, { lastSignInAt: from.now })
    const actor: Actor = {
      kind: 'user',
      id: user.id,
      name: user.name,
      role: 'admin',
      tokenId: null,
      address: from.address,
    }
    const change: Change = { actor, at: from.now }
    await auditStore(stores).add({
      ...change,
      action: 'user.add',
      subject: { kind: 'user', id: user.id, name: user.name },
      supplierId: null,
      before: null,
      after: { role: 'admin', first: true },
    })
    return beginSession(parts, tx, user, from)
  })
}

/** Looked at first, so that nobody has passwords hashed without it. */
async function requireToken(db: Database, token: string, now: Date): Promise<void> {
  const found = isSecret('setup', token)
    ? await db.all(
        `select 1 as found from setup_tokens where token_hash = $1 and created_at >= ${instant(db.engine, '$2')}`,
        [secretHash(token), oldest(now)],
      )
    : []
  if (found.length > 0) return
  if (!(await userStore(db).isEmpty())) throw alreadySetUp()
  throw new ForbiddenError(
    'wrong_setup_token',
    'This is not the token that the service showed on its console, or it is older than a day; restart it for another.',
  )
}

const oldest = (now: Date) => new Date(now.getTime() - setupMs)

const alreadySetUp = () =>
  new ConflictError('already_set_up', 'There is an administrator already; sign in, or ask them for a user.')
