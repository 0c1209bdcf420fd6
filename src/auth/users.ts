import { type Change, changedFields } from '../audit/model.ts'
import { auditStore } from '../audit/store.ts'
import type { Database, Tx } from '../db/database.ts'
import { noPrecondition, type Precondition } from '../http/etag.ts'
import { ConflictError } from '../lib/errors.ts'
import { type Role, userNameKey } from './model.ts'
import { checkPassword } from './password-rules.ts'
import type { Passwords } from './passwords.ts'
import { sessionStore } from './session-store.ts'
import { unlockAccount } from './sign-in-limit.ts'
import { lockUser, type User, userState, userStore } from './user-store.ts'

export interface UserParts {
  db: Database
  passwords: Passwords
}

/**
 * Makes a user.
 * @param also in the same transaction
 * @throws InvalidError `invalid_name`, `weak_password`; ConflictError `user_exists`, `first_user`
 */
export async function addUser(
  { db, passwords }: UserParts,
  given: { name: string; password: string; role: Role },
  change: Change,
  also: (tx: Tx, user: User) => Promise<void> = async () => {},
): Promise<User> {
  const { name, password, role } = given
  userNameKey(name)
  checkPassword(password, name)
  const passwordHash = await passwords.hash(password)
  return db.tx(async (tx) => {
    const { users } = storesOf(db, tx)
    // Once there is anybody, everybody has to sign in: nobody could let others in.
    if (role !== 'admin' && (await users.isEmpty()))
      throw new ConflictError('first_user', 'The first user has to be an administrator; give the role admin.')
    // Whoever makes a user by other means needs no first one from the console.
    await tx.run('delete from setup_tokens')
    const user = await users.add({ name, passwordHash, role }, change.at)
    await tell(db, tx, { user, action: 'user.add', before: null, after: { role } }, change)
    await also(tx, user)
    return user
  })
}

/**
 * Changes what a user may do, or whether they may sign in; what is not named stays. Who is disabled is signed out
 * everywhere.
 * @throws NotFoundError `unknown_user`; ConflictError `last_administrator`, `precondition_failed`
 */
export async function changeUser(
  db: Database,
  id: string,
  wanted: { role?: Role; isDisabled?: boolean },
  change: Change,
  precondition: Precondition = noPrecondition,
): Promise<User> {
  return db.tx(async (tx) => {
    const { users, sessions } = storesOf(db, tx)
    const isLast = await isLastAdministrator(db, tx, id)
    await lockUser(db, tx, id)
    const user = await users.get(id)
    await precondition.hold(() => userState(user))
    const role = wanted.role ?? user.role
    const isDisabled = wanted.isDisabled ?? user.disabledAt !== null
    if (isLast && (role !== 'admin' || isDisabled)) throw lastAdministrator(user)
    const fields = changedFields(
      { role: user.role, disabled: user.disabledAt !== null },
      { role, disabled: isDisabled },
    )
    if (fields === null) return user
    await users.change(id, { role, disabledAt: isDisabled ? (user.disabledAt ?? change.at) : null })
    if (isDisabled) await sessions.endAll(id, null)
    await tell(db, tx, { user, action: 'user.change', ...fields }, change)
    return users.get(id)
  })
}

/**
 * Deletes a user with their sessions and tokens; what they did stays in the audit log, under their name.
 * @throws NotFoundError `unknown_user`; ConflictError `last_administrator`, `precondition_failed`
 */
export async function deleteUser(
  db: Database,
  id: string,
  change: Change,
  precondition: Precondition = noPrecondition,
): Promise<void> {
  await db.tx(async (tx) => {
    const { users } = storesOf(db, tx)
    const isLast = await isLastAdministrator(db, tx, id)
    await lockUser(db, tx, id)
    const user = await users.get(id)
    await precondition.hold(() => userState(user))
    if (isLast) throw lastAdministrator(user)
    await users.delete(id)
    await tell(
      db,
      tx,
      {
        user,
        action: 'user.delete',
        before: { role: user.role, disabled: user.disabledAt !== null },
        after: null,
      },
      change,
    )
  })
}

/**
 * Gives a user another password, and ends their sessions.
 * @param options.keptSession the id of one that stays: that in which it is changed
 * @param options.expectedHash changes nothing when the password is another one by now
 * @throws NotFoundError `unknown_user`; InvalidError `weak_password`; ConflictError `password_changed`
 */
export async function setPassword(
  { db, passwords }: UserParts,
  id: string,
  options: { password: string; keptSession: string | null; expectedHash?: string },
  change: Change,
): Promise<void> {
  const { password, keptSession, expectedHash } = options
  const { name } = await userStore(db).get(id)
  checkPassword(password, name)
  const passwordHash = await passwords.hash(password)
  await db.tx(async (tx) => {
    const { users, sessions } = storesOf(db, tx)
    await lockUser(db, tx, id)
    const user = await users.get(id)
    if (expectedHash !== undefined && user.passwordHash !== expectedHash)
      throw new ConflictError(
        'password_changed',
        'The password was changed meanwhile; sign in with the new one.',
      )
    await users.change(id, { passwordHash, passwordChangedAt: change.at })
    const ended = await sessions.endAll(id, keptSession)
    // Whoever forgot theirs has most likely tried often.
    await unlockAccount(tx, user)
    await tell(
      db,
      tx,
      { user, action: 'user.password', before: null, after: { sessions_ended: ended } },
      change,
    )
  })
}

/** Lets a user try again at once who has tried to sign in too often. @throws NotFoundError `unknown_user` */
export async function unlockUser(db: Database, id: string, change: Change): Promise<void> {
  await db.tx(async (tx) => {
    const user = await storesOf(db, tx).users.get(id)
    await unlockAccount(tx, user)
    await tell(db, tx, { user, action: 'user.unlock', before: null, after: null }, change)
  })
}

/** Whether nobody could administer without this user. Others who ask the same wait until the transaction ends. */
async function isLastAdministrator(db: Database, tx: Tx, id: string): Promise<boolean> {
  // On SQLite transactions follow each other anyway.
  if (db.engine === 'postgres')
    await tx.all(
      `select id from users where (role = 'admin' and disabled_at is null) or id = $1 order by id for update`,
      [id],
    )
  const administrators = await storesOf(db, tx).users.administrators()
  return administrators.length === 1 && administrators[0]?.id === id
}

function tell(
  db: Database,
  tx: Tx,
  what: { user: Pick<User, 'id' | 'name'>; action: string } & Pick<
    Parameters<ReturnType<typeof auditStore>['add']>[0],
    'before' | 'after'
  >,
  { actor, at }: Change,
): Promise<void> {
  const { user, action, before, after } = what
  const subject = { kind: 'user', id: user.id, name: user.name }
  return storesOf(db, tx).audit.add({ actor, at, action, subject, supplierId: null, before, after })
}

function storesOf({ tables }: Database, { query }: Tx) {
  const parts = { query, tables }
  return { users: userStore(parts), sessions: sessionStore(parts), audit: auditStore(parts) }
}

const lastAdministrator = ({ name }: User) =>
  new ConflictError(
    'last_administrator',
    `"${name}" is the last administrator; make another one first, so that somebody can still let people in.`,
  )
