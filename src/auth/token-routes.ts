import { Elysia } from 'elysia'
import {
  cursorField,
  flagField,
  idField,
  limitField,
  noQuery,
  requiredText,
  textField,
} from '../http/fields.ts'
import { type Idempotency, takesKey } from '../http/idempotency.ts'
import { jsonBody } from '../http/json-body.ts'
import { decodeCursor, encodeCursor } from '../lib/cursor.ts'
import { ConflictError, ForbiddenError, InvalidError, NotFoundError } from '../lib/errors.ts'
import { Problem } from '../lib/problem.ts'
import { oneOf, type Static, t, textOrNull } from '../lib/schema.ts'
import type { Logins } from './logins.ts'
import { type Actor, roleOfScopes, scopes } from './model.ts'
import { isAllowed } from './route-role.ts'
import { type ApiToken, tokenStore } from './token-store.ts'
import { addToken, revokeToken } from './tokens.ts'
import type { Who } from './who.ts'

const pageMax = 200
/** Longest time that a token may be made for, in milliseconds; one without an end has none. */
const expiryMaxMs = 10 * 366 * 24 * 60 * 60 * 1000

const fields = {
  id: t.String(),
  user_id: t.String(),
  user: t.String({ description: "Its user's name." }),
  name: t.String(),
  beginning: t.String({ description: 'How the token begins, to tell it from others.' }),
  scopes: t.Array(oneOf(scopes)),
  created_at: t.String({ format: 'date-time' }),
  expires_at: textOrNull('Null: it does not end by itself.'),
  last_used_at: textOrNull('To about five minutes; null: never.'),
  revoked_at: textOrNull('Null: it was not.'),
  links: t.Object({ self: t.String() }),
}
const TokenView = t.Object(fields, { title: 'ApiToken' })
const NewTokenView = t.Object(
  { ...fields, token: t.String({ description: 'The token itself: it is shown this once.' }) },
  { title: 'NewApiToken' },
)
const params = t.Object({ id: idField('a token') })

