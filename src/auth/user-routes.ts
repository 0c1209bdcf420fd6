import { Elysia } from 'elysia'
import {
  checksEtag,
  endsEtag,
  etagOf,
  givesEtag,
  preconditionOf,
  readsEtag,
  tagged,
  withEtag,
} from '../http/etag.ts'
import {
  choiceField,
  cursorField,
  flagField,
  idField,
  limitField,
  noQuery,
  requiredText,
} from '../http/fields.ts'
import { type Idempotency, takesKey } from '../http/idempotency.ts'
import { jsonBody } from '../http/json-body.ts'
import { decodeCursor, encodeCursor } from '../lib/cursor.ts'
import { ConflictError } from '../lib/errors.ts'
import { Problem } from '../lib/problem.ts'
import { oneOf, type Static, secretText, t, textOrNull } from '../lib/schema.ts'
import type { Logins } from './logins.ts'
import { roles, userNameMax } from './model.ts'
import { passwordMax } from './password-rules.ts'
import { type User, userState, userStore } from './user-store.ts'
import { addUser, changeUser, deleteUser, setPassword } from './users.ts'
import type { Who } from './who.ts'

const pageMax = 200

const UserView = t.Object(
  {
    id: t.String(),
    name: t.String(),
    role: oneOf(roles),
    disabled_at: textOrNull('Since when they may not sign in; null: they may.'),
    last_sign_in_at: textOrNull('Null: never.'),
    password_changed_at: t.String({ format: 'date-time' }),
    created_at: t.String({ format: 'date-time' }),
    links: t.Object({ self: t.String(), tokens: t.String() }),
  },
  { title: 'User' },
)

const passwordField = () =>
  secretText({
    maxLength: passwordMax * 4,
    description: '12 to 256 characters, none that anybody would try first.',
    error: `password must be a text of 1 to ${passwordMax * 4} characters`,
  })
const params = t.Object({ id: idField('a user') })

