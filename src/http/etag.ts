import { createHash } from 'node:crypto'
import { ConflictError } from '../lib/errors.ts'

/**
 * Entity tags, so that nobody overwrites what somebody else has changed meanwhile, and nobody is sent again what they
 * have.
 *
 * A tag has two halves, `"STATE.SHOWN"`: the state is what people edit, and all that If-Match looks at, inside the
 * transaction that makes the change; what is shown besides, such as counts, moves by itself, would have every edit
 * refused, and is looked at by If-None-Match only. Without If-Match an edit goes ahead: a change names the fields
 * that it sets and leaves the others alone, so that two people who change different ones are not in each other's way.
 */
export type Etag = `"${string}"`

/**
 * The tag of one thing. Its halves depend on values alone, not on the process or the engine.
 * @param state what people edit, as JSON
 * @param shown all that is shown; left out: the state is
 */
export function etagOf(state: unknown, shown?: unknown): Etag {
  return shown === undefined ? `"${digest(state)}"` : `"${digest(state)}.${digest(shown)}"`
}

/** One thing as it is shown, with its tag. */
export interface Tagged<View> {
  view: View
  etag: Etag
}

interface Settable {
  headers: Record<string, string | number>
}

/** Answers a GET. @returns the view, or a 304 when the asker has just that */
export function tagged<View>(
  { request, set }: { request: Request; set: Settable },
  found: Tagged<View>,
): View {
  if (!isKnown(request, found.etag)) return withEtag(set, found)
  // Elysia takes a Response from every handler, but has no type for one that gives this or that.
  return new Response(null, { status: 304, headers: { etag: found.etag } }) as View
}

/** Answers a change, so that whoever made it can make another one. */
export function withEtag<View>(set: Settable, { view, etag }: Tagged<View>): View {
  set.headers.etag = etag
  return view
}

/** What must still be so for a change to be made. */
export interface Precondition {
  /**
   * To be called inside the transaction that makes the change, when nobody else can change the thing any more.
   * @param state as for `etagOf`; read there only if it is asked for
   * @throws ConflictError `precondition_failed` (412) when it is not what the asker has seen
   */
  hold(state: () => unknown): Promise<void>
}

/** Whoever asks has seen nothing, or does not mind. */
export const noPrecondition: Precondition = { hold: async () => {} }

/** What a request demands by If-Match. */
export function preconditionOf(request: Request): Precondition {
  const header = request.headers.get('if-match')
  // "*" demands that there is one, and whoever changes nothing that is there has said so already.
  if (header === null || header.trim() === '*') return noPrecondition
  // Weak tags (W/"…") are no proof that it is the same.
  const states = tagsIn(header).flatMap(({ tag, isWeak }) => (isWeak ? [] : [tag.slice(1, -1).split('.')[0]]))
  return {
    async hold(state) {
      if (states.includes(digest(await state()))) return
      throw new ConflictError(
        'precondition_failed',
        'It is no longer what If-Match says: somebody has changed it. Read it again, and change it as it is now.',
      )
    },
  }
}

/** For `detail` of a route that shows one thing with its tag. */
export const readsEtag = { 'x-etag': 'read' } as const
/** For `detail` of a route that changes one thing and looks at If-Match. */
export const checksEtag = { 'x-etag': 'edit' } as const
/** For `detail` of a route that makes something or brings it back, and gives its tag. */
export const givesEtag = { 'x-etag': 'made' } as const
/** As `checksEtag` where nothing is left that could have a tag. */
export const endsEtag = { 'x-etag': 'end' } as const

/**
 * Whether a request says by If-None-Match that it has just that. A weak tag does here (RFC 9110, 13.1.2): a proxy that
 * packs an answer makes its tag one.
 */
function isKnown({ headers }: Request, etag: string): boolean {
  const known = headers.get('if-none-match')
  return known !== null && (known.trim() === '*' || tagsIn(known).some(({ tag }) => tag === etag))
}

/** The tags of a list of them, with their quotation marks. */
function tagsIn(header: string): { tag: string; isWeak: boolean }[] {
  return [...header.matchAll(/(W\/)?("[^"]*")/g)].flatMap(([, weak, tag]) =>
    tag === undefined ? [] : [{ tag, isWeak: weak !== undefined }],
  )
}

/** The same for the same value, in whatever order its fields stand. */
function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)) ?? '')
    .digest('base64url')
    .slice(0, 22)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Date) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]))
}