/** API tokens: everybody's own, and for administrators anyone's. */
export function tokenRoutes(
  { db, clock, identities }: Logins,
  { who, keyed }: { who: Who; keyed: Idempotency },
) {
  const tokens = tokenStore(db)
  const visible = async (id: string, actor: Actor) => {
    const token = await tokens.get(id)
    // Somebody else's is not there, rather than forbidden.
    if (token.userId !== actor.id && actor.role !== 'admin')
      throw new NotFoundError('unknown_token', `There is no token ${id}.`)
    return token
  }
  return new Elysia({ prefix: '/api/v1/tokens' })
    .get(
      '',
      async ({ query, request }) => {
        const { id, role } = who.of(request)
        const limit = query.limit ?? 50
        const [before] = query.cursor === undefined ? [null] : decodeCursor(query.cursor, ['string'])
        const userId = role === 'admin' ? query.user_id : (id ?? undefined)
        if (role !== 'admin' && (userId === undefined || (query.user_id ?? userId) !== userId))
          throw notYours()
        const found = await tokens.page({
          limit: limit + 1,
          before,
          withRevoked: query.with_revoked === true,
          ...(userId !== undefined && { userId }),
        })
        const page = found.slice(0, limit)
        return {
          tokens: page.map(tokenView),
          next_cursor: found.length > limit ? encodeCursor([page.at(-1)!.id]) : null,
        }
      },
      {
        query: t.Object(
          {
            limit: limitField({ max: pageMax, default: 50 }),
            cursor: cursorField(),
            user_id: textField('user_id', {
              max: 100,
              description: "Only this user's; who is no administrator sees their own in any case.",
            }),
            with_revoked: flagField('with_revoked', 'Those that were revoked, too.'),
          },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            {
              tokens: t.Array(TokenView),
              next_cursor: textOrNull('Hand it in as `cursor` to go on; null: this was the last page.'),
            },
            { title: 'ApiTokenPage' },
          ),
          403: Problem,
          422: Problem,
        },
        detail: {
          operationId: 'listTokens',
          'x-role': 'viewer',
          summary: 'List API tokens, newest first',
          tags: ['Logins'],
        },
      },
    )
    .post(
      '',
      async ({ body, request, set }) => {
        const actor = who.of(request)
        const userId = body.user_id ?? actor.id
        if (userId === null)
          throw new InvalidError(
            'invalid_request',
            'user_id must say whose token it is: no user is behind this request.',
          )
        if (userId !== actor.id && actor.role !== 'admin') throw notYours()
        // A token that was revoked must not live on in those it has made.
        if (actor.kind === 'token' && actor.role !== 'admin')
          throw new ForbiddenError(
            'token_not_allowed',
            'A token makes tokens only when it may administer; sign in.',
          )
        if (!isAllowed(actor.role, roleOfScopes(body.scopes)))
          throw new ForbiddenError('scope_not_allowed', `Your role, ${actor.role}, does not reach that far.`)
        const { name, scopes } = body
        let secret = ''
        return keyed.once<{ id: string }, Static<typeof NewTokenView>>(
          { request, set },
          {
            body,
            make: async (mark) => {
              const change = { actor, at: clock.now() }
              const expiresAt = expiryOf(body.expires_at ?? null, change.at)
              const made = await addToken(db, { userId, name, scopes, expiresAt }, change, (tx, { id }) =>
                mark(tx, { id }),
              )
              secret = made.secret
              return { id: made.token.id }
            },
            answer: async ({ id }) => {
              const view = { ...tokenView(await tokens.get(id)), token: secret }
              return { status: 201, headers: { location: view.links.self }, view }
            },
            answerAgain: async ({ id }) => {
              throw new ConflictError(
                'token_already_shown',
                `This request has made the token ${id}, which was shown that once. If it did not arrive, revoke it ` +
                  `(DELETE /api/v1/tokens/${id}) and make another one under a new Idempotency-Key.`,
              )
            },
          },
        )
      },
      {
        query: noQuery,
        parse: [jsonBody],
        body: t.Object(
          {
            name: requiredText('name', { max: 100, isPrintable: true, description: 'What it is for.' }),
            scopes: t.Array(oneOf(scopes), {
              minItems: 1,
              maxItems: scopes.length,
              description:
                "read: what a viewer may; write: what an operator may; admin: everything. Never more than the user's own role.",
              error: `scopes must be a list of ${scopes.join(', ')}`,
            }),
            expires_at: t.Optional(
              t.Union([t.String({ maxLength: 40 }), t.Null()], {
                description: 'When it ends, RFC 3339; null or left out: not by itself.',
                error: 'expires_at must be an instant such as 2030-01-31T00:00:00Z, or null',
              }),
            ),
            user_id: textField('user_id', {
              max: 100,
              description: 'Whose; for administrators. Yours unless said.',
            }),
          },
          { additionalProperties: false, title: 'NewApiTokenRequest' },
        ),
        response: {
          201: NewTokenView,
          403: Problem,
          404: Problem,
          409: Problem,
          413: Problem,
          415: Problem,
          422: Problem,
        },
        detail: {
          ...takesKey,
          operationId: 'addToken',
          'x-role': 'viewer',
          summary: 'Make an API token',
          description:
            'It is shown this once. Programs send it as Authorization: Bearer TOKEN. Sent again under its Idempotency-Key ' +
            'no second one is made: it is refused with 409 `token_already_shown`, which names the first.',
          tags: ['Logins'],
        },
      },
    )
    .get('/:id', async ({ params, request }) => tokenView(await visible(params.id, who.of(request))), {
      params,
      query: noQuery,
      response: { 200: TokenView, 404: Problem, 422: Problem },
      detail: { operationId: 'getToken', 'x-role': 'viewer', summary: 'Show an API token', tags: ['Logins'] },
    })
    .delete(
      '/:id',
      async ({ params, request }) => {
        const actor = who.of(request)
        const { id } = await visible(params.id, actor)
        if (actor.kind === 'token' && actor.role !== 'admin' && actor.tokenId !== id)
          throw new ForbiddenError(
            'token_not_allowed',
            'A token revokes no other one unless it may administer.',
          )
        const revoked = await revokeToken(db, id, { actor, at: clock.now() })
        identities.forget()
        return tokenView(revoked)
      },
      {
        params,
        query: noQuery,
        parse: 'none',
        response: { 200: TokenView, 403: Problem, 404: Problem, 422: Problem },
        detail: {
          operationId: 'revokeToken',
          'x-role': 'viewer',
          summary: 'Revoke an API token',
          description: 'It opens nothing any more, on other servers within five seconds.',
          tags: ['Logins'],
        },
      },
    )
}

/** @throws InvalidError `invalid_request` */
function expiryOf(text: string | null, now: Date): Date | null {
  if (text === null) return null
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(text)
    ? new Date(text)
    : null
  const ms = at === null ? Number.NaN : at.getTime() - now.getTime()
  if (at !== null && ms > 0 && ms < expiryMaxMs) return at
  throw new InvalidError(
    'invalid_request',
    `expires_at must be an instant to come such as ${new Date(now.getTime() + 90 * 86_400_000).toISOString()}, or null`,
  )
}

function tokenView(token: ApiToken) {
  return {
    id: token.id,
    user_id: token.userId,
    user: token.userName,
    name: token.name,
    beginning: token.beginning,
    scopes: token.scopes,
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt?.toISOString() ?? null,
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
    revoked_at: token.revokedAt?.toISOString() ?? null,
    links: { self: `/api/v1/tokens/${token.id}` },
  }
}

const notYours = () => new ForbiddenError('not_yours', "Others' tokens are for administrators.")
