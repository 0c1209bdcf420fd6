import { actorKinds, roles } from '../auth/model.ts'
import type { postgresKit } from './kit.ts'

/** The tables of logins: who may do what, and who did what. */
export function makeAuthTables(kit: typeof postgresKit) {
  const { table, text, integer, identity, json, instant, index, unique, primaryKey, check, jsonCheck } = kit

  const users = table(
    'users',
    {
      id: text('id').primaryKey(),
      /** What a person signs in with. */
      name: text('name').notNull(),
      /** The name as it is compared: trimmed, folded, lower case. */
      nameKey: text('name_key').notNull(),
      /** argon2id, in PHC's format. */
      passwordHash: text('password_hash').notNull(),
      role: text('role', { enum: roles }).notNull(),
      passwordChangedAt: instant('password_changed_at').notNull(),
      lastSignInAt: instant('last_sign_in_at'),
      /** Since when the user may no longer sign in; null: they may. */
      disabledAt: instant('disabled_at'),
      createdAt: instant('created_at').notNull(),
    },
    (c) => [unique('users_name_key').on(c.nameKey)],
  )

  const sessions = table(
    'sessions',
    {
      /** SHA-256 of what the cookie holds, in hex. */
      tokenHash: text('token_hash').primaryKey(),
      /** What people name it by; it opens nothing. */
      id: text('id').notNull(),
      userId: text('user_id')
        .notNull()
        .references(() => users.id, { onDelete: 'cascade' }),
      /** Where it was begun, and with what browser, by its own word. */
      address: text('address'),
      userAgent: text('user_agent'),
      createdAt: instant('created_at').notNull(),
      /** Not more exact than a few minutes: not every request writes. */
      lastSeenAt: instant('last_seen_at').notNull(),
      expiresAt: instant('expires_at').notNull(),
    },
    (c) => [
      unique('sessions_id').on(c.id),
      index('sessions_user').on(c.userId),
      index('sessions_expires').on(c.expiresAt),
    ],
  )

  const apiTokens = table(
    'api_tokens',
    {
      id: text('id').primaryKey(),
      userId: text('user_id')
        .notNull()
        .references(() => users.id, { onDelete: 'cascade' }),
      name: text('name').notNull(),
      /** SHA-256 of the token, in hex. */
      tokenHash: text('token_hash').notNull(),
      /** How the token begins, so that people tell theirs apart. */
      beginning: text('beginning').notNull(),
      /** What it may do at most: see auth/model.ts `scopes`. Its user's role bounds it too. */
      scopes: json('scopes').notNull(),
      createdAt: instant('created_at').notNull(),
      /** Null: it does not end by itself. */
      expiresAt: instant('expires_at'),
      /** Not more exact than a few minutes. */
      lastUsedAt: instant('last_used_at'),
      revokedAt: instant('revoked_at'),
    },
    (c) => [
      unique('api_tokens_hash').on(c.tokenHash),
      index('api_tokens_user').on(c.userId),
      check('api_tokens_scopes_json', jsonCheck('scopes')),
    ],
  )

  /** One row while there is no user: what the console showed, and makes the first administrator. */
  const setupTokens = table('setup_tokens', {
    /** SHA-256 of the token, in hex. */
    tokenHash: text('token_hash').primaryKey(),
    createdAt: instant('created_at').notNull(),
  })

  /** Sign-ins that failed, by account and by address: see auth/sign-in-limit.ts. */
  const signInFailures = table(
    'sign_in_failures',
    {
      /** `account/NAME KEY`, `address/ADDRESS`, or `known/USER ID/ADDRESS` of an address that a user signed in from. */
      subject: text('subject').primaryKey(),
      failures: integer('failures').notNull(),
      /** When the first of them was; they are forgotten some time after it. Without any: the last sign-in from there. */
      since: instant('since').notNull(),
    },
    (c) => [index('sign_in_failures_since').on(c.since)],
  )

  /** Every change that somebody made. Nothing refers to rows here, and they refer to nothing: they outlive all. */
  const auditLog = table(
    'audit_log',
    {
      id: identity('id'),
      at: instant('at').notNull(),
      actorKind: text('actor_kind', { enum: actorKinds }).notNull(),
      /** The user's id; null: no user did it. */
      actorId: text('actor_id'),
      /** How the actor was called then. */
      actorName: text('actor_name').notNull(),
      /** The API token that was used; null: none was. */
      tokenId: text('token_id'),
      /** The address that asked; null: it came from the machine itself. */
      address: text('address'),
      /** What was done, as in `source.change`. */
      action: text('action').notNull(),
      /** What it was done to, as in `source`, and its id; null: to nothing that has one. */
      subjectKind: text('subject_kind'),
      subjectId: text('subject_id'),
      /** How the subject was called then; null: it has no name. */
      subjectName: text('subject_name'),
      /** The supplier whose it is; null: nobody's. */
      supplierId: text('supplier_id'),
      /** What of it changed, as it was and as it is, without what is secret; null: there was nothing, or is nothing. */
      before: json('before'),
      after: json('after'),
    },
    (c) => [
      index('audit_log_at').on(c.at),
      index('audit_log_subject').on(c.subjectKind, c.subjectId),
      index('audit_log_actor').on(c.actorId),
      check('audit_log_before_json', jsonCheck('before')),
      check('audit_log_after_json', jsonCheck('after')),
    ],
  )

  /** Answers to requests that may be sent twice: see http/idempotency.ts. */
  const idempotencyKeys = table(
    'idempotency_keys',
    {
      /** Whose key it is: two people may use the same one. */
      actor: text('actor').notNull(),
      key: text('key').notNull(),
      /** A mark of method, path and body (see lib/seal.ts): the same key must ask for the same thing. */
      requestHash: text('request_hash').notNull(),
      /** Null: the first request is still under way. */
      status: integer('status'),
      headers: json('headers'),
      body: text('body'),
      createdAt: instant('created_at').notNull(),
    },
    (c) => [
      primaryKey({ columns: [c.actor, c.key] }),
      index('idempotency_keys_created').on(c.createdAt),
      check('idempotency_keys_headers_json', jsonCheck('headers')),
    ],
  )

  return { users, sessions, apiTokens, setupTokens, signInFailures, auditLog, idempotencyKeys }
}
