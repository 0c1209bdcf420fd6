import { exportLists } from '../../../src/http/exports/lists.ts'
import { priceList } from '../../helpers/lists.ts'
import { goodPassword } from '../../helpers/logins.ts'
import { type Asked, folder, sessionOf, type World } from './world.ts'

/** How to be answered with success by each operation that does more than show what an address names. */
export const successes: Record<string, (world: World) => Asked | Promise<Asked>> = {
  isAlive: () => ({ path: '/livez', as: {} }),
  isReady: () => ({ path: '/readyz', as: {} }),
  isHealthy: () => ({ path: '/health', as: {} }),
  uploadFile: (world) => ({
    path: `/api/v1/uploads?supplier=${encodeURIComponent(world.name())}`,
    raw: priceList(2),
  }),
  previewUpload: () => ({ path: '/api/v1/uploads/preview?file_name=list.csv', raw: priceList(2) }),
  approveImport: async (world) => ({ path: `/api/v1/imports/${await world.held()}/approve` }),
  correctImport: async (world) => ({
    path: `/api/v1/imports/${await world.held()}/correct`,
    json: { decimal: 'dot' },
  }),
  previewImport: async (world) => ({
    path: `/api/v1/imports/${await world.held()}/preview`,
    json: { decimal: 'dot' },
  }),
  discardImport: async (world) => ({ path: `/api/v1/imports/${await world.held()}/discard` }),
  retryJob: async (world) => ({ path: `/api/v1/jobs/${(await world.dead()).job}/retry` }),
  retryJobAsAdmin: async (world) => ({ path: `/api/v1/admin/jobs/${(await world.dead()).job}/retry` }),
  discardJob: async (world) => ({ path: `/api/v1/jobs/${(await world.dead()).job}/discard` }),
  cancelJob: async (world) => ({
    path: `/api/v1/jobs/${await world.jobOf(await world.held())}/cancel`,
  }),
  retryDeadLetters: async (world) => ({
    path: '/api/v1/dead-letters/retry',
    json: { cause: (await world.dead()).cause },
  }),
  discardDeadLetters: async (world) => ({
    path: '/api/v1/dead-letters/discard',
    json: { cause: (await world.dead()).cause },
  }),
  pauseQueue: () => ({ path: '/api/v1/queue/pause' }),
  resumeQueue: () => ({ path: '/api/v1/queue/resume' }),
  triggerIngestion: async (world) => {
    const { supplier, name } = await world.source()
    return { path: '/api/v1/ingestion/trigger', json: { sources: [`${supplier}/${name}`] } }
  },
  addSource: (world) => ({
    path: '/api/v1/sources',
    json: { supplier: world.name(), name: 'feed', kind: 'local', config: { path: `${folder}/new` } },
  }),
  changeSource: async (world) => ({
    path: `/api/v1/sources/${(await world.source()).id}`,
    json: { currency: 'EUR' },
  }),
  deleteSource: async (world) => ({ path: `/api/v1/sources/${(await world.source()).id}` }),
  pauseSource: async (world) => ({ path: `/api/v1/sources/${(await world.source()).id}/pause` }),
  resumeSource: async (world) => ({ path: `/api/v1/sources/${(await world.source()).id}/resume` }),
  triggerSource: async (world) => ({ path: `/api/v1/sources/${(await world.source()).id}/trigger` }),
  testNewSource: (world) => ({ path: '/api/v1/sources/test', json: webSource(world) }),
  testSource: async (world) => {
    const { id } = await world.made('POST', '/sources', webSource(world))
    return { path: `/api/v1/sources/${id}/test` }
  },
  changeItem: async (world) => ({
    path: `/api/v1/items/${(await world.item()).id}`,
    json: { name: 'Corrected' },
  }),
  deleteItem: async (world) => ({ path: `/api/v1/items/${(await world.item()).id}` }),
  restoreItem: async (world) => {
    const { id } = await world.item()
    await world.made('DELETE', `/items/${id}`)
    return { path: `/api/v1/items/${id}/restore` }
  },
  addSupplier: (world) => ({ path: '/api/v1/suppliers', json: { name: world.name() } }),
  changeSupplier: async (world) => ({
    path: `/api/v1/suppliers/${(await world.item()).supplier}`,
    json: { currency: 'EUR' },
  }),
  deleteSupplier: async (world) => {
    const { supplier, supplierName } = await world.item()
    return { path: `/api/v1/suppliers/${supplier}?name=${encodeURIComponent(supplierName)}` }
  },
  runTask: () => ({ path: '/api/v1/maintenance/tasks/raw-archive/run', json: { dry_run: true } }),
  verifyArchived: ({ known }) => ({ path: `/api/v1/archive/${known.sha256}/verify` }),
  replayArchived: async (world) => {
    const { sha256, supplierName } = await world.item()
    return { path: `/api/v1/archive/${sha256}/replay`, json: { supplier: supplierName } }
  },
  signIn: async (world) => ({
    path: '/api/v1/session',
    json: { name: world.viewer.user.name, password: goodPassword },
    as: {},
  }),
  signOut: async (world) => ({ path: '/api/v1/session', as: await sessionOf(world, world.viewer) }),
  listSessions: ({ viewer }) => ({ path: '/api/v1/sessions', as: viewer.cookie }),
  signOutEverywhere: async (world) => ({ path: '/api/v1/sessions', as: (await world.person()).cookie }),
  endSession: async (world) => {
    await sessionOf(world, world.viewer)
    const { body } = await world.service.json<{ sessions: { id: string }[] }>('/api/v1/sessions', {
      headers: world.viewer.cookie,
    })
    // The newest.
    return { path: `/api/v1/sessions/${body.sessions[0]!.id}`, as: world.viewer.cookie }
  },
  changePassword: async (world) => ({
    path: '/api/v1/password',
    json: { current_password: goodPassword, new_password: 'another marble canoe' },
    as: (await world.person()).cookie,
  }),
  setUp: async (world) => {
    const service = await world.apart()
    const token = await world.setupToken(service)
    return {
      path: '/api/v1/setup',
      json: { token, name: 'Ada', password: goodPassword },
      as: {},
      at: service,
    }
  },
  addUser: (world) => ({
    path: '/api/v1/users',
    json: { name: world.name(), password: goodPassword, role: 'viewer' },
  }),
  changeUser: async (world) => ({
    path: `/api/v1/users/${(await world.person()).user.id}`,
    json: { role: 'operator' },
  }),
  deleteUser: async (world) => ({ path: `/api/v1/users/${(await world.person()).user.id}` }),
  setPassword: async (world) => ({
    path: `/api/v1/users/${(await world.person()).user.id}/password`,
    json: { password: 'another marble canoe' },
  }),
  addToken: () => ({ path: '/api/v1/tokens', json: { name: 'ERP', scopes: ['read'] } }),
  revokeToken: async (world) => ({ path: `/api/v1/tokens/${(await world.person()).tokenId}` }),
}

const webSource = (world: World) => ({
  supplier: world.name(),
  name: 'web',
  kind: 'http',
  config: { url: `${world.lists.url}/list.csv` },
})

/** What an address names, by what stands before the name. */
const named: Record<string, (known: World['known']) => string> = {
  imports: (known) => known.import,
  jobs: (known) => known.job,
  runs: (known) => known.run,
  sources: (known) => known.source,
  schedules: () => 'daily-run',
  items: (known) => known.item,
  suppliers: (known) => known.supplier,
  archive: (known) => known.sha256,
  users: (known) => known.user,
  tokens: (known) => known.token,
  schemas: () => 'job-result.json',
}

/** An operation's address, with what there is in place of its names. */
export const knownAddress = (template: string, { known }: World): string =>
  template.replace(/([\w-]+)\/\{\w+\}/g, (_, kind: string) => `${kind}/${named[kind]?.(known) ?? 'nothing'}`)

/** Which operations are exports. */
export const exportIds = new Set(exportLists.map(({ operationId }) => operationId))
