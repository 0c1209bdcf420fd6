import { InvalidError } from '../lib/errors.ts'

/** What a user may do; each may do all that those after it may. */
export const roles = ['admin', 'operator', 'viewer'] as const
export type Role = (typeof roles)[number]

/** What an API token may do at most: see the catalog, change it, or everything. Each includes the one before it. */
export const scopes = ['read', 'write', 'admin'] as const
export type Scope = (typeof scopes)[number]

/** The role that a token's scopes come to, for a user who has that role or one that may do more. */
export function roleOfScopes(given: readonly Scope[]): Role {
  if (given.includes('admin')) return 'admin'
  return given.includes('write') ? 'operator' : 'viewer'
}

/** The one of the two that may do less. */
export function lesserRole(a: Role, b: Role): Role {
  return roles.indexOf(a) > roles.indexOf(b) ? a : b
}

/**
 * A user's name as it is compared: NFKC, without surrounding and repeated white space, lower case.
 * @throws InvalidError `invalid_name` for one that is empty, too long or not printable
 */
export function userNameKey(name: string): string {
  const key = name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
  if (!visible.test(key) || key.length > userNameMax || deceptive.test(key))
    throw new InvalidError('invalid_name', `A user needs a name of 1 to ${userNameMax} printable characters.`)
  return key
}

export const userNameMax = 100

const visible = /[^\s\p{Cf}\p{Mn}]/u
/** What is not seen, and what turns the direction of writing for what stands behind it. */
const deceptive = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** Who makes changes: people, programs with a token of theirs, the machine's console, and the service by itself. */
export const actorKinds = ['user', 'token', 'console', 'service'] as const
export type ActorKind = (typeof actorKinds)[number]

/** Who asks for something, as the audit log names them. */
export interface Actor {
  kind: ActorKind
  /** The user's; null: it is none. */
  id: string | null
  /** As people know them: a user's name, `console`, `service`. */
  name: string
  role: Role
  /** The API token that they showed; null: none. */
  tokenId: string | null
  /** Where they ask from; null: on the machine itself. */
  address: string | null
}

/** Whoever types commands on the machine: the files and the database are theirs anyway. */
export const consoleActor: Actor = {
  kind: 'console',
  id: null,
  name: 'console',
  role: 'admin',
  tokenId: null,
  address: null,
}

/** What is done by schedule, or while the program runs. */
export const serviceActor: Actor = { ...consoleActor, kind: 'service', name: 'service' }
