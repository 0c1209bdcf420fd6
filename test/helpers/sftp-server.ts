import { createHash } from 'node:crypto'
import { closeSync, lstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import type { Server as NetServer } from 'node:net'
import { join } from 'node:path'
import {
  type Algorithms,
  type Attributes,
  type AuthContext,
  type Connection,
  type FileEntry,
  type PublicKeyAuthContext,
  Server,
  type SFTPWrapper,
  utils,
} from 'ssh2'

/** A private key as text, and what a client is told of its public part. */
export interface HostKey {
  privateKey: string
  publicKey: string
  /** "SHA256:…" */
  fingerprint: string
}

/** Makes a key for a server or a user. */
export function makeKey(type: 'ed25519' | 'ecdsa' | 'rsa' = 'ed25519', passphrase?: string): HostKey {
  const { public: publicKey, private: privateKey } = generated(type, passphrase)
  // Of the keys that this library makes, it cannot read every one again.
  if (utils.parseKey(privateKey, passphrase) instanceof Error) return makeKey(type, passphrase)
  const blob = Buffer.from(publicKey.split(' ')[1]!, 'base64')
  const hash = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')
  return { privateKey, publicKey, fingerprint: `SHA256:${hash}` }
}

function generated(type: 'ed25519' | 'ecdsa' | 'rsa', passphrase: string | undefined) {
  if (passphrase !== undefined)
    return utils.generateKeyPairSync('rsa', { bits: 2048, passphrase, cipher: 'aes256-cbc', rounds: 1 })
  if (type === 'rsa') return utils.generateKeyPairSync('rsa', { bits: 2048 })
  if (type === 'ecdsa') return utils.generateKeyPairSync('ecdsa', { bits: 256 })
  return utils.generateKeyPairSync('ed25519')
}

/** An SFTP server of a folder. */
export interface SftpServer extends AsyncDisposable {
  port: number
  /** How many have logged in, and how many are connected now. */
  logins(): number
  connections(): number
  /** What it was asked for, as "OPEN /list.csv". */
  asked: string[]
}

export interface SftpServerOptions {
  /** Left out: one that is free. */
  port?: number
  hostKeys?: readonly HostKey[]
  username?: string
  password?: string
  /** Asks for the password as a question (keyboard-interactive), and takes it in no other way. */
  asksForPassword?: boolean
  /** The public part of it lets one in. */
  userKey?: HostKey
  algorithms?: Algorithms
  /** What a folder lists, instead of what it holds, a call at a time; null: no more. */
  list?: (call: number) => FileEntry[] | null
  /** Before a READ is answered; false: it is not. `connection` can be ended. */
  onRead?: (read: { offset: number; path: string; connection: Connection }) => boolean
  /** Before anything else is answered; false: it is not. */
  onAsked?: (asked: string, connection: Connection) => boolean
}

export const sftpPassword = 'geheim'

/**
 *     await using server = await startSftpServer(folder)
 */
export async function startSftpServer(root: string, options: SftpServerOptions = {}): Promise<SftpServer> {
  const { hostKeys = [makeKey()], algorithms, port = 0 } = options
  const asked: string[] = []
  const connections = new Set<Connection>()
  let logins = 0
  const server = new Server(
    { hostKeys: hostKeys.map(({ privateKey }) => privateKey), ...(algorithms && { algorithms }) },
    (connection) => {
      connections.add(connection)
      connection.on('close', () => connections.delete(connection))
      connection.on('error', () => {})
      connection.on('authentication', (context) => authenticate(context, options))
      connection.on('ready', () => {
        logins++
        connection.on('session', (accept) => {
          accept().on('sftp', (acceptSftp) => serve(acceptSftp(), { root, options, asked, connection }))
        })
      })
    },
  )
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  // What its types leave out.
  const address = (server as unknown as NetServer).address()
  if (address === null || typeof address === 'string') throw new Error('It does not listen.')
  return {
    port: address.port,
    logins: () => logins,
    connections: () => connections.size,
    asked,
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.end()
      server.close()
    },
  }
}

function authenticate(
  context: AuthContext,
  { username = 'acme', password = sftpPassword, asksForPassword = false, userKey }: SftpServerOptions,
): void {
  const others = asksForPassword ? (['keyboard-interactive'] as const) : (['password'] as const)
  const decide = (isRight: boolean) => (isRight ? context.accept() : context.reject(['publickey', ...others]))
  if (context.username !== username) decide(false)
  else if (context.method === 'password') decide(!asksForPassword && context.password === password)
  else if (context.method === 'publickey') decide(userKey !== undefined && isOf(userKey, context))
  else if (context.method !== 'keyboard-interactive') decide(false)
  else if (!asksForPassword) decide(false)
  else context.prompt([{ prompt: 'Password:', echo: false }], (answers) => decide(answers[0] === password))
}

