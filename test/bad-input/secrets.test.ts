import { expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { newKey } from '../../src/lib/seal.ts'
import { type Canaries, openCanaries } from '../helpers/canaries.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { startFtpServer } from '../helpers/ftp-server.ts'
import { driveError, openGoogleStandIn } from '../helpers/google-stand-in.ts'
import { priceList } from '../helpers/lists.ts'
import { type RunningRole, startRole } from '../helpers/roles.ts'
import { until } from '../helpers/until.ts'
import { openWebServer, type Pages } from '../helpers/web-server.ts'

const slow = 240_000

for (const engine of engines) {
  test(
    `${engine}: of 50 secrets none is in a log, an answer, a file or the database, whatever goes wrong`,
    async () => {
      const canaries = openCanaries()
      await using shop = await openWebServer(talkative)
      await using google = await openGoogleStandIn()
      const program = await openProgram(engine, environment(canaries))
      await using _ = program
      Object.assign(program.env, {
        TALLYMAN_PRIVATE_HOSTS: '127.0.0.1',
        TALLYMAN_KEY_FOLDERS: join(program.folder, 'keys'),
        TALLYMAN_GOOGLE_URL: google.url,
        TALLYMAN_GOOGLE_TOKEN_URL: google.tokenUrl,
      })
      await using ftp = await startFtpServer(program.folder, { password: 'another one' })
      {
        await using serve = await startRole(program, ['serve'], 'listening')
        const api = client(canaries, serve, program)
        const broken = `{"private_key": "${canaries.plant('key file')}`
        const keyFile = await program.write('keys/broken.json', broken)
        const places = { shop: shop.url.origin, ftpPort: ftp.port, key: serviceAccount(canaries), keyFile }
        google.exportAnswer = driveError(403, 'forbidden')

        for (const [name, { kind, config }] of Object.entries(fetched(canaries, places)))
          expect([name, (await api.post('/sources', draft(name, kind, config))).status]).toEqual([name, 201])
        for (const [what, { kind, config }] of Object.entries(refused(canaries, places))) {
          const { status } = await api.post('/sources', draft('refused', kind, config))
          expect([what, status]).toEqual([what, 422])
          const inline = { source: draft('refused inline', kind, config) }
          expect([what, (await api.post('/ingestion/trigger', inline)).status]).toEqual([what, 422])
        }
        const [listed, ...others] = await api.sources()
        // Without those that would have their host left alone for a while.
        for (const { id, name } of [listed!, ...others]) {
          const status = testedAs[name]
          if (status !== undefined)
            expect([name, (await api.post(`/sources/${id}/test`)).status]).toEqual([name, status])
        }
        await changed(canaries, api, listed!.id, places.shop)
        await commands(canaries, program, places.shop)
        await declared(canaries, program, places.shop)

        expect((await api.post('/ingestion/trigger', { all: true })).status).toBe(202)
        await api.settled()
        for (const [index, { job_id: id }] of (await api.jobs('dead')).entries()) {
          if (index === 0) await api.post(`/jobs/${id}/retry`)
          if (index === 1) await listen(canaries, program, 'jobs', 'retry', id)
        }
        await api.settled()
        await api.everything()
        await looked(canaries, program)
        // Whatever went wrong went wrong in the way that was meant.
        const codes = new Set((await api.jobs('dead')).map(({ error }) => error?.code))
        for (const code of [
          'not_authorized',
          'html_instead_of_list',
          'unreachable',
          'google_key_refused',
          'google_key_invalid',
          'address_not_allowed',
          'refused_there',
          'cut_off',
        ])
          expect([...codes]).toContain(code)
        expect((await api.jobs('succeeded')).length).toBeGreaterThan(0)

        // It is gone in the midst of its work, and leaves what it has at hand.
        await api.post('/ingestion/trigger', { all: true })
        serve.child.kill('SIGKILL')
        canaries.hear('the log', JSON.stringify(serve.events))
        canaries.hear('standard error', (await serve.ended()).stderr)
        // Otherwise nothing could be found there.
        expect(serve.events.length).toBeGreaterThan(20)
      }
      await canaries.hearFiles(program.dataFolder)
      canaries.hear('the database', await databaseText(program))
      expect(canaries.count()).toBeGreaterThanOrEqual(50)
      expect(canaries.found()).toEqual([])
    },
    slow,
  )
}

/** How sources are answered that are tested. */
const testedAs: Record<string, number> = { good: 200, forbidden: 403, login: 422, form: 422, private: 403 }

/** Secrets of the process itself. */
const environment = ({ plant, keep }: Canaries) => ({
  TALLYMAN_API_TOKEN: plant('TALLYMAN_API_TOKEN'),
  TALLYMAN_ANALYZER_SECRET: plant('TALLYMAN_ANALYZER_SECRET'),
  TALLYMAN_SECRET_KEY: keep('TALLYMAN_SECRET_KEY', newKey()),
  TALLYMAN_SECRET_KEYS_OLD: [
    keep('the first of TALLYMAN_SECRET_KEYS_OLD', newKey()),
    keep('the second of TALLYMAN_SECRET_KEYS_OLD', newKey()),
  ].join(),
  TALLYMAN_LOG_LEVEL: 'debug',
})

interface Places {
  shop: string
  ftpPort: number
  /** Of a service account. */
  key: string
  /** A file with one that is none. */
  keyFile: string
}

type Described = Record<string, { kind: string; config: Record<string, unknown> }>

const post = (config: Record<string, unknown>) => ({ kind: 'http', config: { method: 'POST', ...config } })
const get = (config: Record<string, unknown>) => ({ kind: 'http', config })

/** Sources that are fetched from, and what becomes of that. */
function fetched(canaries: Canaries, { shop, ftpPort, key, keyFile }: Places): Described {
  const { plant } = canaries
  const nearby = { host: '127.0.0.1', path: '/out', username: 'acme' }
  return {
    good: get({ url: `${shop}/list`, username: 'anna', password: plant('password of http') }),
    known: get({ url: `${shop}/list`, secret_query: { customer: plant('secret_query') } }),
    forbidden: get({ url: `${shop}/401`, token: plant('token') }),
    broken: get({ url: `${shop}/500`, secret_headers: { 'X-Api-Key': plant('X-Api-Key') } }),
    login: get({
      url: `${shop}/login`,
      secret_query: { key: plant('key of a query'), lang: `${plant('lang')}/+ "ü"` },
      secret_headers: { Cookie: `session=${plant('Cookie')}; a=b` },
    }),
    moved: get({
      url: `${shop}/moved`,
      secret_headers: { Authorization: `Custom ${plant('Authorization')}` },
    }),
    form: post({ url: `${shop}/400`, secret_form: { user: plant('user'), pin: plant('pin') } }),
    json: post({
      url: `${shop}/cut`,
      body: { report: 'prices' },
      secret_body: { pass: plant('secret_body') },
    }),
    away: get({ url: 'http://127.0.0.1:9/list.csv', token: plant('token for nobody') }),
    private: get({ url: 'http://10.1.2.3/list.csv', token: plant('token for a private address') }),
    ftp: {
      kind: 'ftp',
      config: {
        host: '127.0.0.1',
        port: ftpPort,
        path: '/out',
        username: 'acme',
        password: plant('password of ftp'),
      },
    },
    'ftp away': {
      kind: 'ftp',
      config: {
        host: '127.0.0.1',
        port: 9,
        path: '/out',
        password: `${plant('password of ftp, away')}\u00e4"`,
      },
    },
    sftp: {
      kind: 'sftp',
      config: { ...nearby, port: ftpPort, password: plant('password of sftp') },
    },
    'sftp by key': {
      kind: 'sftp',
      config: { ...nearby, port: 9, private_key: sshKey(canaries), passphrase: plant('passphrase') },
    },
    google: { kind: 'google-sheets', config: { spreadsheet: 'a'.repeat(44), key } },
    'google key file': {
      kind: 'google-sheets',
      config: { spreadsheet: 'b'.repeat(44), key_file: keyFile },
    },
  }
}

/** What is not taken as a source, because of where or how a secret is said in it. */
function refused({ plant }: Canaries, { shop }: Places): Described {
  const url = `${shop}/list`
  const host = shop.replace('http://', '')
  return {
    userinfo: get({ url: `http://anna:${plant('password in the address')}@${host}/` }),
    'user in the address': get({ url: `http://${plant('token as user')}@${host}/` }),
    parameter: get({ url: `${url}?api_key=${plant('parameter api_key')}` }),
    'short parameter': get({ url: `${url}?sig=${plant('parameter sig')}` }),
    query: get({ url, query: { access_token: plant('query') } }),
    header: get({ url, headers: { 'X-Auth-Token': plant('plain header') } }),
    'plain form': post({ url, form: { password: plant('plain form') } }),
    'plain body': post({ url, body: { login: { password: plant('plain body') } } }),
    typo: get({ url, passwort: plant('key that is misspelt') }),
    list: get({ url, password: [plant('password in a list')] }),
    object: get({ url, secret_headers: { 'X-Key': { value: plant('header that is an object') } } }),
    'line end': get({ url, secret_headers: { 'X-Key': `a\r\n${plant('header with a line end')}` } }),
    blanks: get({ url, token: `${plant('token with a blank')} b` }),
    'two at once': get({
      url,
      token: plant('token beside a password'),
      password: plant('password beside a token'),
    }),
    'no address': get({
      url: `no address ${plant('address that is none')}`,
      password: plant('password without'),
    }),
    'kind without': { kind: 'local', config: { path: '/srv', password: plant('password of a folder') } },
    'google key': {
      kind: 'google-sheets',
      config: { spreadsheet: 'c'.repeat(44), key: `{"private_key": "${plant('key that is no JSON')}` },
    },
    'google key of nothing': {
      kind: 'google-sheets',
      config: {
        spreadsheet: 'd'.repeat(44),
        key: JSON.stringify({
          type: 'service_account',
          client_email: 'a@b.example',
          private_key: plant('no PEM'),
        }),
      },
    },
  }
}

/** The same for SSH, behind a passphrase that opens it as little as the server takes it. */
function sshKey({ keep }: Canaries): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey
    .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'another' })
    .toString()
  keep('a line of a key for SSH', pem.split('\n')[5]!)
  return pem
}

