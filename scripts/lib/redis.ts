import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type FallibleServer, onFreePort, type Server, startServer } from './server.ts'

const run = promisify(execFile)

/**
 * A private Redis, from the first of these that is there: the server that TALLYMAN_TEST_REDIS_URL names (its
 * database will be flushed), redis-server or valkey-server on the PATH, Docker, and, as root on Debian and its
 * kin, apt-get.
 * @param given the value of TALLYMAN_TEST_REDIS_URL, or null
 * @throws Error that says what to install when none is
 */
export async function startRedis(given: string | null): Promise<Server> {
  if (given !== null) return { url: given, [Symbol.asyncDispose]: async () => {} }
  const program = findProgram()
  if (program !== null) return startProgram(program)
  if (await isDockerRunning()) return startContainer()
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version'))
    return startProgram(await installProgram())
  throw new Error(
    'The tests need Redis: install redis-server or valkey-server (Debian: apt-get install redis-server; macOS: ' +
      'brew install valkey), or start Docker, or name a server to flush in TALLYMAN_TEST_REDIS_URL.',
  )
}

/**
 * A private Redis that forgets everything when it falls.
 * @throws Error where neither redis-server nor valkey-server is on the PATH
 */
export async function startFallibleRedis(): Promise<FallibleServer> {
  const program = findProgram()
  if (program === null) throw new Error('This needs redis-server or valkey-server on the PATH.')
  return onFreePort(async (port) => {
    let server: AsyncDisposable | null = await startProgramOn(program, port)
    const crash = async () => {
      await server?.[Symbol.asyncDispose]()
      server = null
    }
    return {
      url: `redis://127.0.0.1:${port}`,
      crash,
      async recover() {
        server ??= await startProgramOn(program, port)
      },
      [Symbol.asyncDispose]: crash,
    }
  })
}

function findProgram(): string | null {
  return Bun.which('redis-server') ?? Bun.which('valkey-server')
}

async function isDockerRunning(): Promise<boolean> {
  if (Bun.which('docker') === null) return false
  return run('docker', ['info'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  )
}

/** The list of packages first: on a new machine there is none. RUNLEVEL=1 keeps the package's own service off. */
async function installProgram(): Promise<string> {
  console.log('Installing redis-server with apt-get, because the tests need it …')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  await run('apt-get', ['update', '-qq'], { env })
  await run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', 'redis-server'], { env })
  const program = findProgram()
  if (program === null) throw new Error('apt-get installed redis-server, yet it is not on the PATH.')
  return program
}

function startProgram(program: string): Promise<Server> {
  return onFreePort(async (port) => ({
    ...(await startProgramOn(program, port)),
    url: `redis://127.0.0.1:${port}`,
  }))
}

async function startProgramOn(program: string, port: number): Promise<AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'tallyman-redis-'))
  return startServer({
    command: [program, ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory], ...inMemory],
    user: null,
    signal: 'TERM',
    directory,
    readyWithinMs: 30_000,
  })
}

/** `docker run` stays in the foreground: it passes a TERM on to the server and removes the container after it. */
function startContainer(): Promise<Server> {
  return onFreePort(async (port) => {
    const directory = await mkdtemp(join(tmpdir(), 'tallyman-redis-'))
    const server = await startServer({
      command: [
        'docker',
        'run',
        '--rm',
        '-p',
        `127.0.0.1:${port}:6379`,
        'redis:7-alpine',
        'redis-server',
        ...inMemory,
      ],
      user: null,
      signal: 'TERM',
      directory,
      // The image may have to be fetched first.
      readyWithinMs: 180_000,
    })
    return { ...server, url: `redis://127.0.0.1:${port}` }
  })
}

/** Nothing is written to disk. */
const inMemory = ['--save', '', '--appendonly', 'no']
