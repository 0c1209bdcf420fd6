import { newSecret } from '../../../src/auth/secret-token.ts'
import { type SlowReader, slowReader } from '../../helpers/slow-reader.ts'
import { until } from '../../helpers/until.ts'
import type { Place } from '../../helpers/witness.ts'
import { cases, send, type Way } from './cases.ts'
import { exportIds, knownAddress, successes } from './successes.ts'
import type { Asked, World } from './world.ts'

/**
 * The way to an answer: the operation's own, or the one that leads there for every operation that says the status.
 * Null: nobody knows any, and so the document should not speak of it.
 */
export function wayTo(place: Place, status: number): Way | null {
  const own = cases[place.operation.operationId]?.[status]
  if (own !== undefined) return own
  return status >= 200 && status < 300 ? successOf(place) : (common[status]?.(place) ?? null)
}

const bodyMax = 70_000
const evil = 'evil.example'

/** By status; null: not for this operation. */
const common: Record<number, (place: Place) => Way | null> = {
  304: (place) => async (world) => {
    const asked = await askedOf(place, world)
    const etag = (await send(world, place.method, asked)).headers.get('etag') ?? ''
    return { ...asked, headers: { 'if-none-match': etag } }
  },
  400: (place) => () => ({ path: unknownAddress(place), headers: { host: evil } }),
  401: (place) => (place.operation.security ? null : () => ({ path: unknownAddress(place), as: {} })),
  403: (place) => {
    const path = unknownAddress(place)
    const role = place.operation['x-role']
    if (role !== 'viewer' && role !== 'none') return ({ viewer }) => ({ path, as: viewer.bearer })
    return place.method === 'GET' ? null : () => ({ path, headers: { origin: `https://${evil}` } })
  },
  404: (place) => {
    if (!place.template.includes('{')) return null
    // All is right but the name.
    return async (world) => {
      const asked = await askedOf(place, world)
      const query = asked.path.includes('?') ? asked.path.slice(asked.path.indexOf('?')) : ''
      return { ...asked, path: unknownAddress(place) + query }
    }
  },
  412: (place) => async (world) => ({
    ...(await askedOf(place, world)),
    headers: { 'if-match': '"of another time"' },
  }),
  413: (place) => () => ({ path: unknownAddress(place), json: { name: 'x'.repeat(bodyMax) } }),
  415: (place) => () => ({
    path: unknownAddress(place),
    raw: '{}',
    headers: { 'content-type': 'text/plain' },
  }),
  422: (place) => () => ({
    path: `${unknownAddress(place)}?nonsense=1`,
    ...(place.operation.requestBody?.content['application/json'] && { json: {} }),
  }),
  429: (place) => (exportIds.has(place.operation.operationId) ? (world) => thirdExport(place, world) : null),
  500: (place) => async (world) => stranger(place, world, await world.broken()),
  503: (place) => async (world) => stranger(place, world, await world.forsaken()),
}

/** Somebody of whom nothing is remembered, so that the database has to be asked who that is. */
async function stranger(place: Place, world: World, at: Asked['at'] & object): Promise<Asked> {
  const isOpen = place.operation.security !== undefined
  // Who need not be known is looked for when the request is otherwise right.
  const asked = isOpen ? await askedOf(place, world) : { path: unknownAddress(place) }
  return { ...asked, as: isOpen ? {} : { authorization: `Bearer ${newSecret('token')}` }, at }
}

/** What is asked for while two exports of the same person are under way. */
async function thirdExport(place: Place, world: World): Promise<Response> {
  const { service, admin } = await world.full()
  const long = '/api/v1/exports/items?format=ndjson'
  const held: SlowReader[] = []
  const letGo = () => {
    for (const reader of held.splice(0)) reader[Symbol.dispose]()
  }
  try {
    return await until(async () => {
      if (held.length < 2) {
        const reader = slowReader(service.port, long, admin.bearer)
        held.push(reader)
        // Those before have not yet made room for this one.
        if (!(await reader.head).includes(' 200 ')) held.pop()![Symbol.dispose]()
        return null
      }
      const answer = await send(world, place.method, {
        path: unknownAddress(place),
        as: admin.bearer,
        at: service,
      })
      if (answer.status === 429) return answer
      // The kernel has taken all of one of them.
      letGo()
      return null
    })
  } finally {
    letGo()
  }
}

function successOf(place: Place): Way | null {
  const { operationId } = place.operation
  const own = successes[operationId]
  if (own !== undefined) return own
  return place.method === 'GET' || exportIds.has(operationId)
    ? (world) => ({ path: knownAddress(place.template, world) })
    : null
}

async function askedOf(place: Place, world: World): Promise<Asked> {
  const asked = await successOf(place)?.(world)
  if (asked === undefined || asked instanceof Response)
    throw new Error(`Nobody knows how ${place.operation.operationId} is asked for.`)
  return asked
}

/** The operation's address, with names that nothing has. */
const unknownAddress = ({ template }: Pick<Place, 'template'>): string =>
  template.replace('{sha256}', 'e'.repeat(64)).replace(/\{\w+\}/, '999999999')