function isOf({ publicKey }: HostKey, { key, signature, blob, hashAlgo }: PublicKeyAuthContext): boolean {
  const parsed = utils.parseKey(publicKey)
  if (parsed instanceof Error || !parsed.getPublicSSH().equals(key.data)) return false
  // It is first asked whether the key would do.
  return signature === undefined || parsed.verify(blob!, signature, hashAlgo) === true
}

interface Serving {
  root: string
  options: SftpServerOptions
  asked: string[]
  connection: Connection
}

const { STATUS_CODE } = utils.sftp

function serve(sftp: SFTPWrapper, { root, options, asked, connection }: Serving): void {
  const open = new Map<number, { path: string; descriptor: number | null; calls: number }>()
  let handles = 0
  const { list, onRead, onAsked } = options
  const isAnswered = (what: string) => {
    asked.push(what)
    return onAsked?.(what, connection) ?? true
  }
  const handleOf = (path: string, descriptor: number | null) => {
    open.set(++handles, { path, descriptor, calls: 0 })
    const handle = Buffer.alloc(4)
    handle.writeUInt32BE(handles)
    return handle
  }
  const at = (path: string) => join(root, path)
  /** Answers with a status when the file system says no. */
  const trying = (id: number, work: () => void) => {
    try {
      work()
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      sftp.status(id, isMissing ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE)
    }
  }
  sftp.on('error', () => {})
  for (const name of ['STAT', 'LSTAT'] as const) {
    sftp.on(name as 'STAT', (id, path) => {
      if (isAnswered(`${name} ${path}`)) trying(id, () => sftp.attrs(id, attributesOf(at(path))))
    })
  }
  sftp.on('OPENDIR', (id, path) => {
    if (isAnswered(`OPENDIR ${path}`)) trying(id, () => sftp.handle(id, handleOf(path, null)))
  })
  sftp.on('READDIR', (id, handle) => {
    const folder = open.get(handle.readUInt32BE())!
    if (!isAnswered(`READDIR ${folder.path}`)) return
    const calls = folder.calls++
    const entries = list === undefined ? (calls === 0 ? ownEntries(at(folder.path)) : null) : list(calls)
    if (entries === null) sftp.status(id, STATUS_CODE.EOF)
    else sftp.name(id, entries)
  })
  sftp.on('OPEN', (id, path) => {
    if (isAnswered(`OPEN ${path}`)) trying(id, () => sftp.handle(id, handleOf(path, openSync(at(path), 'r'))))
  })
  sftp.on('READ', (id, handle, offset, length) => {
    const { path, descriptor } = open.get(handle.readUInt32BE())!
    if (onRead?.({ offset, path, connection }) === false) return
    trying(id, () => {
      const bytes = Buffer.alloc(length)
      const count = readSync(descriptor!, bytes, 0, length, offset)
      if (count === 0) sftp.status(id, STATUS_CODE.EOF)
      else sftp.data(id, bytes.subarray(0, count))
    })
  })
  sftp.on('CLOSE', (id, handle) => {
    const { descriptor } = open.get(handle.readUInt32BE())!
    if (descriptor !== null) closeSync(descriptor)
    open.delete(handle.readUInt32BE())
    sftp.status(id, STATUS_CODE.OK)
  })
  sftp.on('close', () => {
    for (const { descriptor } of open.values()) if (descriptor !== null) closeSync(descriptor)
    open.clear()
  })
}

/** An entry of a listing, as a server may give it. */
export function entry(filename: string, attrs: Partial<Attributes> = {}): FileEntry {
  return {
    filename,
    longname: `-rw-r--r-- 1 acme acme 1 Oct 20 2026 ${filename}`,
    attrs: {
      mode: 0o100_644,
      uid: 1,
      gid: 1,
      size: 1,
      atime: 1_792_000_000,
      mtime: 1_792_000_000,
      ...attrs,
    } as FileEntry['attrs'],
  }
}

function attributesOf(path: string, stat = statSync): Attributes {
  const { mode, uid, gid, size, atimeMs, mtimeMs } = stat(path)
  return { mode, uid, gid, size, atime: Math.floor(atimeMs / 1000), mtime: Math.floor(mtimeMs / 1000) }
}

const ownEntries = (folder: string): FileEntry[] => [
  entry('.', { mode: 0o040_755 }),
  entry('..', { mode: 0o040_755 }),
  ...readdirSync(folder).map((name) => entry(name, attributesOf(join(folder, name), lstatSync))),
]
