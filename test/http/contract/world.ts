import { Database } from 'bun:sqlite'
import { open } from 'node:fs/promises'
import { offerSetup } from '../../../src/auth/setup.ts'
import type { Engine } from '../../helpers/engines.ts'
import { openService, type TestService, type TestServiceOptions } from '../../helpers/http-service.ts'
import { type ListServer, openListServer } from '../../helpers/list-server.ts'
import { priceList } from '../../helpers/lists.ts'
import { addLogin, goodPassword, signInWith, type TestLogin } from '../../helpers/logins.ts'
import { openUrl } from '../../helpers/open-database.ts'
import { openTcpProxy } from '../../helpers/tcp-proxy.ts'

/** What is asked for. The method is the operation's. */
export interface Asked {
  /** With its query. */
  path: string
  /** Sent as JSON. */
  json?: unknown
  /** Sent as it is, as a CSV unless `headers` say otherwise. */
  raw?: string
  headers?: Record<string, string>
  /** Headers that say who asks; left out: the administrator's token. */
  as?: Record<string, string>
  /** The service that is asked; left out: the world's. */
  at?: TestService
}

/** A service with something of everything, and people of every role. Whatever is made for one answer has a name of its own. */
export interface World extends AsyncDisposable {
  engine: Engine
  service: TestService
  /** A web server with a list. */
  lists: ListServer
  admin: TestLogin
  operator: TestLogin
  viewer: TestLogin
  /** What is there all the time: what is only read. */
  known: {
    supplier: string
    item: string
    import: string
    job: string
    run: string
    source: string
    sha256: string
    token: string
    user: string
  }
  /** A name that nothing has. */
  name(): string
  /** A password, and a hash that nobody waits for twice: the session of a new user. */
  person(role?: 'admin' | 'operator' | 'viewer'): Promise<TestLogin>
  /** Asks as the administrator, and takes nothing but success. */
  made<Json = { id: string }>(method: string, path: string, json?: unknown): Promise<Json>
  /** Hands a list in and sees it through. @returns the import's id */
  upload(supplier: string, list: string, query?: string): Promise<string>
  /** An import that waits for approval. */
  held(): Promise<string>
  /** A job that has died. */
  dead(): Promise<{ job: string; cause: string }>
  jobOf(importId: string): Promise<string>
  /** An item of a supplier of its own. */
  item(): Promise<{ id: string; supplier: string; supplierName: string; sha256: string }>
  /** A source that fetches from a folder. */
  source(): Promise<{ id: string; supplier: string; name: string }>
  /** A service of its own, for what would be in everybody's way. */
  apart(options?: TestServiceOptions): Promise<TestService>
  /** A service whose database lacks the tables of logins, and of what its schema is. */
  broken(): Promise<TestService>
  /** A service whose PostgreSQL has gone away, or whose SQLite file was written over. */
  forsaken(): Promise<TestService>
  /** A service with a list that is too long for the kernel to take when nobody reads it, and its administrator. */
  full(): Promise<{ service: TestService; admin: TestLogin }>
  /** Offers to make the first administrator. */
  setupToken(service: TestService): Promise<string>
}

export const folder = '/srv/prices'
export const fileBytesMax = 1_000_000
const env = {
  TALLYMAN_LOCAL_FOLDERS: folder,
  TALLYMAN_PRIVATE_HOSTS: '127.0.0.1',
  TALLYMAN_FILE_BYTES_MAX: String(fileBytesMax),
}

