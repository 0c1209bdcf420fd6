import { and, desc, eq, gt, lt, lte, ne, or } from 'drizzle-orm'
import type { Query } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'

/** A browser that somebody signed in with. */
export interface SessionRow {
  tokenHash: string
  id: string
  userId: string
  address: string | null
  userAgent: string | null
  createdAt: Date
  lastSeenAt: Date
  expiresAt: Date
}

/** Sessions. Takes a database for reads, a transaction for writes. */
export function sessionStore({ query, tables: { sessions } }: { query: Query; tables: Tables }) {
  return {
    async add(session: SessionRow): Promise<void> {
      await query.insert(sessions).values(session)
    },

    /**
     * Somebody's that have not ended, the latest first.
     * @param who.seenAfter which were silent since then have ended
     * @param page.after only those behind this one
     */
    async alive(
      { userId, now, seenAfter }: { userId: string; now: Date; seenAfter: Date },
      { limit, after }: { limit: number; after: Pick<SessionRow, 'createdAt' | 'id'> | null },
    ): Promise<SessionRow[]> {
      const isBehind =
        after === null
          ? undefined
          : or(
              lt(sessions.createdAt, after.createdAt),
              and(eq(sessions.createdAt, after.createdAt), lt(sessions.id, after.id)),
            )
      return query
        .select()
        .from(sessions)
        .where(
          and(
            eq(sessions.userId, userId),
            gt(sessions.expiresAt, now),
            gt(sessions.lastSeenAt, seenAfter),
            isBehind,
          ),
        )
        .orderBy(desc(sessions.createdAt), desc(sessions.id))
        .limit(limit)
    },

    async seen(tokenHash: string, now: Date): Promise<void> {
      await query
        .update(sessions)
        .set({ lastSeenAt: now })
        .where(and(eq(sessions.tokenHash, tokenHash), lt(sessions.lastSeenAt, now)))
    },

    /** Ends one of somebody's. @returns whether there was one */
    async end({ id, userId }: { id: string; userId: string }): Promise<boolean> {
      const ended = await query
        .delete(sessions)
        .where(and(eq(sessions.id, id), eq(sessions.userId, userId)))
        .returning({ id: sessions.id })
      return ended.length > 0
    },

    /** Ends all of somebody's. @param except an id that stays @returns how many there were */
    async endAll(userId: string, except: string | null): Promise<number> {
      const ended = await query
        .delete(sessions)
        .where(and(eq(sessions.userId, userId), except === null ? undefined : ne(sessions.id, except)))
        .returning({ id: sessions.id })
      return ended.length
    },

    /** Ends the oldest of somebody's beyond so many, so that nobody fills the table by signing in. */
    async keepLatest(userId: string, count: number): Promise<void> {
      const [latestToGo] = await query
        .select({ createdAt: sessions.createdAt })
        .from(sessions)
        .where(eq(sessions.userId, userId))
        .orderBy(desc(sessions.createdAt))
        .offset(count)
        .limit(1)
      if (latestToGo === undefined) return
      await query
        .delete(sessions)
        .where(and(eq(sessions.userId, userId), lte(sessions.createdAt, latestToGo.createdAt)))
    },
  }
}
