import { openApp } from '../app.ts'
import { consoleActor, type Scope, scopes } from '../auth/model.ts'
import { type ApiToken, tokenStore } from '../auth/token-store.ts'
import { addToken, revokeToken } from '../auth/tokens.ts'
import { userStore } from '../auth/user-store.ts'
import type { Database } from '../db/database.ts'
import { NotFoundError } from '../lib/errors.ts'
import { UsageError } from './arguments.ts'
import { type Context, defineCommand, type ExitCode, exitCodes } from './command.ts'
import { printJson, printLine, printTable } from './output.ts'

const dayMs = 24 * 60 * 60 * 1000

/** `tallyman tokens`. */
export const tokens = defineCommand({
  name: 'tokens',
  summary: 'List API tokens, make one for a user, revoke one',
  description:
    'Programs show a token instead of signing in: Authorization: Bearer TOKEN. It may do what its scope says, and never\n' +
    'more than its user: read for what a viewer may, write for an operator, admin for everything. "add" prints the token\n' +
    'and nothing else, this once; only its hash is kept.',
  options: {
    user: { kind: 'text', placeholder: 'NAME', summary: 'Whose: needed with add, only theirs with list' },
    name: { kind: 'text', placeholder: 'TEXT', summary: 'With add: what it is for' },
    scope: {
      kind: 'text',
      placeholder: 'SCOPE',
      choices: scopes,
      summary: 'With add: what it may do at most (default read)',
    },
    days: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 3650,
      summary: 'With add: when it ends by itself',
    },
    revoked: { kind: 'flag', summary: 'With list: those that were revoked too' },
  },
  positionals: {
    action: {
      placeholder: 'ACTION',
      summary: 'list (default), add or revoke',
      choices: ['list', 'add', 'revoke'],
    },
    id: { placeholder: 'ID', summary: 'With revoke: the token' },
  },
  examples: [
    {
      line: 'tallyman tokens add --user Ada --name "ERP, nightly" --scope read --days 365',
      summary: 'a token that reads, for a year',
    },
  ],
  async run({ options, positionals }, context) {
    const { config, log, io } = context
    const action = positionals.action ?? 'list'
    const { user, name, scope, days, revoked } = options
    if (action !== 'add' && (name !== null || scope !== null || days !== null))
      throw new UsageError('--name, --scope and --days go with "tokens add"')
    if (action === 'add' && (user === null || name === null))
      throw new UsageError('tokens add needs --user and --name')
    if ((action === 'revoke') !== (positionals.id !== null))
      throw new UsageError('"tokens revoke ID" takes the id of a token, and nothing else does')
    const schema = action === 'list' ? 'read' : 'write'
    const app = await openApp({ config, clock: io.clock, log, schema })
    const { db } = app
    const change = { actor: consoleActor, at: io.clock.now() }
    try {
      if (positionals.id !== null) {
        const token = await revokeToken(db, positionals.id, change)
        if (context.json) printJson(io, token)
        else printLine(io.stdout, `"${token.name}" of ${token.userName} opens nothing any more.`)
        return exitCodes.done
      }
      const userId = user === null ? null : await userNamed(db, user)
      if (userId === null || name === null)
        return await list(context, db, { withRevoked: revoked, ...(userId !== null && { userId }) })
      const expiresAt = days === null ? null : new Date(change.at.getTime() + days * dayMs)
      const wanted: Scope[] = [scope ?? 'read']
      const { token, secret } = await addToken(db, { userId, name, scopes: wanted, expiresAt }, change)
      // Nothing but the token, so that it can go where it belongs without being seen.
      if (context.json) printJson(io, { ...token, token: secret })
      else printLine(io.stdout, secret)
      return exitCodes.done
    } finally {
      await app.close()
    }
  },
})

async function userNamed(db: Database, name: string): Promise<string> {
  const user = await userStore(db).find(name)
  if (user === null) throw new NotFoundError('unknown_user', `There is no user "${name}".`)
  return user.id
}

async function list(
  { io, json }: Context,
  db: Database,
  filter: { userId?: string; withRevoked: boolean },
): Promise<ExitCode> {
  const found = await tokenStore(db).page({ ...filter, limit: 10_000, before: null })
  if (json) printJson(io, { tokens: found })
  else if (found.length === 0) printLine(io.stdout, 'There are no tokens.')
  else
    printTable(io.stdout, {
      columns: [
        { header: 'USER', canShrink: true },
        { header: 'NAME', canShrink: true },
        { header: 'BEGINS' },
        { header: 'SCOPES' },
        { header: 'ENDS (UTC)' },
        { header: 'LAST USED (UTC)' },
        { header: 'ID' },
      ],
      rows: found.map((token) => [
        token.userName,
        token.name,
        token.beginning,
        token.scopes.join(','),
        endOf(token),
        minute(token.lastUsedAt),
        token.id,
      ]),
    })
  return exitCodes.done
}

function endOf({ revokedAt, expiresAt }: ApiToken): string | null {
  return revokedAt === null ? minute(expiresAt) : `revoked ${minute(revokedAt)}`
}

const minute = (date: Date | null) => date?.toISOString().slice(0, 16).replace('T', ' ') ?? null
