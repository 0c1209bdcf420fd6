import type { Who } from '../auth/who.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Clock } from '../lib/clock.ts'
import { ConflictError, InvalidError, UnavailableError } from '../lib/errors.ts'
import type { Sealer } from '../lib/seal.ts'

/** How long a key is known. */
export const keyHours = 24
/** When whoever is at a request has not been heard of for so long, another one may take it over. */
const silenceMs = 60_000
const purpose = 'request'
/** Longest answer that is kept; ours are a page of JSON at most. */
const bodyCharactersMax = 1024 * 1024
/** Printable ASCII: what a header carries everywhere. */
const keyPattern = /^[\x21-\x7e]{1,255}$/

/** What a request made, as it is needed to show it again: an id, as JSON. */
type Made = Record<string, unknown>

export interface KeyedWork<What extends Made, View> {
  /** What was asked for besides method and address: the body as JSON, or its hash. */
  body: unknown
  /**
   * Makes what is asked for. It calls `mark` inside the transaction that does: what was made and that it was made
   * are then one, and a second request never makes it again, whatever becomes of the first.
   */
  make(mark: (tx: Tx, made: What) => Promise<void>): Promise<What>
  /** Shows what was made. */
  answer(made: What): Promise<KeyedAnswer<View>>
  /** The answer shows what is told once only: it is not kept, and a repeated request sees it as `answerAgain` says. */
  answerAgain?(made: What): Promise<KeyedAnswer<View>>
}

export interface KeyedAnswer<View> {
  status: 200 | 201 | 202
  /** Such as Location, in lower case. */
  headers: Record<string, string>
  view: View
}

interface Context {
  request: Request
  set: { status?: number | string; headers: Record<string, string | number> }
}

/** Requests that may be sent twice and are carried out once, by a header `Idempotency-Key`. */
export interface Idempotency {
  /**
   * Carries a request out unless it has been under its key; without a key it just does.
   * @throws ConflictError `request_taken_over`; UnavailableError `request_under_way` (409); InvalidError
   *   `idempotency_key_reused`, `invalid_idempotency_key`
   */
  once<What extends Made, View>(context: Context, work: KeyedWork<What, View>): Promise<View>
}

/** For `detail` of a route that uses `once`. */
export const takesKey = { 'x-idempotent': true } as const

/**
 * A row for each key, by whoever uses it:
 *
 *   under way (nobody knows what comes of it) → made (with the transaction that made it) → answered
 *     ↓ it failed, and made nothing: the row goes, and the key is free
 *     ↓ nothing was heard of it for a minute: the next request takes it over, and what the first would
 *       still make is rolled back, because its mark no longer holds
 *
 * Whatever was made but not answered is shown by the next request. `created_at` is when the request was taken on,
 * different for each that takes it, and so says whose the row is.
 */
