import { connect, type Socket } from 'node:net'
import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2'
import SftpClient from 'ssh2-sftp-client'
import { AppError, UnavailableError } from '../../../lib/errors.ts'
import { explained } from '../../../lib/outbound/failure.ts'
import { explainSftp } from './failure.ts'
import {
  fingerprintOf,
  hostKeyChanged,
  type KnownKey,
  keyTypeOf,
  keyTypes,
  signaturesOf,
} from './host-key.ts'

export interface SftpOptions {
  /** Name and port. */
  host: string
  port: number
  /** Of the host; checked, and the only one that is connected to. */
  address: string
  username: string
  password: string | null
  privateKey: string | null
  passphrase: string | null
  /** That the configuration names; null: that which is known, or any if none is. */
  hostKey: string | null
  known: KnownKey | null
  /** Keeps a key that was not known, before anything secret is sent to who shows it. */
  learn: (key: KnownKey) => Promise<void>
  /** As "sftp://files.example.com:2222". */
  origin: string
  idleMs: number
  signal: AbortSignal
}

/** The connection of somebody who is logged in. */
export interface LoggedIn {
  sftp: Awaited<ReturnType<SftpClient['connect']>>
  key: KnownKey
  isOpen(): boolean
  /** At once. Never throws. */
  close(): void
}

/** What the library would also take: SHA-1, and packing, which says nothing of what comes out of it. */
const safeAlgorithms: Algorithms = {
  hmac: {
    remove: ['hmac-sha1-etm@openssh.com', 'hmac-sha1'],
    append: [],
    prepend: [],
  },
  compress: ['none'],
}
const connectMsMax = 10_000
/** Longest time until one is logged in. */
const loginMsMax = 30_000
/** How long the last words may take on their way. */
const lastWordsMs = 1000

/**
 * Connects to an SFTP server and logs in, when it shows the key that is expected of it.
 * @throws ForbiddenError `host_key_changed`, `not_authorized`
 * @throws InvalidError `private_key_not_readable`, `no_safe_algorithm`
 * @throws UnavailableError `unreachable`, `timed_out`, `cut_off`, `server_failed`
 */
export async function logIn(options: SftpOptions): Promise<LoggedIn> {
  const { host, hostKey, known } = options
  const expected = hostKey ?? known?.host_key ?? null
  const first = known !== null && known.host_key === expected ? known.key_type : null
  const shown: KnownKey[] = []
  // A server has several keys, and shows one of them: where only a fingerprint is known, each is asked for.
  for (let types = keyTypes; types.length > 0; ) {
    const tried = await attempt(options, { expected, algorithms: signaturesOf(types, first) })
    if ('sftp' in tried) return tried
    if (tried.key === null) {
      const isWithoutOthers =
        shown.length > 0 && tried.error instanceof AppError && tried.error.code === 'no_safe_algorithm'
      if (!isWithoutOthers) throw tried.error
      break
    }
    shown.push(tried.key)
    const { key_type } = tried.key
    types = hostKey === null || first !== null ? [] : types.filter((type) => type !== key_type)
  }
  throw hostKeyChanged({ host, expected: expected!, seen: shown[0]!.host_key })
}

/** One that was refused: by its key, or by another error. */
type Refused = { key: KnownKey } | { key: null; error: unknown }

async function attempt(
  options: SftpOptions,
  { expected, algorithms }: { expected: string | null; algorithms: ServerHostKeyAlgorithm[] },
): Promise<LoggedIn | Refused> {
  const { host, username, password, privateKey, passphrase, known, learn, origin, idleMs, signal } = options
  const socket = await connected(options)
  // It prints what it is not told to do with its events.
  const client = new SftpClient(host, { error: () => {}, end: () => {}, close: () => {} })
  const close = () => {
    signal.removeEventListener('abort', close)
    // Its answer is not waited for.
    client.end().catch(() => {})
    socket.end(() => socket.destroy())
    setTimeout(() => socket.destroy(), lastWordsMs).unref()
  }
  signal.addEventListener('abort', close)
  const failed: unknown[] = []
  client.on('error', (error: unknown) => failed.push(error))
  client.on('keyboard-interactive', (_name, _instructions, _language, prompts, answer) =>
    answer(prompts.map(() => password ?? '')),
  )
  let key: KnownKey | null = null
  let isRefused = false
  const unlearned: unknown[] = []
  const limitMs = Math.min(loginMsMax, idleMs)
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('Timed out.')), limitMs)
  try {
    const connecting = client.connect({
      sock: socket,
      username,
      ...(password !== null && { password, tryKeyboard: true }),
      ...(privateKey !== null && { privateKey }),
      ...(passphrase !== null && { passphrase }),
      readyTimeout: limitMs,
      keepaliveInterval: 0,
      algorithms: {
        serverHostKey: algorithms,
        ...safeAlgorithms,
      },
      hostVerifier: (shown: Buffer, verify: (isTaken: boolean) => void) => {
        const seen = { host, host_key: fingerprintOf(shown), key_type: keyTypeOf(shown) }
        // It is shown again when the keys of a long connection are renewed.
        const isKnown = [known?.host_key, key?.host_key].includes(seen.host_key)
        key = seen
        isRefused = expected !== null && seen.host_key !== expected
        if (isRefused || isKnown) return verify(!isRefused)
        learn(seen).then(
          () => verify(true),
          (error) => {
            unlearned.push(error)
            verify(false)
          },
        )
      },
    })
    connecting.catch(() => {})
    const sftp = await Promise.race([connecting, late.promise])
    return { sftp, key: key!, close, isOpen: () => !socket.destroyed && socket.writable }
  } catch (error) {
    close()
    signal.throwIfAborted()
    if (isRefused) return { key: key! }
    if (unlearned.length > 0) throw unlearned[0]
    return { key: null, error: explainSftp(failed[0] ?? error, origin, 'let us log in') }
  } finally {
    clearTimeout(timer)
  }
}

function connected({ address, port, origin, idleMs, signal }: SftpOptions): Promise<Socket> {
  const limitMs = Math.min(connectMsMax, idleMs)
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const socket = connect({ host: address, port })
    const end = (error: unknown) => {
      settle()
      socket.destroy()
      reject(error)
    }
    const fail = (error: unknown) => end(explained(error, { origin }, false))
    const abort = () => end(signal.reason)
    const timer = setTimeout(
      () => end(new UnavailableError('timed_out', `${origin} did not answer within ${limitMs / 1000} s.`)),
      limitMs,
    )
    const settle = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      socket.removeListener('error', fail)
      // Whatever comes late.
      socket.on('error', () => {})
    }
    signal.addEventListener('abort', abort)
    socket.once('error', fail)
    socket.once('connect', () => {
      settle()
      resolve(socket)
    })
  })
}
