import { Database } from 'bun:sqlite'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { cpus, release, totalmem, type } from 'node:os'
import { promisify } from 'node:util'
import type { Peers } from './peers.ts'

const run = promisify(execFile)

/** What the figures were measured on. */
export interface Machine {
  cpu: string
  cores: number
  memoryBytes: number
  /** "Linux 6.1.0 (Debian GNU/Linux 12)". */
  system: string
  /** Program → version, in the order in which they are shown. */
  versions: Record<string, string>
}

/** @param postgresVersion of the server, or null when there is none */
export async function describeMachine(peers: Peers, postgresVersion: string | null): Promise<Machine> {
  const processors = cpus()
  const distribution = await distributionName()
  return {
    cpu: processors[0]?.model.trim() || process.arch,
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${type()} ${release()}${distribution === null ? '' : ` (${distribution})`}`,
    versions: {
      Bun: Bun.version,
      'SQLite (ours)': ownSqliteVersion(),
      ...(await versionOf('sqlite3', peers.sqlite3, ['--version'], /^(\S+)/)),
      ...(postgresVersion !== null && { PostgreSQL: postgresVersion }),
      ...(await versionOf('psql', peers.psql, ['--version'], /([\d.]+)/)),
      ...(await pythonVersions(peers.python)),
    },
  }
}

/** "2 × AMD EPYC, 24 GB, Linux …". */
export function machineText({ cpu, cores, memoryBytes, system }: Machine): string {
  return `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${Math.round(memoryBytes / 1024 ** 3)} GiB of memory, ${system}`
}

async function distributionName(): Promise<string | null> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(text)?.[1] ?? null
}

function ownSqliteVersion(): string {
  using database = new Database(':memory:')
  return database.query<{ version: string }, []>('select sqlite_version() as version').get()!.version
}

async function versionOf(
  name: string,
  program: string | null,
  args: string[],
  pattern: RegExp,
): Promise<Record<string, string>> {
  if (program === null) return {}
  const { stdout } = await run(program, args)
  return { [name]: pattern.exec(stdout)?.[1] ?? stdout.trim() }
}

async function pythonVersions(python: string | null): Promise<Record<string, string>> {
  if (python === null) return {}
  const code = `
import json, platform, pandas, pydantic, sqlalchemy
print(json.dumps({"Python": platform.python_version(), "pandas": pandas.__version__,
  "pydantic": str(pydantic.VERSION), "SQLAlchemy": sqlalchemy.__version__}))`
  const { stdout } = await run(python, ['-c', code])
  // Printed four lines above.
  return JSON.parse(stdout) as Record<string, string>
}