export function openIdempotency({
  db,
  clock,
  who,
  sealer,
}: {
  db: Database
  clock: Clock
  who: Who
  sealer: Pick<Sealer, 'mark' | 'isMarked'>
}): Idempotency {
  const json =
    db.engine === 'postgres' ? (place: string) => `${place}::text::jsonb` : (place: string) => place

  async function once<What extends Made, View>(
    { request, set }: Context,
    work: KeyedWork<What, View>,
  ): Promise<View> {
    const key = request.headers.get('idempotency-key')
    if (key === null) return shown(set, await work.answer(await work.make(async () => {})))
    if (!keyPattern.test(key))
      throw new InvalidError(
        'invalid_idempotency_key',
        'Idempotency-Key takes 1 to 255 printable ASCII characters without spaces, such as a UUID.',
      )
    const actor = who.of(request)
    const id: RowId = [actor.id ?? `${actor.kind}/${actor.name}`, key]
    const taken = await take(id, requestText(request, work.body))
    if ('answered' in taken) return repeated(taken.answered)
    // Whoever asked this for the first time made it, and did not get to the answer.
    if ('made' in taken)
      return finish(set, { id, at: taken.at, made: taken.made as What, work, isAgain: true })
    const { at } = taken
    let made: What
    try {
      made = await work.make((tx, what) => mark(tx, { id, at, what }))
    } catch (error) {
      // Nothing was made, unless the mark was set: that stays, and is shown next time.
      await db.run(
        `delete from idempotency_keys
         where actor = $1 and key = $2 and created_at = $3 and status is null and headers is null`,
        [...id, at],
      )
      throw error
    }
    return finish(set, { id, at, made, work, isAgain: false })
  }

  type Taken = { at: Date } | { at: Date; made: Made } | { answered: Answered }

  /** Takes a request on, unless somebody has. */
  async function take(id: RowId, asked: string): Promise<Taken> {
    return db.tx(async (tx) => {
      const now = clock.now()
      await tx.run('delete from idempotency_keys where actor = $1 and key = $2 and created_at < $3', [
        ...id,
        new Date(now.getTime() - keyHours * 60 * 60 * 1000),
      ])
      const added = await tx.run(
        `insert into idempotency_keys (actor, key, request_hash, created_at) values ($1, $2, $3, $4)
         on conflict do nothing`,
        [...id, sealer.mark(asked, purpose), now],
      )
      if (added === 1) return { at: now }
      const [row] = await tx.all<Row>(
        `select request_hash, status, headers, body, created_at from idempotency_keys
         where actor = $1 and key = $2 ${db.engine === 'postgres' ? 'for update' : ''}`,
        id,
      )
      // Whoever had it has failed between the two statements.
      if (row === undefined) throw underWay()
      if (!sealer.isMarked(row.request_hash, asked, purpose))
        throw new InvalidError(
          'idempotency_key_reused',
          'Another request was sent under this Idempotency-Key; take a new key for each request.',
        )
      const told = toldIn(row.headers)
      if (row.status !== null)
        return { answered: { status: row.status, headers: told.headers ?? {}, body: row.body ?? '' } }
      const at = new Date(row.created_at)
      if (told.made !== undefined) return { at, made: told.made }
      if (now.getTime() - at.getTime() < silenceMs) throw underWay()
      await tx.run('update idempotency_keys set created_at = $3 where actor = $1 and key = $2', [...id, now])
      return { at: now }
    })
  }

  async function mark(tx: Tx, { id, at, what }: { id: RowId; at: Date; what: Made }): Promise<void> {
    const marked = await tx.run(
      `update idempotency_keys set headers = ${json('$4')}
       where actor = $1 and key = $2 and created_at = $3 and status is null`,
      [...id, at, JSON.stringify({ made: what } satisfies Told)],
    )
    if (marked === 1) return
    throw new ConflictError(
      'request_taken_over',
      'This took so long that the same request, sent again, has taken it over; nothing was done here.',
    )
  }

  async function finish<What extends Made, View>(
    set: Context['set'],
    done: { id: RowId; at: Date; made: What; work: KeyedWork<What, View>; isAgain: boolean },
  ): Promise<View> {
    const { id, at, made, work, isAgain } = done
    if (work.answerAgain !== undefined)
      return shown(set, await (isAgain ? work.answerAgain(made) : work.answer(made)))
    const answer = await work.answer(made)
    const body = JSON.stringify(answer.view)
    // One that is too long is shown anew each time.
    if (body.length <= bodyCharactersMax)
      await db.run(
        `update idempotency_keys set status = $4, headers = ${json('$5')}, body = $6
         where actor = $1 and key = $2 and created_at = $3 and status is null`,
        [...id, at, answer.status, JSON.stringify({ headers: answer.headers } satisfies Told), body],
      )
    if (isAgain) set.headers['idempotency-replayed'] = 'true'
    return shown(set, answer)
  }

  return { once }
}

type RowId = [actor: string, key: string]

interface Row {
  request_hash: string
  status: number | null
  /** JSON text on SQLite, a value on PostgreSQL. */
  headers: string | Told | null
  body: string | null
  created_at: number | string
}

/** What the column `headers` holds: what was made, and then the headers of the answer. */
interface Told {
  made?: Made
  headers?: Record<string, string>
}

interface Answered {
  status: number
  headers: Record<string, string>
  body: string
}

/** Nobody else writes it. */
const toldIn = (stored: string | Told | null): Told =>
  stored === null ? {} : typeof stored === 'string' ? JSON.parse(stored) : stored

function shown<View>(set: Context['set'], { status, headers, view }: KeyedAnswer<View>): View {
  set.status = status
  Object.assign(set.headers, headers)
  return view
}

function repeated<View>({ status, headers, body }: Answered): View {
  // Elysia takes a Response from every handler, but has no type for one that gives this or that.
  return new Response(body, {
    status,
    headers: { ...headers, 'content-type': 'application/json;charset=utf-8', 'idempotency-replayed': 'true' },
  }) as View
}

const underWay = () =>
  new UnavailableError(
    'request_under_way',
    'The same request is being carried out; ask again in a moment, and its answer will be here.',
    { retryAfterMs: 1000 },
  )

/** What has to be the same: method, address and body. It may hold passwords, so only a mark of it is kept. */
function requestText({ method, url }: Request, body: unknown): string {
  const { pathname, search } = new URL(url)
  return JSON.stringify([method, pathname, search, body ?? null])
}
