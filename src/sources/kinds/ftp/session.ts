import { isIP } from 'node:net'
import { PassThrough } from 'node:stream'
import { type ConnectionOptions, checkServerIdentity } from 'node:tls'
import { Client, FTPError, type FTPResponse } from 'basic-ftp'
import { AppError, NotFoundError } from '../../../lib/errors.ts'
import { visibleText } from '../../../lib/visible-text.ts'
import { namesMax, tooManyFiles } from '../choose-file.ts'
import {
  CannotResume,
  type RemoteEntry,
  type RemoteFile,
  type RemoteFolder,
  type RemotePlace,
  type RemoteSession,
} from '../remote/session.ts'
import { bytesOf, shownBytes, urlPart, utf8Bytes } from './bytes-text.ts'
import { explainFtp, noTls } from './failure.ts'
import { folderOf, instantOf } from './listing.ts'
import { passiveMode } from './passive.ts'

export interface FtpOptions {
  host: string
  port: number
  /** Of the host; checked, and the only one that is connected to. */
  address: string
  tls: 'none' | 'explicit' | 'implicit'
  /** PEM, beside or instead of those that are generally known. */
  certificate: string | null
  username: string
  password: string
  /** As "ftp://files.example.com:2121". */
  origin: string
  idleMs: number
  now: () => Date
  signal: AbortSignal
}

/** Longest time until the connection is there and one is logged in, and for a connection for data. */
const loginMsMax = 30_000
const connectMsMax = 10_000
/** A listing of `namesMax` files has about 1 MB. */
const listingBytesMax = 8 * 1024 * 1024

/**
 * Connects to an FTP server and logs in.
 * @throws ForbiddenError `not_authorized`; InvalidError `tls_failed`
 * @throws UnavailableError `unreachable`, `timed_out`, `cut_off`, `server_failed`
 */
export async function openFtp(options: FtpOptions): Promise<RemoteSession> {
  const session = new FtpSession(options)
  try {
    await session.logIn()
    return session
  } catch (error) {
    session.close()
    throw error
  }
}

class FtpSession implements RemoteSession {
  readonly #options: FtpOptions
  readonly #client: Client
  readonly #closing = new AbortController()
  /** That one is in, as the configuration names it; null: as after logging in. */
  #entered: { path: string; bytes: string } | null = null

