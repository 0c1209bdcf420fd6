import { previewBytesMax } from '../../../src/trials/preview-file.ts'
import { goodPassword } from '../../helpers/logins.ts'
import { openUrl } from '../../helpers/open-database.ts'
import { type RawConnection, rawConnection } from '../../helpers/raw-request.ts'
import { slowReader } from '../../helpers/slow-reader.ts'
import { until } from '../../helpers/until.ts'
import { successes } from './successes.ts'
import { type Asked, fileBytesMax, folder, type World } from './world.ts'

/** A way to an answer: what to ask for, or the answer itself where it takes more than one request. */
export type Way = (world: World) => Asked | Response | Promise<Asked | Response>

/** Ways that one operation has of its own, by its id and status. */
export const cases: Record<string, Record<number, Way>> = {
  isReady: { 409: outdated('/readyz'), 500: unreadable('/readyz') },
  isHealthy: { 409: outdated('/health'), 500: unreadable('/health') },
  uploadFile: {
    408: dripping('/api/v1/uploads?supplier=Slow'),
    409: underWay,
    413: () => ({ path: '/api/v1/uploads?supplier=Large', raw: 'x'.repeat(fileBytesMax + 1) }),
    415: () => ({
      path: '/api/v1/uploads?supplier=Form',
      raw: 'a=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
    429: crowded,
  },
  previewUpload: {
    408: dripping('/api/v1/uploads/preview'),
    413: () => ({ path: '/api/v1/uploads/preview', raw: 'x'.repeat(previewBytesMax + 1) }),
  },
  followEvents: { 429: listened(() => '/api/v1/events') },
  followJobs: { 429: listened(() => '/api/v1/jobs/events') },
  followJob: { 429: listened(({ known }) => `/api/v1/jobs/${known.job}/events`) },
  approveImport: { 409: ({ known }) => ({ path: `/api/v1/imports/${known.import}/approve` }) },
  correctImport: {
    409: ({ known }) => ({ path: `/api/v1/imports/${known.import}/correct`, json: { decimal: 'dot' } }),
  },
  previewImport: {
    409: ({ known }) => ({ path: `/api/v1/imports/${known.import}/preview`, json: { decimal: 'dot' } }),
  },
  discardImport: { 409: ({ known }) => ({ path: `/api/v1/imports/${known.import}/discard` }) },
  retryJob: { 409: ({ known }) => ({ path: `/api/v1/jobs/${known.job}/retry` }) },
  retryJobAsAdmin: { 409: ({ known }) => ({ path: `/api/v1/admin/jobs/${known.job}/retry` }) },
  discardJob: { 409: ({ known }) => ({ path: `/api/v1/jobs/${known.job}/discard` }) },
  cancelJob: { 409: ({ known }) => ({ path: `/api/v1/jobs/${known.job}/cancel` }) },
  triggerIngestion: {
    404: () => ({ path: '/api/v1/ingestion/trigger', json: { sources: ['Nobody/nothing'] } }),
    409: async (world) => {
      const { supplier, name } = await world.source()
      const source = { supplier, name, kind: 'local', config: { path: `${folder}/elsewhere` } }
      return { path: '/api/v1/ingestion/trigger', json: { source } }
    },
  },
  addSource: {
    409: async (world) => {
      const { supplier, name } = await world.source()
      return { path: '/api/v1/sources', json: { supplier, name, kind: 'local', config: { path: folder } } }
    },
  },
  changeSource: {
    409: async (world) => {
      const { id, supplier } = await world.source()
      const taken = { supplier, name: 'taken', kind: 'local', config: { path: folder } }
      await world.made('POST', '/sources', taken)
      return { path: `/api/v1/sources/${id}`, json: { name: 'taken' } }
    },
  },
  deleteSource: { 409: ({ known }) => ({ path: `/api/v1/sources/${known.source}` }) },
  triggerSource: {
    409: async (world) => ({ path: `/api/v1/sources/${(await pausedSource(world)).id}/trigger` }),
  },
  changeItem: {
    409: async (world) => ({ path: `/api/v1/items/${await leavingItem(world)}`, json: { name: 'Late' } }),
  },
  deleteItem: { 409: async (world) => ({ path: `/api/v1/items/${await leavingItem(world)}` }) },
  restoreItem: { 409: ({ known }) => ({ path: `/api/v1/items/${known.item}/restore` }) },
  addSupplier: {
    409: async (world) => ({ path: '/api/v1/suppliers', json: { name: (await world.item()).supplierName } }),
  },
  changeSupplier: {
    409: async (world) => ({
      path: `/api/v1/suppliers/${world.known.supplier}`,
      json: { name: (await world.item()).supplierName },
    }),
  },
  deleteSupplier: { 409: ({ known }) => ({ path: `/api/v1/suppliers/${known.supplier}?name=Other` }) },
  downloadRejects: { 429: downloadedTwice },
  downloadArchived: {
    206: ({ known }) => ({
      path: `/api/v1/archive/${known.sha256}/content`,
      headers: { range: 'bytes=2-5' },
    }),
    416: ({ known }) => ({
      path: `/api/v1/archive/${known.sha256}/content`,
      headers: { range: 'bytes=900000-' },
    }),
  },
  replayArchived: {
    409: async (world) => {
      const { sha256, supplierName } = await world.item()
      const json = { supplier: supplierName }
      await world.made('POST', `/archive/${sha256}/replay`, json)
      return { path: `/api/v1/archive/${sha256}/replay`, json }
    },
  },
  signIn: {
    401: () => ({ path: '/api/v1/session', json: { name: 'Nobody', password: goodPassword }, as: {} }),
    429: guessedName,
  },
  // A token has no sessions.
  listSessions: { 403: () => ({ path: '/api/v1/sessions' }) },
  changePassword: { 409: changedTwice, 429: guessed },
  setUp: {
    409: (world) => ({
      path: '/api/v1/setup',
      json: { token: 'tlm_setup_x', name: world.name(), password: goodPassword },
      as: {},
    }),
  },
  addUser: {
    409: ({ viewer }) => ({
      path: '/api/v1/users',
      json: { name: viewer.user.name, password: goodPassword, role: 'viewer' },
    }),
  },
  // The only administrator.
  changeUser: { 409: ({ admin }) => ({ path: `/api/v1/users/${admin.user.id}`, json: { role: 'viewer' } }) },
  deleteUser: { 409: ({ admin }) => ({ path: `/api/v1/users/${admin.user.id}` }) },
  setPassword: {
    409: ({ admin }) => ({
      path: `/api/v1/users/${admin.user.id}/password`,
      json: { password: 'another marble canoe' },
    }),
  },
  listTokens: {
    403: ({ admin, viewer }) => ({ path: `/api/v1/tokens?user_id=${admin.user.id}`, as: viewer.bearer }),
  },
  exportTokens: {
    403: ({ admin, viewer }) => ({
      path: `/api/v1/exports/tokens?user_id=${admin.user.id}`,
      as: viewer.bearer,
    }),
  },
  addToken: {
    404: () => ({ path: '/api/v1/tokens', json: { name: 'ERP', scopes: ['read'], user_id: 'nobody' } }),
    409: async (world) => {
      const headers = { 'idempotency-key': world.name().replace(' ', '-') }
      const asked = { path: '/api/v1/tokens', json: { name: 'ERP', scopes: ['read'] }, headers }
      await send(world, 'POST', asked)
      return asked
    },
  },
}

/** Asks a world for something. */
export function send(world: World, method: string, asked: Asked): Promise<Response> {
  const { path, json, raw, headers = {}, as = world.admin.bearer, at = world.service } = asked
  const body = json === undefined ? raw : JSON.stringify(json)
  const type = json === undefined ? 'text/csv' : 'application/json'
  return at.fetch(path, {
    method,
    headers: { ...as, ...(body !== undefined && { 'content-type': type }), ...headers },
    ...(body !== undefined && { body }),
  })
}

async function pausedSource(world: World) {
  const source = await world.source()
  await world.made('POST', `/sources/${source.id}/pause`)
  return source
}

/** An item whose supplier another process is deleting at this moment. */
async function leavingItem(world: World): Promise<string> {
  const { id, supplier } = await world.item()
  await onDatabase(world, `update suppliers set deleting_at = created_at where id = '${supplier}'`)
  return id
}

async function onDatabase({ service }: World, statement: string): Promise<void> {
  const db = await openUrl(service.program.url)
  await db.run(statement).finally(() => db.close())
}

function outdated(path: string): Way {
  return async (world) => {
    const service = await world.apart()
    await service.program.run('migrate', 'down', '--to', '0')
    return { path, as: {}, at: service }
  }
}

/** The schema's version is kept where it has never been. */
function unreadable(path: string): Way {
  return async (world) => ({ path, as: {}, at: await world.broken() })
}

/** Each takes a process of its own, which takes its time. */
async function downloadedTwice(world: World): Promise<Response> {
  const asked = { path: `/api/v1/imports/${world.known.import}/rejects` }
  return until(async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => send(world, 'GET', asked)))
    const refused = answers.find(({ status }) => status === 429)
    await Promise.all(answers.map((answer) => answer !== refused && answer.body?.cancel()))
    return refused
  })
}

