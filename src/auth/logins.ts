import type { Database } from '../db/database.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/log.ts'
import { type Identities, openIdentities } from './identities.ts'
import { openPasswords } from './passwords.ts'
import type { SessionLimits, SignInParts } from './sessions.ts'

/** What signing in and out works on. */
export interface Logins extends SignInParts {
  clock: Clock
  identities: Identities
}

/** Twelve hours of silence, thirty days in all. */
export const sessionLimitsDefault: SessionLimits = {
  silenceMs: 12 * 60 * 60 * 1000,
  ageMs: 30 * 24 * 60 * 60 * 1000,
}

/** Opens them; nothing is asked of the database before a request comes. */
export function openLogins({
  db,
  clock,
  log,
  limits = sessionLimitsDefault,
}: {
  db: Database
  clock: Clock
  log: Logger
  limits?: SessionLimits
}): Logins {
  const identities = openIdentities({ db, clock, log, silenceMs: limits.silenceMs })
  return { db, clock, passwords: openPasswords(), identities, limits }
}
