import { and, desc, eq, isNull, lt, or } from 'drizzle-orm'
import type { Query } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'
import { NotFoundError } from '../lib/errors.ts'
import { scopes as knownScopes, type Scope } from './model.ts'

/** What a program shows instead of signing in. */
export interface ApiToken {
  id: string
  userId: string
  /** The user's. */
  userName: string
  name: string
  /** How it begins. */
  beginning: string
  scopes: Scope[]
  createdAt: Date
  /** Null: it does not end by itself. */
  expiresAt: Date | null
  lastUsedAt: Date | null
  revokedAt: Date | null
}

/** API tokens. Takes a database for reads, a transaction for writes. */
export function tokenStore({ query, tables: { apiTokens, users } }: { query: Query; tables: Tables }) {
  const selected = () =>
    query
      .select({ token: apiTokens, userName: users.name })
      .from(apiTokens)
      .innerJoin(users, eq(users.id, apiTokens.userId))
  const shown = ({ token, userName }: Awaited<ReturnType<typeof selected>>[number]): ApiToken => {
    const { tokenHash: _, ...rest } = token
    return { ...rest, scopes: scopesIn(rest.scopes), userName }
  }
  return {
    async add(
      token: Omit<ApiToken, 'userName' | 'lastUsedAt' | 'revokedAt'> & { tokenHash: string },
    ): Promise<void> {
      await query.insert(apiTokens).values(token)
    },

    /** @throws NotFoundError `unknown_token` */
    async get(id: string): Promise<ApiToken> {
      const [found] = await selected().where(eq(apiTokens.id, id))
      if (found === undefined) throw new NotFoundError('unknown_token', `There is no token ${id}.`)
      return shown(found)
    },

    /** The latest first, a page at a time; their ids sort by when they were made. */
    async page(filter: {
      limit: number
      before: string | null
      userId?: string
      withRevoked: boolean
    }): Promise<ApiToken[]> {
      const { limit, before, userId, withRevoked } = filter
      const found = await selected()
        .where(
          and(
            before === null ? undefined : lt(apiTokens.id, before),
            userId === undefined ? undefined : eq(apiTokens.userId, userId),
            withRevoked ? undefined : isNull(apiTokens.revokedAt),
          ),
        )
        .orderBy(desc(apiTokens.id))
        .limit(limit)
      return found.map(shown)
    },

    /** How many of somebody's have not been revoked. */
    async count(userId: string): Promise<number> {
      return query.$count(apiTokens, and(eq(apiTokens.userId, userId), isNull(apiTokens.revokedAt)))
    },

    async used(tokenHash: string, now: Date): Promise<void> {
      await query
        .update(apiTokens)
        .set({ lastUsedAt: now })
        .where(
          and(
            eq(apiTokens.tokenHash, tokenHash),
            or(isNull(apiTokens.lastUsedAt), lt(apiTokens.lastUsedAt, now)),
          ),
        )
    },

    /** @returns whether it was in use */
    async revoke(id: string, now: Date): Promise<boolean> {
      const revoked = await query
        .update(apiTokens)
        .set({ revokedAt: now })
        .where(and(eq(apiTokens.id, id), isNull(apiTokens.revokedAt)))
        .returning({ id: apiTokens.id })
      return revoked.length > 0
    },
  }
}

/** Those of a JSON column that this version knows; any other allows nothing. */
export function scopesIn(value: unknown): Scope[] {
  return Array.isArray(value) ? knownScopes.filter((scope) => value.includes(scope)) : []
}