/** Users, for administrators. */
export function userRoutes(
  { db, clock, passwords, identities }: Logins,
  { who, keyed }: { who: Who; keyed: Idempotency },
) {
  const users = userStore(db)
  const changeOf = (request: Request) => ({ actor: who.of(request), at: clock.now() })
  return new Elysia({ prefix: '/api/v1/users' })
    .get(
      '',
      async ({ query }) => {
        const limit = query.limit ?? 50
        const [after] = query.cursor === undefined ? [null] : decodeCursor(query.cursor, ['string'])
        const found = await users.page({
          limit: limit + 1,
          after,
          ...(query.role !== undefined && { role: query.role }),
        })
        const page = found.slice(0, limit)
        return {
          users: page.map(userView),
          next_cursor: found.length > limit ? encodeCursor([page.at(-1)!.nameKey]) : null,
        }
      },
      {
        query: t.Object(
          {
            limit: limitField({ max: pageMax, default: 50 }),
            cursor: cursorField(),
            role: choiceField('role', roles, 'Only users with exactly this role.'),
          },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            {
              users: t.Array(UserView),
              next_cursor: textOrNull('Hand it in as `cursor` to go on; null: this was the last page.'),
            },
            { title: 'UserPage' },
          ),
          422: Problem,
        },
        detail: {
          operationId: 'listUsers',
          'x-role': 'admin',
          summary: 'List users by name',
          tags: ['Logins'],
        },
      },
    )
    .post(
      '',
      ({ body, request, set }) => {
        const { password: _, ...asked } = body
        return keyed.once<{ id: string }, Static<typeof UserView>>(
          { request, set },
          {
            // Without the password: of that, nothing is kept that anybody could try others against.
            body: asked,
            make: async (mark) => {
              const { id } = await addUser({ db, passwords }, body, changeOf(request), (tx, user) =>
                mark(tx, { id: user.id }),
              )
              identities.forget()
              return { id }
            },
            answer: async ({ id }) => {
              const { view, etag } = shown(await users.get(id))
              return { status: 201, headers: { location: view.links.self, etag }, view }
            },
          },
        )
      },
      {
        query: noQuery,
        parse: [jsonBody],
        body: t.Object(
          {
            name: requiredText('name', {
              max: userNameMax,
              isPrintable: true,
              description: 'To sign in with.',
            }),
            password: passwordField(),
            role: oneOf(roles, { error: `role must be one of ${roles.join(', ')}` }),
          },
          { additionalProperties: false, title: 'NewUser' },
        ),
        response: { 201: UserView, 409: Problem, 413: Problem, 415: Problem, 422: Problem, 503: Problem },
        detail: {
          ...takesKey,
          ...givesEtag,
          operationId: 'addUser',
          'x-role': 'admin',
          summary: 'Add a user',
          description:
            'Once there is a user, everybody has to sign in or show a token, on loopback too. ' +
            'Sent again under its Idempotency-Key it answers as before, with the password of the first time, whatever it says now.',
          tags: ['Logins'],
        },
      },
    )
    .get('/:id', async (context) => tagged(context, shown(await users.get(context.params.id))), {
      params,
      query: noQuery,
      response: { 200: UserView, 404: Problem, 422: Problem },
      detail: {
        ...readsEtag,
        operationId: 'getUser',
        'x-role': 'admin',
        summary: 'Show a user',
        tags: ['Logins'],
      },
    })
    .patch(
      '/:id',
      async ({ params, body, request, set }) => {
        const wanted = {
          ...(body.role !== undefined && { role: body.role }),
          ...(body.disabled !== undefined && { isDisabled: body.disabled }),
        }
        const user = await changeUser(db, params.id, wanted, changeOf(request), preconditionOf(request))
        identities.forget()
        return withEtag(set, shown(user))
      },
      {
        params,
        query: noQuery,
        parse: [jsonBody],
        body: t.Object(
          {
            role: choiceField('role', roles, 'What they may do.'),
            disabled: flagField(
              'disabled',
              'Whether they may no longer sign in; their sessions end, their tokens rest.',
            ),
          },
          { additionalProperties: false, minProperties: 1, title: 'UserChange' },
        ),
        response: { 200: UserView, 404: Problem, 409: Problem, 413: Problem, 415: Problem, 422: Problem },
        detail: {
          ...checksEtag,
          operationId: 'changeUser',
          'x-role': 'admin',
          summary: 'Change what a user may do',
          description: 'What is not named stays as it is. The last administrator stays one.',
          tags: ['Logins'],
        },
      },
    )
    .post(
      '/:id/password',
      async ({ params, body, request }) => {
        const change = changeOf(request)
        if (change.actor.id === params.id)
          throw new ConflictError(
            'own_password',
            'You change your own password with the current one: POST /api/v1/password.',
          )
        const options = { password: body.password, keptSession: null }
        await setPassword({ db, passwords }, params.id, options, change)
        const user = await users.get(params.id)
        identities.forget()
        return userView(user)
      },
      {
        params,
        query: noQuery,
        parse: [jsonBody],
        body: t.Object({ password: passwordField() }, { additionalProperties: false, title: 'NewPassword' }),
        response: {
          200: UserView,
          404: Problem,
          409: Problem,
          413: Problem,
          415: Problem,
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'setPassword',
          'x-role': 'admin',
          summary: 'Give a user another password',
          description: 'All their sessions end, and what others have tried in their name is forgotten.',
          tags: ['Logins'],
        },
      },
    )
    .delete(
      '/:id',
      async ({ params, request }) => {
        await deleteUser(db, params.id, changeOf(request), preconditionOf(request))
        identities.forget()
        return { id: params.id }
      },
      {
        params,
        query: noQuery,
        parse: 'none',
        response: {
          200: t.Object({ id: t.String() }, { title: 'UserDeletion' }),
          404: Problem,
          409: Problem,
          422: Problem,
        },
        detail: {
          ...endsEtag,
          operationId: 'deleteUser',
          'x-role': 'admin',
          summary: 'Delete a user',
          description: 'With their sessions and tokens. What they did stays in the audit log.',
          tags: ['Logins'],
        },
      },
    )
}

function shown(user: User) {
  const view = userView(user)
  return { view, etag: etagOf(userState(user), view) }
}

function userView(user: User) {
  const self = `/api/v1/users/${user.id}`
  return {
    id: user.id,
    name: user.name,
    role: user.role,
    disabled_at: user.disabledAt?.toISOString() ?? null,
    last_sign_in_at: user.lastSignInAt?.toISOString() ?? null,
    password_changed_at: user.passwordChangedAt.toISOString(),
    created_at: user.createdAt.toISOString(),
    links: { self, tokens: `/api/v1/tokens?user_id=${user.id}` },
  }
}
