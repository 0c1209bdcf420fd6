import { Elysia } from 'elysia'
import { cursorField, idField, limitField, noQuery, requiredText } from '../http/fields.ts'
import { jsonBody } from '../http/json-body.ts'
import { decodeCursor, encodeCursor, instantInCursor } from '../lib/cursor.ts'
import { ForbiddenError, NotFoundError } from '../lib/errors.ts'
import { Problem } from '../lib/problem.ts'
import { oneOf, secretText, t, textOrNull } from '../lib/schema.ts'
import type { Logins } from './logins.ts'
import { type Actor, actorKinds, roles, userNameMax } from './model.ts'
import { passwordMax } from './password-rules.ts'
import { noSessionCookie, sessionCookie } from './session-cookie.ts'
import { type SessionRow, sessionStore } from './session-store.ts'
import { type BegunSession, endSessions, signIn, tellFailure, verified } from './sessions.ts'
import { setUp, setupState } from './setup.ts'
import { countAttempt, forgiveAttempt } from './sign-in-limit.ts'
import { userStore } from './user-store.ts'
import { setPassword } from './users.ts'
import type { Session, Who } from './who.ts'

const IdentityView = t.Object(
  {
    kind: oneOf(actorKinds, { description: 'A person who signed in, or a program with a token.' }),
    name: t.String({
      description: "The user's; `API`: the token of the settings, or nobody had to show anything.",
    }),
    role: oneOf(roles, { description: 'What may be done: a token may do less than its user.' }),
    user_id: textOrNull('Null: no user is behind it.'),
    token_id: textOrNull('The API token that was shown; null: none was.'),
    session_id: textOrNull('The session of the cookie that was sent; null: none was.'),
    csrf_token: textOrNull(
      'For a session: to be sent as X-Tallyman-CSRF with every request that may change something.',
    ),
  },
  { title: 'Identity' },
)

const SessionView = t.Object(
  {
    id: t.String(),
    address: textOrNull('Where it was begun; null: that could not be told.'),
    user_agent: textOrNull('With what, by its own word.'),
    created_at: t.String({ format: 'date-time' }),
    last_seen_at: t.String({ format: 'date-time', description: 'To about five minutes.' }),
    expires_at: t.String({ format: 'date-time', description: 'When it ends in any case.' }),
    is_current: t.Boolean({ description: 'Whether it is the one that asks.' }),
  },
  { title: 'Session' },
)

const Ended = t.Object(
  { ended: t.Integer({ minimum: 0, description: 'Sessions that were ended.' }) },
  { title: 'EndedSessions' },
)

const SetupView = t.Object(
  {
    has_users: t.Boolean({ description: 'Whether there is anybody who can sign in.' }),
    is_offered: t.Boolean({
      description: 'Whether the service has shown a token on its console with which the first is made.',
    }),
  },
  { title: 'SetupState' },
)

const nameField = () =>
  requiredText('name', { max: userNameMax, isPrintable: true, description: 'Case does not matter.' })
/** What is no password by its length is said by the rules, not here: a wrong one must not be told apart. */
const passwordField = (name: string, description: string) =>
  secretText({
    maxLength: passwordMax * 4,
    description,
    error: `${name} must be a text of 1 to ${passwordMax * 4} characters`,
  })

