import { and, asc, eq, gt, isNull } from 'drizzle-orm'
import type { Database, Query, Tx } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'
import { ConflictError, NotFoundError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { type Role, userNameKey } from './model.ts'

/** Somebody who may sign in. */
export interface User {
  id: string
  name: string
  nameKey: string
  passwordHash: string
  role: Role
  passwordChangedAt: Date
  lastSignInAt: Date | null
  /** Since when they may no longer sign in; null: they may. */
  disabledAt: Date | null
  createdAt: Date
}

/** Keeps others from changing a user until the transaction ends. */
export async function lockUser(db: Database, tx: Tx, id: string): Promise<void> {
  // On SQLite transactions follow each other anyway.
  if (db.engine === 'postgres') await tx.all('select id from users where id = $1 for update', [id])
}

/** What of a user people change: what If-Match is held against. */
export function userState({ id, name, role, disabledAt }: User) {
  return { id, name, role, isDisabled: disabledAt !== null }
}

/** Users. Takes a database for reads, a transaction for writes. */
export function userStore({ query, tables: { users } }: { query: Query; tables: Tables }) {
  return {
    async isEmpty(): Promise<boolean> {
      return (await query.select({ id: users.id }).from(users).limit(1)).length === 0
    },

    /** By the name that they sign in with; null for none, and for what is no name at all. */
    async find(name: string): Promise<User | null> {
      const [user] = await query
        .select()
        .from(users)
        .where(eq(users.nameKey, userNameKey(name)))
      return user ?? null
    },

    /** @throws NotFoundError `unknown_user` */
    async get(id: string): Promise<User> {
      const [user] = await query.select().from(users).where(eq(users.id, id))
      if (user === undefined) throw new NotFoundError('unknown_user', `There is no user ${id}.`)
      return user
    },

    /** By name, a page at a time. */
    async page({
      limit,
      after,
      role,
    }: {
      limit: number
      after: string | null
      role?: Role
    }): Promise<User[]> {
      return query
        .select()
        .from(users)
        .where(
          and(
            after === null ? undefined : gt(users.nameKey, after),
            role === undefined ? undefined : eq(users.role, role),
          ),
        )
        .orderBy(asc(users.nameKey))
        .limit(limit)
    },

    /** Those who may administer, and sign in. */
    async administrators(): Promise<Pick<User, 'id'>[]> {
      return query
        .select({ id: users.id })
        .from(users)
        .where(and(eq(users.role, 'admin'), isNull(users.disabledAt)))
        .limit(2)
    },

    /** @throws ConflictError `user_exists` */
    async add(user: Pick<User, 'name' | 'passwordHash' | 'role'>, now: Date): Promise<User> {
      const [added] = await query
        .insert(users)
        .values({
          ...user,
          id: newId(),
          name: user.name.normalize('NFKC').trim(),
          nameKey: userNameKey(user.name),
          passwordChangedAt: now,
          createdAt: now,
        })
        .onConflictDoNothing()
        .returning()
      if (added === undefined)
        throw new ConflictError('user_exists', `There is a user "${user.name}" already.`)
      return added
    },

    async change(
      id: string,
      change: Partial<
        Pick<User, 'role' | 'disabledAt' | 'passwordHash' | 'passwordChangedAt' | 'lastSignInAt'>
      >,
    ): Promise<void> {
      await query.update(users).set(change).where(eq(users.id, id))
    },

    /** With their sessions and tokens. */
    async delete(id: string): Promise<void> {
      await query.delete(users).where(eq(users.id, id))
    },
  }
}