/** A body that comes a little at a time. */
function dripping(path: string): Way {
  return async (world) => {
    const service = await world.apart({ uploadPace: { bytesMin: 64 * 1024, windowMs: 50 } })
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('a')),
    })
    return service.fetch(path, { method: 'POST', headers: { 'content-type': 'text/csv' }, body })
  }
}

/** One more upload of somebody who has begun all that they may, and more: what is asked for takes a place as well. */
async function crowded(world: World): Promise<Response> {
  const service = await world.apart()
  const open: RawConnection[] = []
  const begun = 'half'.repeat(20_000)
  const head = `Host: localhost\r\nContent-Type: text/csv\r\nContent-Length: ${begun.length * 2}`
  const begin = async () => {
    const connection = await rawConnection(service.port)
    connection.send(`POST /api/v1/uploads?supplier=Crowd HTTP/1.1\r\n${head}\r\n\r\n${begun}`)
    open.push(connection)
  }
  try {
    for (let n = 0; n < 12; n++) await begin()
    return await until(async () => {
      // One that was ended meanwhile has left its place to another.
      await begin()
      // What has come before anybody looked is handed on with what comes next.
      for (const connection of open) connection.send('x')
      const asked = { path: '/api/v1/uploads?supplier=Crowd', raw: 'sku;name\nA-1;Valve\n', at: service }
      const answer = await send(world, 'POST', { ...asked, as: {} })
      return answer.status === 429 && answer
    })
  } finally {
    for (const connection of open) connection.cut()
  }
}