export async function openWorld(engine: Engine): Promise<World> {
  const disposal = new AsyncDisposableStack()
  const service = disposal.use(await openService(engine, { env }))
  const lists = disposal.use(
    await openListServer((response) => response.end('SKU;Name;Price\nA1;Valve;1,50\n')),
  )
  const admin = await addLogin(service, { name: 'World admin', role: 'admin' })
  const operator = await addLogin(service, { name: 'World operator', role: 'operator' })
  const viewer = await addLogin(service, { name: 'World viewer', role: 'viewer' })
  let count = 0

  const away = async () => {
    const proxy = disposal.use(await openTcpProxy(process.env.TALLYMAN_TEST_DATABASE_URL ?? ''))
    const service = await world.apart({ databaseHost: new URL(proxy.url).host })
    await proxy.stop()
    return service
  }
  const world: World = {
    engine,
    service,
    lists,
    admin,
    operator,
    viewer,
    known: {
      supplier: '',
      item: '',
      import: '',
      job: '',
      run: '',
      source: '',
      sha256: '',
      token: '',
      user: '',
    },
    name: () => `Thing ${++count}`,
    person: (role = 'viewer') => addLogin(service, { name: world.name(), role }),
    async made<Json>(method: string, path: string, json?: unknown) {
      const { status, body } = await service.json<Json>(`/api/v1${path}`, {
        method,
        headers: { ...admin.bearer, ...(json !== undefined && { 'content-type': 'application/json' }) },
        ...(json !== undefined && { body: JSON.stringify(json) }),
      })
      if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`)
      return body
    },
    async upload(supplier, list, query = '') {
      const path = `/api/v1/uploads?supplier=${encodeURIComponent(supplier)}${query}`
      const response = await service.fetch(path, {
        method: 'POST',
        headers: { ...admin.bearer, 'content-type': 'text/csv' },
        body: list,
      })
      const { id } = Object(await response.json())
      await service.analyze(id)
      return id
    },
    async held() {
      const name = world.name()
      await world.upload(name, priceList(10))
      return world.upload(
        name,
        priceList(10, (n) => ({ price: `${n + 1}00.00` })),
      )
    },
    async dead() {
      const job = await world.jobOf(await world.upload(world.name(), 'no list at all'))
      const { dead_letters: letters } = await world.made<{
        dead_letters: { cause: string }[]
      }>('GET', '/dead-letters')
      return { job, cause: letters[0]!.cause }
    },
    async jobOf(importId) {
      const { jobs } = await world.made<{ jobs: { job_id: string; import_id: string }[] }>(
        'GET',
        '/jobs?limit=50',
      )
      // Newest first.
      return jobs.find(({ import_id }) => import_id === importId)!.job_id
    },
    async item() {
      const supplierName = world.name()
      const list = await world.upload(
        supplierName,
        priceList(2, () => ({ name: supplierName })),
      )
      const { supplier_id: supplier, sha256 } = await world.made<{ supplier_id: string; sha256: string }>(
        'GET',
        `/imports/${list}`,
      )
      const { items } = await world.made<{ items: { id: string }[] }>('GET', `/items?supplier_id=${supplier}`)
      return { id: items[0]!.id, supplier, supplierName, sha256 }
    },
    async source() {
      const supplier = world.name()
      const body = { supplier, name: 'feed', kind: 'local', config: { path: `${folder}/${count}` } }
      const { id } = await world.made('POST', '/sources', body)
      return { id, supplier, name: 'feed' }
    },
    async apart(options = {}) {
      return disposal.use(await openService(engine, { ...options, env: { ...env, ...options.env } }))
    },
    broken: once(async () => {
      const service = await world.apart()
      const db = await openUrl(service.program.url)
      for (const table of ['setup_tokens', 'sign_in_failures', 'sessions', 'api_tokens', 'users'])
        await db.run(`drop table ${table}${engine === 'postgres' ? ' cascade' : ''}`)
      await db.run('alter table schema_migrations rename column version to lost')
      await db.close()
      return service
    }),
    forsaken: once(async () => (engine === 'sqlite' ? damaged(await world.apart()) : away())),
    full: once(async () => {
      const service = await world.apart({ env: { TALLYMAN_FILE_BYTES_MAX: '100000000' } })
      const response = await service.fetch('/api/v1/uploads?supplier=Full', {
        method: 'POST',
        headers: { 'content-type': 'text/csv' },
        body: priceList(40_000, (n) => ({ name: `${'Ball valve '.repeat(15)}${n}` })),
      })
      const { id } = Object(await response.json())
      await service.analyze(id)
      const { body } = await service.json<{ status: string }>(`/api/v1/imports/${id}`)
      if (body.status !== 'completed') throw new Error(`The long list is ${body.status}.`)
      return { service, admin: await addLogin(service, { name: 'Full admin', role: 'admin' }) }
    }),
    async setupToken({ program }) {
      const db = await openUrl(program.url)
      const token = await offerSetup(db, new Date()).finally(() => db.close())
      if (token === null) throw new Error('There is a user already.')
      return token
    },
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  }
  Object.assign(world.known, await somethingOfEverything(world))
  return world
}

/** All of the file but its beginning is overwritten, and nothing of it is in memory any more. */
async function damaged(service: TestService): Promise<TestService> {
  const path = service.program.url.replace('sqlite:', '')
  const db = new Database(path)
  // What others have read of it before this does not count any more.
  db.run('create table later (a integer)')
  db.run('pragma wal_checkpoint(truncate)')
  db.close()
  const file = await open(path, 'r+')
  const { size } = await file.stat()
  await file.write(Buffer.alloc(size - headBytes, 0xff), 0, null, headBytes)
  await file.close()
  return service
}

/** SQLite's own, which says what kind of file it is. */
const headBytes = 100

/** What is made when it is first asked for. */
function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | null = null
  return () => {
    made ??= make()
    return made
  }
}

/** Another session of somebody. */
export async function sessionOf({ service }: World, { user }: TestLogin): Promise<Record<string, string>> {
  const { cookie, csrf } = await signInWith(service, { name: user.name, password: goodPassword })
  return { cookie, 'x-tallyman-csrf': csrf }
}

async function somethingOfEverything(world: World): Promise<World['known']> {
  const { id: item, supplier } = await world.item()
  const bad = csvWithMistakes
  const { supplier_id } = await world.made<{ supplier_id: string }>(
    'GET',
    `/imports/${await world.upload('Mistakes', bad)}`,
  )
  const { imports } = await world.made<{ imports: { id: string; sha256: string }[] }>(
    'GET',
    `/imports?supplier_id=${supplier_id}`,
  )
  const { id: source } = await world.source()
  const { run } = await world.made<{ run: { id: string } }>('POST', `/sources/${source}/trigger`)
  return {
    supplier,
    item,
    import: imports[0]!.id,
    job: await world.jobOf(imports[0]!.id),
    run: run.id,
    source,
    sha256: imports[0]!.sha256,
    token: world.viewer.tokenId,
    user: world.viewer.user.id,
  }
}

/** Some of its rows are rejected. */
const csvWithMistakes = `${priceList(40)}A-90;Without a price;ask\nA-91;;x\n`
