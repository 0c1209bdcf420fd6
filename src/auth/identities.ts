import type { Database } from '../db/database.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/log.ts'
import { type Actor, lesserRole, type Role, roleOfScopes } from './model.ts'
import { csrfOf, isSecret, secretHash } from './secret-token.ts'
import { sessionStore } from './session-store.ts'
import { scopesIn, tokenStore } from './token-store.ts'
import { userStore } from './user-store.ts'
import type { Session } from './who.ts'

/** Whom a cookie or a token belongs to. */
export interface Identity {
  /** Without an address. */
  actor: Actor
  /** Null: it is a token. */
  session: Session | null
}

/**
 * Says whom cookies and tokens belong to. What was found is believed for four seconds, so that a thousand requests do
 * not ask the database a thousand times; what changes on this server counts at once, what changes elsewhere within
 * those seconds. Nothing is remembered of what was not found.
 */
export interface Identities {
  /**
   * Null: there is no such session, or it has ended. A promise only when the database has to be asked.
   * @param isUse false: it is looked at, and ends by silence all the same; true unless said
   */
  bySession(secret: string, isUse?: boolean): Identity | null | Promise<Identity | null>
  /** The same of an API token. */
  byToken(secret: string, isUse?: boolean): Identity | null | Promise<Identity | null>
  /** Whether there is any user, so that people have to sign in. */
  hasUsers(): boolean | Promise<boolean>
  /** To be called when users, sessions or tokens have changed. */
  forget(): void
}

/** How long is believed what was found, in milliseconds. */
const believedMs = 4000
/** How exactly is kept when a session or a token was last used. */
const seenMs = 5 * 60 * 1000
const rememberedMax = 20_000

interface Found extends Identity {
  /** Until when it is one, whatever the database says. */
  endsAtMs: number
  /** Null: never. */
  seenAt: Date | null
}

interface Remembered extends Identity {
  untilMs: number
  /** When its last use was kept; null: never. */
  seenAt: Date | null
}

/** @param silenceMs how long a session lasts without a request */
export function openIdentities({
  db,
  clock,
  log,
  silenceMs,
}: {
  db: Database
  clock: Clock
  log: Logger
  silenceMs: number
}): Identities {
  /** By hash, so that no secret stays in memory. */
  const remembered = new Map<string, Remembered>()
  const asked = new Map<string, Promise<Identity | null>>()
  let generation = 0
  let users: { known: boolean; untilMs: number } = { known: false, untilMs: 0 }

  const lookUp = (
    hash: string,
    find: () => Promise<Found | null>,
    seen: ((now: Date) => Promise<void>) | null,
  ) => {
    const now = clock.now()
    const keepUse = (seenAt: Date | null) => {
      if (seen === null || (seenAt !== null && now.getTime() - seenAt.getTime() < seenMs)) return seenAt
      // Nobody waits for this: while a list is published it may take seconds.
      seen(now).catch((error: unknown) => log.warn('last use was not kept', { error }))
      return now
    }
    const known = remembered.get(hash)
    if (known !== undefined && known.untilMs > now.getTime()) {
      // Looks of streams that are open keep it in memory, and are no use of it.
      known.seenAt = keepUse(known.seenAt)
      return known
    }
    const under = asked.get(hash)
    if (under !== undefined) return under
    const begun = generation
    const answer = find()
      .then((found) => {
        if (found === null || found.endsAtMs <= now.getTime()) {
          remembered.delete(hash)
          return null
        }
        // What was revoked while it was looked up is not believed any longer.
        const seenAt = keepUse(found.seenAt)
        if (begun === generation) {
          const untilMs = Math.min(now.getTime() + believedMs, found.endsAtMs)
          remember(remembered, hash, { actor: found.actor, session: found.session, untilMs, seenAt })
        }
        return found
      })
      .finally(() => {
        if (asked.get(hash) === answer) asked.delete(hash)
      })
    asked.set(hash, answer)
    return answer
  }

  return {
    bySession(secret, isUse = true) {
      if (!isSecret('session', secret)) return null
      const hash = secretHash(secret)
      return lookUp(
        hash,
        () => findSession(db, { hash, csrf: csrfOf(secret), silenceMs }),
        isUse
          ? (now) => db.tx(({ query }) => sessionStore({ query, tables: db.tables }).seen(hash, now))
          : null,
      )
    },
    byToken(secret, isUse = true) {
      if (!isSecret('token', secret)) return null
      const hash = secretHash(secret)
      return lookUp(
        hash,
        () => findToken(db, hash),
        isUse
          ? (now) => db.tx(({ query }) => tokenStore({ query, tables: db.tables }).used(hash, now))
          : null,
      )
    },
    hasUsers() {
      const now = clock.now().getTime()
      // The last administrator cannot be deleted, so that once is for ever.
      if (users.known || users.untilMs > now) return users.known
      return userStore(db)
        .isEmpty()
        .then((isEmpty) => {
          users = { known: users.known || !isEmpty, untilMs: now + believedMs }
          return users.known
        })
    },
    forget() {
      generation++
      remembered.clear()
      asked.clear()
      users.untilMs = 0
    },
  }
}

/** The oldest goes when there are too many. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= rememberedMax) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    break
  }
}

async function findSession(
  db: Database,
  { hash, csrf, silenceMs }: { hash: string; csrf: string; silenceMs: number },
): Promise<Found | null> {
  const [row] = await db.all<{
    id: string
    user_id: string
    name: string
    role: Role
    last_seen_at: number | string
    expires_at: number | string
  }>(
    `select s.id, s.user_id, u.name, u.role, s.last_seen_at, s.expires_at
     from sessions as s join users as u on u.id = s.user_id
     where s.token_hash = $1 and u.disabled_at is null`,
    [hash],
  )
  if (row === undefined) return null
  const seenAt = new Date(row.last_seen_at)
  return {
    actor: { kind: 'user', id: row.user_id, name: row.name, role: row.role, tokenId: null, address: null },
    session: { id: row.id, tokenHash: hash, csrf },
    endsAtMs: Math.min(new Date(row.expires_at).getTime(), seenAt.getTime() + silenceMs),
    seenAt,
  }
}

async function findToken(db: Database, hash: string): Promise<Found | null> {
  const [row] = await db.all<{
    id: string
    user_id: string
    name: string
    role: Role
    scopes: unknown
    expires_at: number | string | null
    last_used_at: number | string | null
  }>(
    `select t.id, t.user_id, u.name, u.role, t.scopes, t.expires_at, t.last_used_at
     from api_tokens as t join users as u on u.id = t.user_id
     where t.token_hash = $1 and t.revoked_at is null and u.disabled_at is null`,
    [hash],
  )
  if (row === undefined) return null
  const scopes = scopesIn(typeof row.scopes === 'string' ? JSON.parse(row.scopes) : row.scopes)
  if (scopes.length === 0) return null
  return {
    actor: {
      kind: 'token',
      id: row.user_id,
      name: row.name,
      role: lesserRole(row.role, roleOfScopes(scopes)),
      tokenId: row.id,
      address: null,
    },
    session: null,
    endsAtMs: row.expires_at === null ? Number.POSITIVE_INFINITY : new Date(row.expires_at).getTime(),
    seenAt: row.last_used_at === null ? null : new Date(row.last_used_at),
  }
}