/** One more stream of somebody who has as many as they may. */
function listened(pathOf: (world: World) => string): Way {
  return async (world) => {
    const path = pathOf(world)
    const readers = Array.from({ length: 20 }, () => slowReader(world.service.port, path, world.admin.bearer))
    try {
      await Promise.all(readers.map(({ head }) => head))
      return await send(world, 'GET', { path })
    } finally {
      for (const reader of readers) reader[Symbol.dispose]()
    }
  }
}

/** The same request, while another process is at the first one: what is kept of that is as if it were. */
async function underWay(world: World): Promise<Asked> {
  const key = world.name().replace(' ', '-')
  const asked = { ...(await successes.uploadFile!(world)), headers: { 'idempotency-key': key } }
  await send(world, 'POST', asked)
  await onDatabase(
    world,
    `update idempotency_keys set status = null, headers = null, body = null where key = '${key}'`,
  )
  return asked
}

async function changedTwice(world: World): Promise<Response> {
  return until(async () => {
    const { cookie } = await world.person()
    const json = { current_password: goodPassword, new_password: 'another marble canoe' }
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => send(world, 'POST', { path: '/api/v1/password', json, as: cookie })),
    )
    return answers.find(({ status }) => status === 409)
  })
}

/** One name and another password, again and again. */
async function guessedName(world: World): Promise<Response> {
  const json = { name: 'Nobody else', password: 'wrong one entirely' }
  return until(async () => {
    const answer = await send(world, 'POST', { path: '/api/v1/session', json, as: {} })
    return answer.status === 429 && answer
  })
}

async function guessed(world: World): Promise<Response> {
  const { cookie } = await world.person()
  const json = { current_password: 'wrong one entirely', new_password: 'another marble canoe' }
  return until(async () => {
    const answer = await send(world, 'POST', { path: '/api/v1/password', json, as: cookie })
    return answer.status === 429 && answer
  })
}