/** Signing in and out, and what is everybody's own. */
export function sessionRoutes(logins: Logins, who: Who) {
  const { db, clock, identities, passwords, limits } = logins
  const from = (request: Request) => ({ ...who.origin(request), now: clock.now() })
  const begun = (request: Request, { user, session, secret }: BegunSession) => {
    identities.forget()
    const actor: Actor = {
      kind: 'user',
      id: user.id,
      name: user.name,
      role: user.role,
      tokenId: null,
      address: null,
    }
    const { isSecure } = who.origin(request)
    return {
      view: identityView(actor, session),
      cookie: sessionCookie(secret, { isSecure, ageMs: limits.ageMs }),
    }
  }

  return new Elysia({ prefix: '/api/v1' })
    .post(
      '/session',
      async ({ body, request, set }) => {
        const { view, cookie } = begun(request, await signIn(logins, body, from(request)))
        set.headers['set-cookie'] = cookie
        return view
      },
      {
        query: noQuery,
        parse: [jsonBody],
        body: t.Object(
          { name: nameField(), password: passwordField('password', 'As it was chosen.') },
          { additionalProperties: false, title: 'SignIn' },
        ),
        response: {
          200: IdentityView,
          401: Problem,
          403: Problem,
          413: Problem,
          415: Problem,
          422: Problem,
          429: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'signIn',
          'x-cookie': 'always',
          'x-role': 'none',
          summary: 'Sign in',
          description:
            'The answer sets a cookie that scripts cannot read. Too many wrong passwords for an account or from an address have to wait: 429 says how long.',
          tags: ['Logins'],
          security: [],
        },
      },
    )
    .get('/session', ({ request }) => identityView(who.of(request), who.session(request)), {
      query: noQuery,
      response: { 200: IdentityView },
      detail: {
        operationId: 'getIdentity',
        'x-role': 'viewer',
        summary: 'Show who you are',
        tags: ['Logins'],
      },
    })
    .delete(
      '/session',
      async ({ request, set }) => {
        const session = who.session(request)
        if (session === null) throw noSession()
        const actor = who.of(request)
        const ended = await endSessions(db, userOf(actor), { id: session.id }, { actor, at: clock.now() })
        identities.forget()
        set.headers['set-cookie'] = noSessionCookie(who.origin(request).isSecure)
        return { ended }
      },
      {
        query: noQuery,
        parse: 'none',
        response: { 200: Ended, 403: Problem },
        detail: {
          operationId: 'signOut',
          'x-cookie': 'always',
          'x-role': 'viewer',
          summary: 'Sign out',
          tags: ['Logins'],
        },
      },
    )
    .get(
      '/sessions',
      async ({ query, request }) => {
        const current = who.session(request)?.id ?? null
        const { id } = userOf(who.of(request))
        const limit = query.limit ?? 50
        const now = clock.now()
        const found = await sessionStore(db).alive(
          { userId: id, now, seenAfter: new Date(now.getTime() - limits.silenceMs) },
          { limit: limit + 1, after: query.cursor === undefined ? null : sessionIn(query.cursor) },
        )
        const page = found.slice(0, limit)
        const last = page.at(-1)
        return {
          sessions: page.map((session) => sessionView(session, current)),
          next_cursor:
            found.length > limit && last !== undefined
              ? encodeCursor([last.createdAt.getTime(), last.id])
              : null,
        }
      },
      {
        query: t.Object(
          { limit: limitField({ max: 100, default: 50 }), cursor: cursorField() },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            {
              sessions: t.Array(SessionView),
              next_cursor: textOrNull('Hand it in as `cursor` to go on; null: this was the last page.'),
            },
            { title: 'SessionPage' },
          ),
          403: Problem,
          422: Problem,
        },
        detail: {
          operationId: 'listSessions',
          'x-role': 'viewer',
          summary: 'List your sessions, newest first',
          description: 'There are at most 100: one more ends the oldest.',
          tags: ['Logins'],
        },
      },
    )
    .delete(
      '/sessions',
      async ({ request, set }) => {
        const actor = who.of(request)
        const ended = await endSessions(db, userOf(actor), 'all', { actor, at: clock.now() })
        identities.forget()
        if (who.session(request) !== null)
          set.headers['set-cookie'] = noSessionCookie(who.origin(request).isSecure)
        return { ended }
      },
      {
        query: noQuery,
        parse: 'none',
        response: { 200: Ended, 403: Problem },
        detail: {
          operationId: 'signOutEverywhere',
          'x-cookie': 'sometimes',
          'x-role': 'viewer',
          summary: 'Sign out everywhere',
          description: 'This session ends too. API tokens stay.',
          tags: ['Logins'],
        },
      },
    )
    .delete(
      '/sessions/:id',
      async ({ params, request }) => {
        const actor = who.of(request)
        const ended = await endSessions(db, userOf(actor), { id: params.id }, { actor, at: clock.now() })
        if (ended === 0) throw new NotFoundError('unknown_session', `You have no session ${params.id}.`)
        identities.forget()
        return { ended }
      },
      {
        params: t.Object({ id: idField('a session') }),
        query: noQuery,
        parse: 'none',
        response: { 200: Ended, 403: Problem, 404: Problem, 422: Problem },
        detail: {
          operationId: 'endSession',
          'x-role': 'viewer',
          summary: 'End a session of yours',
          tags: ['Logins'],
        },
      },
    )
    .post(
      '/password',
      async ({ body, request }) => {
        const actor = who.of(request)
        const session = who.session(request)
        if (session === null) throw noSession()
        const user = await userStore(db).get(userOf(actor).id)
        // Whoever found an open session may guess no more than whoever signs in.
        const attempted = { nameKey: user.nameKey, userId: user.id, ...from(request) }
        const attempt = await countAttempt(db, attempted)
        if (!(await verified({ db, passwords }, attempt, body.current_password, user.passwordHash))) {
          await tellFailure(db, 'password.refuse', { user, attempt, attempted, actor })
          throw new ForbiddenError('wrong_password', 'The current password is another one.')
        }
        await db.tx((tx) => forgiveAttempt(db, tx, attempt, attempted))
        await setPassword(
          { db, passwords },
          user.id,
          { password: body.new_password, keptSession: session.id, expectedHash: user.passwordHash },
          { actor, at: clock.now() },
        )
        identities.forget()
        return identityView(actor, session)
      },
      {
        query: noQuery,
        parse: [jsonBody],
        body: t.Object(
          {
            current_password: passwordField('current_password', 'The one until now.'),
            new_password: passwordField(
              'new_password',
              '12 to 256 characters, none that anybody would try first.',
            ),
          },
          { additionalProperties: false, title: 'PasswordChange' },
        ),
        response: {
          200: IdentityView,
          403: Problem,
          409: Problem,
          413: Problem,
          415: Problem,
          422: Problem,
          429: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'changePassword',
          'x-role': 'viewer',
          summary: 'Change your password',
          description: 'Your other sessions end; API tokens stay.',
          tags: ['Logins'],
        },
      },
    )
    .get('/setup', () => setupState(db, clock.now()), {
      query: noQuery,
      response: { 200: SetupView },
      detail: {
        operationId: 'getSetup',
        'x-role': 'none',
        summary: 'Tell whether the first administrator is still to be made',
        description: 'So that whoever comes first is shown where to begin.',
        tags: ['Logins'],
        security: [],
      },
    })
    .post(
      '/setup',
      async ({ body, request, set }) => {
        const { view, cookie } = begun(request, await setUp(logins, body, from(request)))
        set.status = 201
        set.headers['set-cookie'] = cookie
        set.headers.location = `/api/v1/users/${view.user_id}`
        return view
      },
      {
        query: noQuery,
        parse: [jsonBody],
        body: t.Object(
          {
            token: secretText({ maxLength: 200, description: 'What the service showed on its console.' }),
            name: nameField(),
            password: passwordField('password', '12 to 256 characters, none that anybody would try first.'),
          },
          { additionalProperties: false, title: 'Setup' },
        ),
        response: {
          201: IdentityView,
          403: Problem,
          409: Problem,
          413: Problem,
          415: Problem,
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'setUp',
          'x-cookie': 'always',
          'x-role': 'none',
          summary: 'Make the first administrator',
          description:
            'With the token that the service shows on its console while there is no user. It works once.',
          tags: ['Logins'],
          security: [],
        },
      },
    )
}

