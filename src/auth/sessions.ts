import type { AuditEntry, Change } from '../audit/model.ts'
import { auditStore } from '../audit/store.ts'
import type { Database, Tx } from '../db/database.ts'
import { ForbiddenError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { type Actor, serviceActor, userNameKey } from './model.ts'
import type { Passwords } from './passwords.ts'
import { csrfOf, newSecret, secretHash } from './secret-token.ts'
import { sessionStore } from './session-store.ts'
import {
  type Attempt,
  type Attempted,
  countAttempt,
  forgiveAttempt,
  takeBackAttempt,
} from './sign-in-limit.ts'
import { lockUser, type User, userStore } from './user-store.ts'
import type { Session } from './who.ts'

/** How long sessions last, in milliseconds. */
export interface SessionLimits {
  /** Without any request. */
  silenceMs: number
  /** In any case. */
  ageMs: number
}

/** A session that has just begun; the secret is told this once. */
export interface BegunSession {
  user: User
  session: Session
  /** What the cookie holds. */
  secret: string
  expiresAt: Date
}

export interface SignInParts {
  db: Database
  passwords: Passwords
  limits: SessionLimits
}

/** Most sessions of one user; the oldest ends when one more begins. */
const sessionsMax = 100
/** Which failed attempts are told to the audit log: it is not to be filled from outside. */
const toldFailures = new Set([1, 5, 10, 30])

/**
 * Begins a session for whoever knows a user's name and password. An unknown name takes as long, and is told the same,
 * as a wrong password.
 * @throws UnavailableError `too_many_sign_ins`, `sign_in_busy`
 * @throws ForbiddenError `wrong_credentials`; `user_disabled` where the password is right
 */
export async function signIn(
  parts: SignInParts,
  { name, password }: { name: string; password: string },
  from: { address: string | null; userAgent: string | null; now: Date },
): Promise<BegunSession> {
  const { db, passwords } = parts
  const user = await userStore(db).find(name)
  const attempted: Attempted = { nameKey: userNameKey(name), userId: user?.id ?? null, ...from }
  const attempt = await countAttempt(db, attempted)
  const isRight = await verified(parts, attempt, password, user?.passwordHash ?? null)
  if (user === null || !isRight) {
    await tellFailure(db, 'session.refuse', { user, attempt, attempted })
    throw new ForbiddenError('wrong_credentials', 'The name or the password is wrong.')
  }
  if (user.disabledAt !== null)
    throw new ForbiddenError(
      'user_disabled',
      `"${user.name}" may not sign in any more; ask an administrator.`,
    )
  const passwordHash = passwords.isOutdated(user.passwordHash) ? await passwords.hash(password) : null
  return db.tx(async (tx) => {
    await lockUser(db, tx, user.id)
    await forgiveAttempt(db, tx, attempt, { ...attempted, userId: user.id })
    const users = userStore({ query: tx.query, tables: db.tables })
    const current = await users.get(user.id)
    // Changed while its old one was compared.
    if (current.passwordHash !== user.passwordHash || current.disabledAt !== null)
      throw new ForbiddenError('wrong_credentials', 'The name or the password is wrong.')
    await users.change(user.id, { lastSignInAt: from.now, ...(passwordHash !== null && { passwordHash }) })
    return beginSession(parts, tx, user, from)
  })
}

/**
 * Compares a password for an attempt that was counted.
 * @throws UnavailableError `sign_in_busy`; then it is taken back
 */
export async function verified(
  { db, passwords }: Pick<SignInParts, 'db' | 'passwords'>,
  attempt: Attempt,
  password: string,
  hash: string | null,
): Promise<boolean> {
  try {
    return await passwords.verify(password, hash)
  } catch (error) {
    await takeBackAttempt(db, attempt)
    throw error
  }
}

/** Begins one without asking for a password again: for whoever has just chosen it. */
export async function beginSession(
  { db, limits }: Pick<SignInParts, 'db' | 'limits'>,
  tx: Tx,
  user: User,
  { address, userAgent, now }: { address: string | null; userAgent: string | null; now: Date },
): Promise<BegunSession> {
  const secret = newSecret('session')
  const session = { id: newId(), tokenHash: secretHash(secret), csrf: csrfOf(secret) }
  const expiresAt = new Date(now.getTime() + limits.ageMs)
  const stores = { query: tx.query, tables: db.tables }
  const sessions = sessionStore(stores)
  await sessions.keepLatest(user.id, sessionsMax - 1)
  await sessions.add({
    ...session,
    userId: user.id,
    address,
    userAgent: userAgent?.replaceAll('\0', '').slice(0, 300) ?? null,
    createdAt: now,
    lastSeenAt: now,
    expiresAt,
  })
  const actor: Actor = { kind: 'user', id: user.id, name: user.name, role: user.role, tokenId: null, address }
  await tell(db, tx, { action: 'session.begin', user, after: { session: session.id } }, { actor, at: now })
  return { user, session, secret, expiresAt }
}

/**
 * Ends sessions of a user.
 * @param which `all`, or the id of one
 * @returns how many there were
 */
export async function endSessions(
  db: Database,
  user: Pick<User, 'id' | 'name'>,
  which: 'all' | { id: string },
  change: Change,
): Promise<number> {
  return db.tx(async (tx) => {
    const sessions = sessionStore({ query: tx.query, tables: db.tables })
    const ended =
      which === 'all'
        ? await sessions.endAll(user.id, null)
        : Number(await sessions.end({ id: which.id, userId: user.id }))
    const before = which === 'all' ? { sessions: ended } : { session: which.id }
    if (ended > 0) await tell(db, tx, { action: 'session.end', user, before }, change)
    return ended
  })
}

/**
 * Tells the audit log of a wrong password, by how many there were, so that trying thousands writes a few lines. Names
 * that nobody has are not repeated: people type their passwords there.
 * @param refusal.actor who asked, where that is known
 */
export async function tellFailure(
  db: Database,
  action: 'session.refuse' | 'password.refuse',
  refusal: { user: User | null; attempt: Attempt; attempted: Attempted; actor?: Actor },
): Promise<void> {
  const { user, attempt, attempted, actor = serviceActor } = refusal
  const failures = user === null ? attempt.addressFailures : attempt.accountFailures
  if (!toldFailures.has(failures)) return
  const change = { actor: { ...actor, address: attempted.address }, at: attempted.now }
  await db.tx((tx) => tell(db, tx, { action, user, after: { failures } }, change))
}

function tell(
  db: Database,
  { query }: Tx,
  what: {
    action: string
    user: Pick<User, 'id' | 'name'> | null
    before?: AuditEntry['before']
    after?: AuditEntry['after']
  },
  change: Change,
): Promise<void> {
  const { action, user, before = null, after = null } = what
  const subject = user === null ? null : { kind: 'user', id: user.id, name: user.name }
  return auditStore({ query, tables: db.tables }).add({
    ...change,
    action,
    subject,
    supplierId: null,
    before,
    after,
  })
}