  constructor(options: FtpOptions) {
    this.#options = options
    this.#client = new Client(options.idleMs, { maxListingBytes: listingBytesMax })
    this.#client.ftp.encoding = 'latin1'
    this.#client.prepareTransfer = passiveMode({
      address: options.address,
      connectMs: Math.min(connectMsMax, options.idleMs),
      signal: this.#closing.signal,
    })
    const parse = this.#client.parseList
    this.#client.parseList = (text) => {
      if (hasMoreLines(text, namesMax)) throw tooManyFiles({ path: this.#entered?.path ?? '/' })
      return parse(text)
    }
    options.signal.addEventListener('abort', this.close)
  }

  get isOpen(): boolean {
    return !this.#closing.signal.aborted && !this.#client.closed
  }

  close = (): void => {
    this.#options.signal.removeEventListener('abort', this.close)
    this.#closing.abort()
    this.#client.close()
  }

  async logIn(): Promise<void> {
    const { address, port, tls, username, password, signal, idleMs } = this.#options
    signal.throwIfAborted()
    const limitMs = Math.min(loginMsMax, idleMs)
    await this.#within(limitMs, 'let us log in', async () => {
      if (tls === 'implicit') await this.#client.connectImplicitTLS(address, port, this.#tlsOptions())
      else await this.#client.connect(address, port)
      if (tls === 'explicit') await this.#secure()
      await this.#client.login(utf8Bytes(username), utf8Bytes(password))
      await this.#client.useDefaultSettings()
    })
  }

  /** Before anything is said that somebody else should not read. */
  async #secure(): Promise<void> {
    try {
      await this.#client.useTLS(this.#tlsOptions())
    } catch (error) {
      if (error instanceof FTPError) throw noTls(this.#options.origin)
      throw error
    }
  }

  #tlsOptions(): ConnectionOptions {
    const { host, address, certificate } = this.#options
    return {
      // What is connected to; whom the certificate has to be of is another thing.
      host: address,
      ...(isIP(host) === 0 && { servername: host }),
      minVersion: 'TLSv1.2',
      checkServerIdentity: (_, peer) => checkServerIdentity(host, peer),
      ...(certificate !== null && { ca: certificate }),
    }
  }

  async folder(path: string): Promise<RemoteFolder | null> {
    if (!(await this.#enter(path))) return null
    const { bytes } = this.#entered!
    const infos = await this.#asked('list the folder', async () => {
      const listed = await this.#client.list()
      const [command] = this.#client.availableListCommands
      if (listed.length > 0 || command !== 'LIST -a') return listed
      // Some servers take -a for the name of a file.
      this.#client.availableListCommands = ['LIST']
      return this.#client.list()
    })
    return folderOf(infos, bytes, this.#options.now())
  }

  /** @returns false when there is no such folder */
  async #enter(path: string): Promise<boolean> {
    if (this.#entered?.path === path) return true
    for (const bytes of bytesOf(path)) {
      const { code } = await this.#send(`CWD ${await this.#protected(bytes)}`)
      if (code < 300) {
        this.#entered = { path, bytes }
        return true
      }
    }
    return false
  }

  async fileAt(path: string): Promise<RemoteFile | null> {
    for (const name of bytesOf(path)) {
      const found = await this.#fileIn({ folder: null, name }, null)
      if (found !== null) return found
    }
    return null
  }

  fileOf(entry: RemoteEntry): Promise<RemoteFile | null> {
    const { isExact, type, changed, sizeBytes } = entry
    if (!isExact || type !== 'file') return this.#fileIn(entry, sizeBytes)
    return Promise.resolve(this.#file(entry, { sizeBytes, modifiedAt: new Date(changed!.from) }))
  }

  async again(file: RemoteFile): Promise<RemoteFile | null> {
    return this.#fileIn(file, file.sizeBytes)
  }

  /** @param sizeBytes that a listing told, where the server knows no SIZE */
  async #fileIn(place: RemotePlace, sizeBytes: number | null): Promise<RemoteFile | null> {
    const name = await this.#nameOf(place)
    const size = await this.#send(`SIZE ${name}`)
    // What it does not know, it says with 500 or 502; 550 is said of what is not there, or is no file.
    const isUnknown = size.code >= 500 && size.code < 505
    if (size.code !== 213 && !isUnknown) return null
    const time = await this.#send(`MDTM ${name}`)
    if (isUnknown && time.code !== 213 && sizeBytes === null) return this.#listed(place)
    const told = Number.parseInt(size.message.slice(4), 10)
    return this.#file(place, {
      sizeBytes: size.code === 213 && Number.isSafeInteger(told) && told >= 0 ? told : sizeBytes,
      modifiedAt: time.code === 213 ? instantOf(time.message.slice(4).trim()) : null,
    })
  }

  /** A file whose server tells sizes in listings only. */
  async #listed({ folder, name }: RemotePlace): Promise<RemoteFile | null> {
    const slash = name.lastIndexOf('/')
    if (folder !== null || slash === -1) return null
    const found = await this.folder(shownBytes(name.slice(0, slash)) || '/')
    const entry = found?.entries.find((each) => each.name === name.slice(slash + 1) && each.type === 'file')
    return entry === undefined ? null : this.#file(entry, { sizeBytes: entry.sizeBytes, modifiedAt: null })
  }

  #file(place: RemotePlace, told: Pick<RemoteFile, 'sizeBytes' | 'modifiedAt'>): RemoteFile {
    const { folder, name } = place
    const { origin } = this.#options
    const whole = folder === null ? name : `${folder.endsWith('/') ? folder : `${folder}/`}${name}`
    // From the folder that one is in after logging in, which has no name here.
    const fromRoot = whole.startsWith('/') ? whole : `/~/${whole}`
    return {
      folder,
      name,
      ...told,
      shownName: shownBytes(name.slice(name.lastIndexOf('/') + 1)),
      path: `${origin}${visibleText(shownBytes(fromRoot))}`,
      url: `${origin}${fromRoot.split('/').map(urlPart).join('/')}`,
    }
  }

  async *read(file: RemoteFile, from: number): AsyncGenerator<Uint8Array> {
    const name = await this.#nameOf(file)
    const through = new PassThrough()
    // What goes wrong with it is what goes wrong with the transfer.
    through.on('error', () => {})
    const transfer = this.#client.downloadTo(through, name, from)
    // It is awaited below, but may fail before.
    transfer.catch(() => {})
    let isDone = false
    try {
      try {
        for await (const piece of through) yield piece
      } catch {
        // The transfer says why.
      }
      await transfer
      isDone = true
    } catch (error) {
      this.#options.signal.throwIfAborted()
      if (error instanceof FTPError && from > 0 && error.code >= 500 && error.code < 505)
        throw new CannotResume('The server does not know REST.')
      if (error instanceof FTPError && error.code === 550)
        throw new NotFoundError(
          'no_such_file',
          `${file.path} cannot be read (550): it was taken away since it was listed, or this user may not.`,
        )
      throw explainFtp(error, this.#options, 'send the file')
    } finally {
      if (!isDone) this.close()
    }
  }

  async #nameOf({ folder, name }: RemotePlace): Promise<string> {
    // After a new connection one is in no folder yet.
    if (folder !== null && this.#entered?.bytes !== folder) await this.#enter(shownBytes(folder))
    return this.#protected(name)
  }

  /** A name with a space at its beginning, as a path: servers would take the space for one of the command's. */
  #protected(name: string): Promise<string> {
    return this.#asked('say where we are', () => this.#client.protectWhitespace(name))
  }

  /** A command whose refusal means something to its caller. */
  async #send(command: string): Promise<FTPResponse> {
    const reply = await this.#asked(`answer ${command.slice(0, 4).trim()}`, () =>
      this.#client.sendIgnoringError(command),
    )
    if (reply.code === 421) throw explainFtp(new FTPError(reply), this.#options, 'go on')
    return reply
  }

  #asked<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    return this.#within(this.#options.idleMs, what, work)
  }

  /** Whoever sends a little all the time is not silent: so what is no file has to be done within its time. */
  async #within<Result>(limitMs: number, what: string, work: () => Promise<Result>): Promise<Result> {
    const { signal } = this.#options
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      this.close()
    }, limitMs)
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof AppError) throw error
      throw explainFtp(isLate ? new Error('Timeout') : error, this.#options, what)
    } finally {
      clearTimeout(timer)
    }
  }
}

function hasMoreLines(text: string, max: number): boolean {
  let lines = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) if (++lines > max) return true
  return false
}
