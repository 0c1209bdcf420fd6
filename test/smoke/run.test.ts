import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { temporaryDirectory } from '../helpers/temporary.ts'
import { executable, firstMatch } from './child.ts'

const scripts = join(import.meta.dir, '../../scripts')

// Under scripts/test only: there the packages are known to be in step with the lockfile, so nothing is installed.
test.skipIf(executable === null)(
  'scripts/run fills an empty folder with the samples once, and keeps them at the second start',
  async () => {
    await using folder = await temporaryDirectory()
    const env = { ...process.env, TALLYMAN_DATA_DIR: folder.file('data'), PORT: '0' }

    expect(await startAndStop(env)).toContain('First start')
    const imports = await listed(env, 'imports')
    expect(imports.map(({ status }) => status)).toEqual([
      'completed',
      ...Array.from({ length: 5 }, () => 'partial_success'),
    ])

    expect(await startAndStop(env)).not.toContain('First start')
    expect(await listed(env, 'imports')).toEqual(imports)
  },
  120_000,
)

/** @returns what it said until it listened */
async function startAndStop(env: NodeJS.ProcessEnv): Promise<string> {
  const service = Bun.spawn([join(scripts, 'run')], {
    env,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
  })
  try {
    const said = await firstMatch(service.stdout, /^([\s\S]*)"message":"listening"/)
    service.kill('SIGTERM')
    expect(await service.exited).toBe(0)
    return said
  } finally {
    service.kill('SIGKILL')
  }
}

async function listed(env: NodeJS.ProcessEnv, what: string): Promise<{ status: string }[]> {
  const child = Bun.spawn([join(scripts, 'tallyman'), what, '--json'], {
    env,
    stdout: 'pipe',
    stderr: 'inherit',
  })
  // As the command prints it: the list under its own name.
  const json = (await new Response(child.stdout).json()) as Record<string, { status: string }[]>
  return json[what] ?? []
}
