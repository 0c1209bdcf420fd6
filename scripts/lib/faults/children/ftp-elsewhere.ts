import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, isIPv4, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openArchive } from '../../../../src/files/archive.ts'
import { systemClock } from '../../../../src/lib/clock.ts'
import { AppError } from '../../../../src/lib/errors.ts'
import { openWayOut } from '../../../../src/lib/outbound/way-out.ts'
import { connectorOf, fetchSettingsDefault } from '../../../../src/sources/kinds/index.ts'
import { type ForbiddenForm, forbiddenForms } from '../forbidden-addresses.ts'
import { type FtpElsewhere, ftpWays } from '../ftp-elsewhere.ts'

/**
 * Fetches over FTP, from servers that name every forbidden form for their data, and from every such form, while
 * something listens on every address that this machine has, and counts whom it hears from. Prints what was found as
 * JSON.
 *
 * Arguments: every how manyth form is tried.
 */
const step = Number(Bun.argv[2] ?? 1)

/** The one private address that is allowed, where the FTP server is. */
const allowed = '127.0.0.9'
/** How many fetches there are at a time. */
const lanes = 4

/** Connections to each address, in the usual notation. */
const heard = new Map<string, number>()
const whatNobodyMaySee = 'sku;price\n'
const listener = createServer((socket) => {
  const address = (socket.localAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '')
  heard.set(address, (heard.get(address) ?? 0) + 1)
  socket.on('error', () => {})
  socket.end(whatNobodyMaySee)
})
const port = await listening(listener, '::').catch(() => listening(listener, '0.0.0.0'))

const forms = forbiddenForms.filter((_, index) => index % step === 0)
const reached = await unguarded(forms)
heard.clear()

const folder = await mkdtemp(join(tmpdir(), 'tallyman-ftp-'))
const archive = openArchive(folder)
const out = openWayOut({ allow: [allowed], clock: systemClock, userAgent: 'test' })
const ftp = connectorOf('ftp')

const found: FtpElsewhere = {
  forms: forms.length,
  fetches: 0,
  reached,
  fromItself: 0,
  refused: 0,
  otherwise: [],
  connections: 0,
}
const due = forms.flatMap((form) => ftpWays.map((way) => ({ form, way })))
await Promise.all(
  Array.from({ length: lanes }, async () => {
    for (let next = due.pop(); next !== undefined; next = due.pop()) await tried(next)
  }),
)
listener.close()
await rm(folder, { recursive: true, force: true })
for (const [address, count] of heard)
  if (address !== allowed) {
    console.error(`${count} connections to ${address}`)
    found.connections += count
  }
console.log(JSON.stringify(found))
process.exit(0)

async function tried({ form, way }: { form: ForbiddenForm; way: (typeof ftpWays)[number] }): Promise<void> {
  found.fetches++
  const host = decodeURIComponent(form.host).replace(/^\[|\]$/g, '')
  const server = way === 'host' ? null : createServer((control) => serve(control, way, form.address))
  const at = server === null ? { host, port } : { host: allowed, port: await listening(server, allowed) }
  try {
    // With its mark there, a file is not waited for.
    const config = { ...at, path: '/list.csv', done_file: '.done', idle_seconds: 5 }
    const fetched = await ftp.fetch!(config, {
      archive,
      out,
      clock: systemClock,
      settings: fetchSettingsDefault,
      sizeBytesMax: 1000,
      last: null,
      learned: null,
      learn: async () => {},
      bytesEnough: null,
      onProgress: () => {},
      signal: AbortSignal.timeout(60_000),
    })
    await fetched.received?.discard()
    if (server === null) found.otherwise.push(`${way} ${form.host}: fetched`)
    else found.fromItself++
  } catch (error) {
    const code = error instanceof AppError ? error.code : String(error)
    // What is no name of a host is refused before it is looked at.
    if (server === null && (code === 'address_not_allowed' || code === 'invalid_config')) found.refused++
    else found.otherwise.push(`${way} ${form.host}: ${code}`)
  } finally {
    server?.close()
  }
}

/** An FTP server with one file, which says that its data is elsewhere. */
function serve(control: Socket, way: 'PASV' | 'EPSV', address: string): void {
  const reply = (text: string) => control.write(`${text}\r\n`)
  const named = isIPv4(address) ? address.replaceAll('.', ',') : '10,0,0,1'
  const replies: Record<string, string | string[]> = {
    USER: '331 Password.',
    PASS: '230 Logged in.',
    FEAT: '502 No.',
    CWD: '550 No such folder.',
    SIZE: `213 ${whatNobodyMaySee.length}`,
    MDTM: '213 20261020010000',
    EPSV: way === 'EPSV' ? `229 Entering (|${isIPv4(address) ? 1 : 2}|${address}|${port}|)` : '500 No.',
    PASV: `227 Entering (${named},${port >> 8},${port & 255}).`,
    RETR: ['150 Here it comes.', '226 Done.'],
  }
  control.on('error', () => {})
  reply('220 Ready.')
  control.on('data', (bytes) => {
    for (const line of bytes
      .toString('latin1')
      .split('\r\n')
      .filter((each) => each !== '')) {
      const command = line.split(' ')[0]!
      if (command === 'QUIT') control.end()
      else for (const text of [replies[command] ?? '200 As you like.'].flat()) reply(text)
    }
  })
}

/** How many of the forms' addresses are heard from when nobody looks: so what is heard afterwards could be. */
async function unguarded(all: readonly ForbiddenForm[]): Promise<number> {
  for (const host of new Set(all.map(({ address }) => address))) await called(host)
  // Connections are heard from in the order in which they were made.
  await called(allowed)
  while (!heard.has(allowed)) await new Promise((resolve) => setImmediate(resolve))
  return heard.size - 1
}

async function called(host: string): Promise<void> {
  const socket = connect({ host, port, timeout: 500 })
  await new Promise<void>((resolve) => {
    for (const event of ['connect', 'error', 'timeout']) socket.once(event, () => resolve())
  })
  socket.destroy()
}

async function listening(server: Server, address: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, address, resolve)
  })
  // It listens on an address, not on a pipe.
  return (server.address() as AddressInfo).port
}
