import type { Database, Tx } from '../db/database.ts'
import { instant } from '../db/dialect.ts'
import { UnavailableError } from '../lib/errors.ts'
import { limitedAddress } from './address.ts'

/**
 * Keeps people from trying passwords, by account and by address, on all servers of an installation together.
 *
 * An attempt is counted before its password is looked at, in one statement, so that a hundred at once are not a
 * hundred guesses; one that was right is taken back. The first few are free. Then the next one may only come some time
 * after the first, and each step is twice as long as the one before it: after half a minute, a minute and a half, three
 * and a half, … Attempts that come too early are refused without being counted, so that whoever just waits gets in. An
 * hour after the first all is forgotten.
 *
 * Somebody who guesses a stranger's password would so keep that person out for as long as they go on. So the addresses
 * from which a person has signed in within a month count for themselves: what is tried elsewhere does not lock them out.
 * An administrator at a new address gets in again by `tallyman users unlock`, or an open session.
 */
const windowMs = 60 * 60 * 1000
/** How long an address is known as one that somebody signs in from. */
export const knownMs = 30 * 24 * 60 * 60 * 1000

interface Allowance {
  /** Attempts that need not wait. */
  free: number
  firstPauseMs: number
}

/** About a dozen guesses an hour. */
const ofAccount: Allowance = { free: 5, firstPauseMs: 30_000 }
/** Many people may share one: about thirty-five an hour. */
const ofAddress: Allowance = { free: 30, firstPauseMs: 60_000 }

/** What an attempt was counted by. */
export interface Attempt {
  /** Of the account, whether there is one or not. */
  account: string
  /** Null: the person is known there, and others' guesses from there are none of theirs. */
  address: string | null
  /** Which attempt this is, by both. */
  accountFailures: number
  addressFailures: number
}

/** Who tries to sign in, and from where. */
export interface Attempted {
  /** Whether there is such an account or not: what is refused tells nobody which names there are. */
  nameKey: string
  /** Null: nobody is called so. */
  userId: string | null
  /** Null: it cannot be told, so that all of these share one allowance. */
  address: string | null
  now: Date
}

/**
 * Counts an attempt to sign in before it is made.
 * @throws UnavailableError `too_many_sign_ins` that says when to come again
 */
export async function countAttempt(
  db: Database,
  { nameKey, userId, address, now }: Attempted,
): Promise<Attempt> {
  const from = limitedAddress(address)
  const known = knownSubject(userId, from)
  return db.tx(async (tx) => {
    const [isKnown] = await tx.all(
      'select 1 as found from sign_in_failures where subject = $1 and since > $2',
      [known, new Date(now.getTime() - knownMs)],
    )
    const account = isKnown === undefined ? accountSubject(nameKey) : known
    const bySubject = { address: isKnown === undefined ? addressSubject(from) : null, account }
    const addressFailures =
      bySubject.address === null
        ? 0
        : await count(db, tx, { subject: bySubject.address, allowance: ofAddress, now })
    const accountFailures = await count(db, tx, { subject: account, allowance: ofAccount, now })
    return { ...bySubject, addressFailures, accountFailures }
  })
}

/** Takes an attempt back that was right: inside the transaction that begins the session. */
export async function forgiveAttempt(
  db: Database,
  tx: Tx,
  attempt: Attempt,
  { userId, address, now }: Attempted & { userId: string },
): Promise<void> {
  // Only this one: others of the same address may be somebody's guesses at another account.
  if (attempt.address !== null) await countLess(tx, attempt.address)
  if (attempt.account.startsWith('account/'))
    await tx.run('delete from sign_in_failures where subject = $1', [attempt.account])
  await tx.run(
    `insert into sign_in_failures (subject, failures, since) values ($1, 0, ${instant(db.engine, '$2')})
     on conflict (subject) do update set failures = 0, since = excluded.since`,
    [knownSubject(userId, limitedAddress(address)), now],
  )
}

/** Takes an attempt back that was not decided: the machine had too much to do. */
export async function takeBackAttempt(db: Database, { account, address }: Attempt): Promise<void> {
  await db.tx(async (tx) => {
    await countLess(tx, account)
    if (address !== null) await countLess(tx, address)
  })
}

/** Lets an account be tried again at once, from anywhere; where the person is known they stay known. */
export async function unlockAccount(tx: Tx, { id, nameKey }: { id: string; nameKey: string }): Promise<void> {
  await tx.run('delete from sign_in_failures where subject = $1', [accountSubject(nameKey)])
  const known = knownSubject(id, '')
  await tx.run('update sign_in_failures set failures = 0 where substr(subject, 1, length($1)) = $1', [known])
}

async function countLess(tx: Tx, subject: string): Promise<void> {
  await tx.run('update sign_in_failures set failures = failures - 1 where subject = $1 and failures > 0', [
    subject,
  ])
}

const accountSubject = (nameKey: string) => `account/${nameKey}`
const addressSubject = (address: string) => `address/${address}`
const knownSubject = (userId: string | null, address: string) => `known/${userId ?? 'nobody'}/${address}`

/** How long after the first attempt another one may come when so many were made. */
function waitMs(attempts: number, { free, firstPauseMs }: Allowance): number {
  return attempts < free ? 0 : firstPauseMs * (2 ** Math.min(attempts - free + 1, 20) - 1)
}

/** @returns how many it makes @throws UnavailableError `too_many_sign_ins` */
async function count(
  db: Database,
  tx: Tx,
  { subject, allowance, now }: { subject: string; allowance: Allowance; now: Date },
): Promise<number> {
  const [row] = await tx.all<{ failures: number; since: number | string }>(
    `insert into sign_in_failures (subject, failures, since) values ($1, 1, ${instant(db.engine, '$2')})
     on conflict (subject) do update set
       failures = case when sign_in_failures.failures = 0 or sign_in_failures.since < $3 then 1
                  else sign_in_failures.failures + 1 end,
       since = case when sign_in_failures.failures = 0 or sign_in_failures.since < $3 then excluded.since
               else sign_in_failures.since end
     returning failures, since`,
    [subject, now, new Date(now.getTime() - windowMs)],
  )
  const { failures, since } = row!
  const mayAtMs = new Date(since).getTime() + waitMs(Number(failures) - 1, allowance)
  // Thrown inside the transaction: what comes too early is not counted.
  if (mayAtMs > now.getTime())
    throw tooMany(Math.min(mayAtMs, new Date(since).getTime() + windowMs) - now.getTime())
  return Number(failures)
}

function tooMany(retryAfterMs: number): UnavailableError {
  const minutes = Math.ceil(retryAfterMs / 60_000)
  return new UnavailableError(
    'too_many_sign_ins',
    `There were too many attempts to sign in; try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    { retryAfterMs },
  )
}
