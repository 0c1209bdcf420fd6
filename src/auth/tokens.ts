import type { Change } from '../audit/model.ts'
import { auditStore } from '../audit/store.ts'
import type { Database, Tx } from '../db/database.ts'
import { ConflictError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { roleOfScopes, type Scope } from './model.ts'
import { newSecret, secretBeginning, secretHash } from './secret-token.ts'
import { type ApiToken, tokenStore } from './token-store.ts'
import { userStore } from './user-store.ts'

/** Most tokens of one user that are not revoked. */
const tokensMax = 200

/**
 * Makes an API token for a user.
 * @param also in the same transaction
 * @returns the token with its secret, which is told this once and kept nowhere
 * @throws NotFoundError `unknown_user`; ConflictError `too_many_tokens`
 */
export async function addToken(
  db: Database,
  given: { userId: string; name: string; scopes: readonly Scope[]; expiresAt: Date | null },
  change: Change,
  also: (tx: Tx, token: { id: string }) => Promise<void> = async () => {},
): Promise<{ token: ApiToken; secret: string }> {
  const secret = newSecret('token')
  const id = newId()
  const { userId, name, expiresAt } = given
  const scopes = [...new Set(given.scopes)]
  return db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const user = await userStore(stores).get(userId)
    const tokens = tokenStore(stores)
    if ((await tokens.count(userId)) >= tokensMax)
      throw new ConflictError(
        'too_many_tokens',
        `"${user.name}" has ${tokensMax} tokens; revoke one of them first.`,
      )
    await tokens.add({
      id,
      userId,
      name,
      scopes,
      expiresAt,
      tokenHash: secretHash(secret),
      beginning: secretBeginning(secret),
      createdAt: change.at,
    })
    await auditStore(stores).add({
      ...change,
      action: 'token.add',
      subject: { kind: 'token', id, name },
      supplierId: null,
      before: null,
      after: {
        user: user.name,
        scopes,
        role: roleOfScopes(scopes),
        expires_at: expiresAt?.toISOString() ?? null,
      },
    })
    await also(tx, { id })
    return { token: await tokens.get(id), secret }
  })
}

/**
 * Revokes a token; once more changes nothing.
 * @throws NotFoundError `unknown_token`
 */
export async function revokeToken(db: Database, id: string, change: Change): Promise<ApiToken> {
  return db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const tokens = tokenStore(stores)
    const { name, userName } = await tokens.get(id)
    if (await tokens.revoke(id, change.at))
      await auditStore(stores).add({
        ...change,
        action: 'token.revoke',
        subject: { kind: 'token', id, name },
        supplierId: null,
        before: { user: userName },
        after: null,
      })
    return tokens.get(id)
  })
}