function identityView(actor: Actor, session: Session | null) {
  return {
    kind: actor.kind,
    name: actor.name,
    role: actor.role,
    user_id: actor.id,
    token_id: actor.tokenId,
    session_id: session?.id ?? null,
    csrf_token: session?.csrf ?? null,
  }
}

function sessionView(session: SessionRow, current: string | null) {
  return {
    id: session.id,
    address: session.address,
    user_agent: session.userAgent,
    created_at: session.createdAt.toISOString(),
    last_seen_at: session.lastSeenAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
    is_current: session.id === current,
  }
}

/** @throws InvalidError `invalid_cursor` */
function sessionIn(cursor: string): { createdAt: Date; id: string } {
  const [ms, id] = decodeCursor(cursor, ['integer', 'string'])
  return { createdAt: instantInCursor(ms), id }
}

/** @throws ForbiddenError `no_user`, `token_not_allowed` */
function userOf({ id, name, kind }: Actor): { id: string; name: string } {
  if (id === null)
    throw new ForbiddenError('no_user', 'This is for users, and no user is behind this request: sign in.')
  if (kind !== 'user')
    throw new ForbiddenError('token_not_allowed', 'This is for people: sign in with name and password.')
  return { id, name }
}

const noSession = () =>
  new ForbiddenError('no_session', 'This is for people who signed in, and no cookie of a session was sent.')
