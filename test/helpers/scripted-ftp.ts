import { createServer, type Server, type Socket } from 'node:net'

/** An FTP server that does what a test says, and otherwise what a good one does. Its texts are bytes ("latin1"). */
export interface ScriptedFtp extends AsyncDisposable {
  port: number
  /** What it was told, as "RETR list.csv". */
  commands: string[]
  /** Connections for commands that were made, and that are still there. */
  made(): number
  open(): number
}

export interface FtpScript {
  /** By their path, "/out/list.csv"; `size` is said instead of that of the bytes. */
  files?: Record<string, { bytes: Buffer; modified?: string; size?: number }>
  /** What a folder lists, instead of its files. */
  listing?: (folder: string) => Buffer | AsyncIterable<Buffer>
  /** Knows MLSD; otherwise LIST is all it has. */
  hasMlsd?: boolean
  /** Before all else; false: nothing more is said. */
  greeting?: (control: Socket) => string | false
  /** An answer of its own, false for none at all, or null for what a good server says. */
  answer?: (command: string, rest: string, visit: FtpVisit) => string | false | null
  /** Sends what RETR asks for; left out: all of it. */
  send?: (data: Socket, bytes: Buffer, visit: FtpVisit) => void
}

/** One connection for commands. */
export interface FtpVisit {
  /** The how manieth it is, from 1. */
  number: number
  control: Socket
  reply(text: string): void
}

/**
 *     await using server = await startScriptedFtp({ files: { '/list.csv': { bytes } } })
 */
export async function startScriptedFtp(script: FtpScript): Promise<ScriptedFtp> {
  const commands: string[] = []
  const sockets = new Set<Socket>()
  const servers = new Set<Server>()
  let made = 0
  let open = 0
  const server = createServer((control) => {
    made++
    open++
    control.on('close', () => open--)
    sockets.add(control)
    serveOne({ script, control, number: made, commands, sockets, servers })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.add(server)
  return {
    port: portOf(server),
    commands,
    made: () => made,
    open: () => open,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      for (const each of servers) each.close()
    },
  }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('It does not listen.')
  return address.port
}

interface Serving {
  script: FtpScript
  control: Socket
  number: number
  commands: string[]
  sockets: Set<Socket>
  servers: Set<Server>
}

function serveOne({ script, control, number, commands, sockets, servers }: Serving): void {
  const { files = {}, hasMlsd = true, listing = ownListing(files, hasMlsd) } = script
  control.setEncoding('latin1')
  control.on('error', () => {})
  const reply = (text: string) => void control.write(`${text}\r\n`, 'latin1')
  const visit: FtpVisit = { number, control, reply }
  let folder = '/'
  let restart = 0
  let data: Promise<Socket> | null = null
  const greeting = script.greeting?.(control) ?? '220 Ready.'
  if (greeting !== false) reply(greeting)
  let partial = ''
  control.on('data', (text: string) => {
    const lines = (partial + text).split('\r\n')
    partial = lines.pop() ?? ''
    for (const line of lines) obey(line)
  })

  const absolute = (path: string) => (path.startsWith('/') ? path : `${folder === '/' ? '' : folder}/${path}`)

  function obey(line: string): void {
    commands.push(line)
    const space = line.indexOf(' ')
    const command = (space === -1 ? line : line.slice(0, space)).toUpperCase()
    const rest = space === -1 ? '' : line.slice(space + 1)
    const own = script.answer?.(command, rest, visit) ?? null
    if (own === false) return
    const answer = own ?? usual(command, rest)
    if (answer !== null) reply(answer)
  }

  /** Null: it answers when it is done. */
  function usual(command: string, rest: string): string | null {
    const file = files[absolute(rest)]
    switch (command) {
      case 'USER':
        return '331 Password.'
      case 'PASS':
        return '230 Logged in.'
      case 'FEAT':
        return hasMlsd ? '211-Features:\r\n MLST type*;size*;modify*;\r\n211 End' : '502 No.'
      case 'PWD':
        return `257 "${folder}" is where you are.`
      case 'CWD':
        if (!isFolder(absolute(rest))) return '550 No such folder.'
        folder = absolute(rest).replace(/(.)\/$/, '$1')
        return '250 There.'
      case 'EPSV':
        listenForData((port) => reply(`229 Entering Extended Passive Mode (|||${port}|)`))
        return null
      case 'PASV':
        listenForData((port) => reply(`227 Entering Passive Mode (127,0,0,1,${port >> 8},${port & 255}).`))
        return null
      case 'SIZE':
        return file === undefined ? '550 No such file.' : `213 ${file.size ?? file.bytes.length}`
      case 'MDTM':
        return file === undefined ? '550 No such file.' : `213 ${file.modified ?? '20261020010000'}`
      case 'REST':
        restart = Number(rest)
        return '350 Go on.'
      case 'RETR':
        if (file === undefined) return '550 No such file.'
        void send(file.bytes.subarray(restart), script.send)
        restart = 0
        return null
      case 'MLSD':
      case 'LIST':
        if (command === 'MLSD' && !hasMlsd) return '502 No.'
        void sendListing(listing(folder))
        return null
      case 'QUIT':
        control.end('221 Bye.\r\n')
        return null
      default:
        return '200 As you like.'
    }
  }

  const isFolder = (path: string) =>
    path === '/' ||
    script.listing !== undefined ||
    Object.keys(files).some((each) => each.startsWith(`${path}/`))

  function listenForData(then: (port: number) => void): void {
    const listener = createServer()
    servers.add(listener)
    data = new Promise((resolve) =>
      listener.once('connection', (socket) => {
        sockets.add(socket)
        socket.on('error', () => {})
        listener.close()
        resolve(socket)
      }),
    )
    listener.listen(0, '127.0.0.1', () => then(portOf(listener)))
  }

  async function send(bytes: Buffer, own: FtpScript['send']): Promise<void> {
    reply('150 Here it comes.')
    const socket = await data!
    if (own !== undefined) return own(socket, bytes, visit)
    socket.end(bytes, () => reply('226 Done.'))
  }

  async function sendListing(pieces: Buffer | AsyncIterable<Buffer>): Promise<void> {
    reply('150 Here it comes.')
    const socket = await data!
    if (Buffer.isBuffer(pieces)) {
      socket.end(pieces, () => reply('226 Done.'))
      return
    }
    for await (const piece of pieces) {
      if (socket.destroyed) return
      if (!socket.write(piece))
        await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve))
    }
    socket.end(() => reply('226 Done.'))
  }
}

const ownListing = (files: NonNullable<FtpScript['files']>, hasMlsd: boolean) => (folder: string) =>
  Buffer.from(
    Object.entries(files)
      .filter(([path]) => path.slice(0, path.lastIndexOf('/')) === (folder === '/' ? '' : folder))
      .map(([path, { bytes, size = bytes.length, modified = '20261020010000' }]) => {
        const name = path.slice(path.lastIndexOf('/') + 1)
        return hasMlsd
          ? `type=file;size=${size};modify=${modified}; ${name}\r\n`
          : `-rw-r--r-- 1 acme acme ${size} Oct 20 2026 ${name}\r\n`
      })
      .join(''),
    'latin1',
  )