/** A real one, of which each line is a secret. */
function serviceAccount({ keep }: Canaries): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  keep('a line of a private key', pem.split('\n')[3]!)
  return JSON.stringify({
    type: 'service_account',
    private_key: pem,
    client_email: 'prices@project.iam.gserviceaccount.example',
  })
}

const draft = (name: string, kind: string, config: Record<string, unknown>) => ({
  supplier: `Acme ${name}`,
  name,
  kind,
  config,
  retry_delays: [],
})

/** Tells whoever asks what it was sent. */
const talkative: Pages = {
  '/list': answer(200, (echo) => ({
    headers: {
      etag: `"${echo.slice(0, 200)}"`,
      'content-type': `text/csv; x="${echo.slice(0, 200)}"`,
      'content-disposition': `attachment; filename="${echo.slice(0, 100)}.csv"`,
    },
    body: priceList(3),
  })),
  '/400': answer(400),
  '/401': answer(401),
  '/500': answer(500),
  '/login': answer(200, (echo) => ({
    headers: { 'content-type': 'text/html' },
    body: `<!doctype html><html><head><title>Log in as ${echo}</title></head><body>${echo}</body></html>`,
  })),
  '/moved': answer(302, (echo) => ({
    headers: { location: `/gone/${encodeURIComponent(echo.slice(0, 500))}?key=${encodeURIComponent(echo)}` },
    body: echo,
  })),
  '/cut': async (request, response) => {
    const echo = await echoOf(request)
    response.writeHead(200, { 'content-length': '1000000', 'x-echo': echo.slice(0, 500) })
    response.write(`sku;${echo}`, () => response.destroy())
  },
}

