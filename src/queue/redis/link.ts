import { createNodeRedisClient, type IRedisClient } from 'bullmq'
import { createClient } from 'redis'
import { UnavailableError } from '../../lib/errors.ts'
import type { Logger } from '../../lib/log.ts'
import { redactText } from '../../lib/redact.ts'

/** What people are told about Redis. */
export interface RedisHealth {
  status: 'ok' | 'unavailable'
  /** What is wrong and what to do, without secrets; null: nothing is. */
  message: string | null
}

/** Connections that work, until one of them does not. */
export interface RedisSession {
  client: RedisClient
  /** The same connection, as BullMQ takes it. */
  bullmq: IRedisClient
}
export type RedisClient = ReturnType<typeof redisClient>

export interface RedisLinkOptions {
  url: string
  log: Logger
  /** What other processes say is heard on it. */
  channel: string
  onMessage(message: string): void
  /** Redis can be used, again or for the first time: it may have forgotten what it was told before. */
  onUp(session: RedisSession): void
  onDown(): void
}

/** Longest that Redis may take for anything; it is beside the work, and must not hold it up. */
export const answerMs = 2000
/** Pauses before it is tried again to connect: doubled each time. */
const backoffMs = { first: 100, most: 5000 }
/** A session that ends sooner counts as one more failure: a server that lets everybody in may be of no use all the same. */
const provenMs = 1000
/** For how long what proves that Redis takes writes is kept there. */
const proofSeconds = 60

/**
 * Holds the connections to Redis, and says whether it can be used. Whatever fails or takes too long ends the session
 * with all that is under way on it, and a new one is made after a pause: one way out of every trouble, of which the
 * libraries' own reconnecting (which waits without end for a server that accepts and says nothing) knows nothing.
 */
export class RedisLink {
  readonly #options: RedisLinkOptions
  #session: OwnSession | null = null
  #message: string | null = 'Redis has not been asked yet.'
  /** What was last told in the log. */
  #isTold: boolean | null = null
  #failures = 0
  #upAt = 0
  #timer: ReturnType<typeof setTimeout> | null = null
  #isClosed = false

  constructor(options: RedisLinkOptions) {
    this.#options = options
  }

  get isUp(): boolean {
    return this.#session !== null
  }

  get health(): RedisHealth {
    return { status: this.isUp ? 'ok' : 'unavailable', message: this.#message }
  }

  /** Tries once to connect, and goes on trying later. It never fails. */
  async open(): Promise<void> {
    let session: OwnSession | null = null
    try {
      // What is wrong while it connects is thrown.
      session = await connect(this.#options, (error) => session !== null && this.#end(session, error))
      if (this.#isClosed) return session.close()
      this.#session = session
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#upAt = performance.now()
    this.#message = null
    if (this.#isTold === false) this.#options.log.info('Redis serves the queue again')
    this.#isTold = true
    this.#options.onUp(this.#session)
  }

  /**
   * Does something on Redis, all of it within two seconds.
   * @throws UnavailableError `redis_unavailable`
   */
  async use<Result>(work: (session: RedisSession) => Promise<Result>): Promise<Result> {
    const session = this.#session
    if (session === null) throw unavailable(this.#message)
    try {
      return await within(answerMs, work(session))
    } catch (error) {
      this.#end(session, error)
      throw unavailable(this.#message, error)
    }
  }

  close(): void {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#session?.close()
    this.#session = null
  }

  #end(session: RedisSession, error: unknown): void {
    if (this.#session !== session) return
    this.#session.close()
    this.#session = null
    if (performance.now() - this.#upAt > provenMs) this.#failures = 0
    this.#fail(error)
    this.#options.onDown()
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return
    this.#message = messageOf(error, this.#options.url)
    if (this.#isTold !== false)
      this.#options.log.warn('Redis cannot be used; the database serves the queue meanwhile', {
        why: this.#message,
      })
    this.#isTold = false
    const pauseMs = Math.min(backoffMs.most, backoffMs.first * 2 ** this.#failures++)
    // So that many processes do not come back at the same moment.
    this.#timer = setTimeout(() => void this.open(), pauseMs * (0.5 + Math.random() / 2))
  }
}

interface OwnSession extends RedisSession {
  close(): void
}

/** @throws whatever is wrong, after two seconds for each step at most */
async function connect(
  { url, channel, onMessage }: RedisLinkOptions,
  onError: (error: unknown) => void,
): Promise<OwnSession> {
  const client = redisClient(url)
  const subscriber = redisClient(url)
  const close = () => {
    for (const each of [client, subscriber]) if (each.isOpen) each.destroy()
  }
  // Without a listener an event of that name ends the process.
  client.on('error', onError)
  subscriber.on('error', onError)
  try {
    await within(answerMs, Promise.all([client.connect(), subscriber.connect()]))
    await within(answerMs, subscriber.subscribe(channel, onMessage))
    // One that is full, or a copy of another, lets everybody in and takes nothing.
    await within(
      answerMs,
      client.set(`${channel}:proof`, '1', { expiration: { type: 'EX', value: proofSeconds } }),
    )
    const bullmq = createNodeRedisClient(client)
    bullmq.on('error', onError)
    return { client, bullmq, close }
  } catch (error) {
    close()
    throw error
  }
}

/** A client that does not wait for better times: what it cannot do now fails now. Listen to its `error`. */
export function redisClient(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: { connectTimeout: answerMs, reconnectStrategy: false },
  })
}

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(noAnswer)), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

const noAnswer = `it did not answer within ${answerMs / 1000} s`

const unavailable = (message: string | null, cause?: unknown) =>
  new UnavailableError('redis_unavailable', message ?? 'Redis cannot be used.', {
    cause,
    retryAfterMs: 5000,
  })

/** What people can do about it, by how the server's answer begins. */
const advice: [RegExp, string][] = [
  [/^(WRONGPASS|NOAUTH|ERR invalid password|ERR AUTH)/, 'check the user and the password in REDIS_URL'],
  [/^(OOM|ERR maxmemory)/, 'it is full: raise its maxmemory, or give Tallyman a Redis of its own'],
  [/^NOPERM/, 'its user must be allowed all commands on the keys tallyman:* and job:*'],
  [/^READONLY/, 'REDIS_URL must name the server that is written to, not a copy of it'],
  [/^LOADING/, 'it is reading its data, and will be there soon'],
  [/DB index/, 'REDIS_URL names a database that it does not have'],
]

/** Servers before version 6 repeat a password in their answer, so it is taken out of whatever they say. */
function messageOf(error: unknown, url: string): string {
  const text = error instanceof Error ? error.message || error.name : String(error)
  const { username, password, host } = new URL(url)
  const secrets = [password, decoded(password), username, decoded(username)].filter((each) => each !== '')
  const said = redactText(secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text))
  const hint = advice.find(([pattern]) => pattern.test(text))?.[1]
  return `Redis at ${host} cannot be used: ${hint === undefined ? '' : `${hint} (`}${said}${hint === undefined ? '' : ')'}.`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