function answer(
  status: number,
  said: (echo: string) => { headers: Record<string, string>; body: string } = (echo) => ({
    headers: { 'www-authenticate': `Basic realm="${echo}"`, 'x-echo': echo },
    body: echo,
  }),
): Pages[string] {
  return async (request: IncomingMessage, response: ServerResponse) => {
    const { headers, body } = said(await echoOf(request))
    response.writeHead(
      status,
      `${status} for ${(request.headers.authorization ?? '').slice(0, 100)}`,
      headers,
    )
    response.end(body)
  }
}

/** All that it was told, in one line that a header can hold. */
async function echoOf(request: IncomingMessage): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of request) pieces.push(piece)
  const { authorization, cookie, 'x-api-key': key } = request.headers
  const basic = Buffer.from((authorization ?? '').replace(/^Basic /, ''), 'base64').toString('latin1')
  const told = [basic, authorization, cookie, key, request.url, Buffer.concat(pieces).toString()]
  return told.join(' ').replace(/[^\x20-\x21\x23-\x7e]/g, '')
}

/** The API, which hears all that it answers. */
function client(canaries: Canaries, serve: RunningRole, { env }: TestProgram) {
  const base = `${new URL(String(serve.ready.url)).origin}/api/v1`
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${env.TALLYMAN_API_TOKEN}`, ...Object(init.headers) }
    const response = await fetch(path.startsWith('http') ? path : `${base}${path}`, { ...init, headers })
    const text = await response.text()
    canaries.hear(`${init.method ?? 'GET'} ${path}`, `${JSON.stringify([...response.headers])} ${text}`)
    return { status: response.status, text }
  }
  const get = async <Body>(path: string): Promise<Body> => JSON.parse((await ask(path)).text)
  const said = (method: string, body?: unknown): RequestInit => ({
    method,
    ...(body !== undefined && {
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  })
  const api = {
    ask,
    post: (path: string, body?: unknown) => ask(path, said('POST', body)),
    patch: (path: string, body: unknown) => ask(path, said('PATCH', body)),
    sources: async () =>
      (await get<{ sources: { id: string; name: string }[] }>('/sources?limit=200')).sources,
    jobs: async (state: string) =>
      (
        await get<{ jobs: { job_id: string; error: { code: string } | null }[] }>(
          `/jobs?status=${state}&limit=100`,
        )
      ).jobs,
    async settled() {
      await until(
        async () => (await api.jobs('queued')).length + (await api.jobs('running')).length === 0 || null,
        120_000,
      )
    },
    /** Whatever can be read. */
    async everything() {
      for (const path of [
        '/source-kinds',
        '/openapi.json',
        '/ingestion/runs',
        '/ingestion/health',
        '/imports',
        '/jobs?limit=100',
        '/dead-letters',
        '/queue',
        '/schedules',
        '/suppliers',
        '/items',
        '/maintenance/tasks',
      ])
        expect([path, (await ask(path)).status]).toEqual([path, 200])
      const { imports } = await get<{ imports: { id: string }[] }>('/imports?limit=100')
      for (const { id } of imports)
        for (const path of ['', '/decision', '/log', '/changes']) await ask(`/imports/${id}${path}`)
      for (const state of ['dead', 'succeeded'])
        for (const { job_id: id } of await api.jobs(state)) await ask(`/jobs/${id}`)
      for (const { id } of await api.sources()) await ask(`/sources/${id}`)
    },
  }
  return api
}

/** Changes of one source, and requests that make no sense. */
async function changed(
  { plant }: Canaries,
  api: ReturnType<typeof client>,
  id: string,
  shop: string,
): Promise<void> {
  const path = `/sources/${id}`
  const url = `${shop}/list`
  expect(
    (await api.patch(path, { kind: 'http', config: { url, password: plant('changed password') } })).status,
  ).toBe(200)
  expect(
    (await api.patch(path, { config: { url: 'http://elsewhere.example/', password: '***' } })).status,
  ).toBe(422)
  expect(
    (await api.patch(path, { config: { url, password: '***', token: plant('changed token') } })).status,
  ).toBe(422)
  expect((await api.patch(path, { config: { url, nothing: plant('changed nothing') } })).status).toBe(422)
  const inline = {
    ...draft('good', 'http', { url, username: 'anna', password: plant('another password inline') }),
  }
  expect((await api.post('/ingestion/trigger', { source: inline })).status).toBe(409)
  expect(
    (await api.post('/sources', `{"supplier": "A", "config": {"password": "${plant('broken JSON')}`)).status,
  ).toBe(400)
  expect((await api.post(`/sources?password=${plant('parameter of a request')}`, {})).status).toBe(422)
  const wrong = { headers: { authorization: `Bearer ${plant('wrong token of a request')}` } }
  expect((await api.ask('/sources', wrong)).status).toBe(401)
  const basic = Buffer.from(`anna:${plant('wrong password of a request')}`).toString('base64')
  expect((await api.ask('/sources', { headers: { authorization: `Basic ${basic}` } })).status).toBe(401)
}

/** Runs a command and hears it. */
async function listen(
  canaries: Canaries,
  program: Pick<TestProgram, 'runWith'>,
  ...line: string[]
): Promise<number> {
  return listenWith(canaries, program, '', line)
}

async function listenWith(
  canaries: Canaries,
  program: Pick<TestProgram, 'runWith'>,
  input: string,
  line: string[],
): Promise<number> {
  const { code, out, err } = await program.runWith({ input }, ...line)
  canaries.hear(`tallyman ${line.slice(0, 3).join(' ')}`, `${out}${err}`)
  return code
}

/** Sources that are made, and not made, by the command line. */
async function commands(canaries: Canaries, program: TestProgram, shop: string): Promise<void> {
  const { plant } = canaries
  const add = (name: string, ...rest: string[]) => [
    ...['sources', 'add', `Cli/${name}`, '--kind', 'http', '--retry-delays', 'none'],
    ...['--set', `url=${shop}/401`],
    ...rest,
  ]
  await program.write('password', `${plant('--set-file')}\n`)
  const made: [input: string, line: string[]][] = [
    ['', add('set', '--set', `password=${plant('--set')}`)],
    ['', add('file', '--set-file', 'password=password')],
    [plant('standard input'), add('input', '--set-file', 'token=-')],
    ['', add('header', '--set', `secret_headers.X-Key=${plant('--set secret_headers.X-Key')}`)],
    ['', ['sources', 'edit', 'Cli/set', '--set', `token=${plant('--set token')}`, '--set', 'password=']],
  ]
  for (const [input, line] of made)
    expect([line[2], await listenWith(canaries, program, input, line)]).toEqual([line[2], 0])
  const wrong = [
    add('a', '--set', `secret_headers=${plant('--set secret_headers')}`),
    add('b', '--set', plant('--set without a key')),
    add('c', '--set', `pasword=${plant('--set pasword')}`),
    add(
      'd',
      '--set',
      `password=${plant('--set password')}`,
      '--set',
      `token=${plant('--set token beside it')}`,
    ),
    add('e', '--set-file', `token=${program.folder}/keys`),
    ['sources', 'add', 'Cli/f', '--kind', 'local', '--set', `password=${plant('--set of a folder')}`],
    ['sources', 'add', 'Cli/g', '--kind', 'http', '--set', `url=ftp://a:${plant('--set url')}@b/`],
  ]
  for (const line of wrong)
    expect([line[2], [1, 2].includes(await listen(canaries, program, ...line))]).toEqual([line[2], true])
  const { TALLYMAN_SECRET_KEY: _, TALLYMAN_SECRET_KEYS_OLD: __, ...keyless } = program.env
  const without = {
    runWith: (options: object, ...line: string[]) => program.runWith({ ...options, env: keyless }, ...line),
  }
  expect(await listen(canaries, without, ...add('h', '--set', `token=${plant('without a key')}`))).toBe(1)
  expect(await listen(canaries, without, 'secrets', 'check')).toBe(3)
}

/** Sources in files: one that is applied, and others that are wrong. */
async function declared(canaries: Canaries, program: TestProgram, shop: string): Promise<void> {
  const { plant } = canaries
  program.env.ACME_PASSWORD = plant('variable of a file')
  const source = (name: string, ...lines: string[]) =>
    [`- { supplier: File, name: ${name}, kind: http, url: ${shop}/401`, ...lines].join(', ')
  const apply = async (name: string, ...sources: string[]) => {
    await program.write(name, `sources:\n${sources.map((text) => `  ${text} }`).join('\n')}\n`)
    for (const dry of [['--dry-run'], []]) await listen(canaries, program, 'sources', 'apply', name, ...dry)
    return listen(canaries, program, 'sources', 'apply', name)
  }
  const good = [
    source('variable', 'username: anna', `password: "${variable('ACME_PASSWORD')}"`),
    source('text', `secret_headers: { X-Key: ${plant('text of a file')} }`),
  ]
  expect(await apply('good.yaml', ...good)).toBe(0)
  expect(
    await apply('good.yaml', good[0]!, source('text', `token: ${plant('changed text of a file')}`)),
  ).toBe(0)
  for (const [name, ...lines] of [
    ['typo', `pasword: ${plant('key of a file that is misspelt')}`],
    ['number', `password: [${plant('list of a file')}]`],
    ['plain', `query: { token: ${plant('query of a file')} }`],
    ['twice', `password: ${plant('key of a file')}`, `password: ${plant('the same key again')}`],
    ['both', `password: ${plant('password in a file')}`, `token: ${plant('token in a file')}`],
    ['variable', `password: ${plant('text beside a variable')}${variable('NO_SUCH_ONE')}`],
    ['syntax', `password: "${plant('open quote of a file')}`],
    ['kind', 'kind: fax', `password: ${plant('password of a kind that is none')}`],
  ])
    expect([name, await apply(`${name}.yaml`, source(name!, ...lines))]).toEqual([name, 2])
}

/** As a file names what the environment has. */
const variable = (name: string) => `$\{${name}}`

/** Whatever the command line shows, and settings that are wrong. */
async function looked(canaries: Canaries, program: TestProgram): Promise<void> {
  const { plant } = canaries
  for (const line of [
    'sources list',
    'sources show Cli/header',
    'jobs list',
    'jobs show last',
    'runs list',
    'runs show last',
    'imports',
    'imports show last',
    'queue status',
    'config',
    'secrets check',
    'secrets rotate',
  ])
    for (const json of [[], ['--json']]) await listen(canaries, program, ...line.split(' '), ...json)
  const unreachable = `postgres://anna:${plant('DATABASE_URL')}@127.0.0.1:9/x`
  for (const env of [
    { DATABASE_URL: unreachable },
    { DATABASE_URL: `mysql://anna:${plant('DATABASE_URL of another kind')}@127.0.0.1/x` },
    { REDIS_URL: `redis://:${plant('REDIS_URL')}@127.0.0.1:9` },
    { TALLYMAN_TEST_REDIS_URL: `http://:${plant('TALLYMAN_TEST_REDIS_URL')}@127.0.0.1:9` },
    { TALLYMAN_API_TOKEN: `${plant('TALLYMAN_API_TOKEN with a blank')} x` },
    { TALLYMAN_SECRET_KEY: plant('TALLYMAN_SECRET_KEY that is none') },
    { TALLYMAN_ANALYZER_URL: `ftp://${plant('TALLYMAN_ANALYZER_URL')}@h` },
    { TALLYMAN_SECRET_KEYS_OLD: `${newKey()},${plant('TALLYMAN_SECRET_KEYS_OLD that is none')}` },
  ])
    for (const line of [['config'], ['sources', 'list', '--json']])
      await listenWith(
        canaries,
        {
          runWith: (options, ...words) =>
            program.runWith({ ...options, env: { ...program.env, ...env } }, ...words),
        },
        '',
        line,
      )
}

/** Every row of every table. */
async function databaseText({ rows }: TestProgram): Promise<string> {
  const tables = await rows<{ name: string }>(
    `select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`,
  ).catch(() =>
    rows<{ name: string }>(`select tablename as name from pg_tables where schemaname = current_schema()`),
  )
  const texts: string[] = []
  for (const { name } of tables) texts.push(JSON.stringify(await rows(`select * from "${name}"`), shown))
  const text = texts.join('\n')
  // What is looked through are the very rows that the secrets belong to.
  expect([text.includes('***'), text.includes('"v1.')]).toEqual([true, true])
  return text
}

const shown = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
