import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { root } from '../../scripts/lib/build.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

/** Starts a bun of its own, which a busy machine may take long to give a turn. */
const timeLimitMs = 60_000

async function scoreCommand(...args: string[]) {
  const command = Bun.spawn(
    [process.execPath, '--no-env-file', join(root, 'scripts/lib/score/main.ts'), ...args],
    {
      stdout: 'pipe',
      stderr: 'pipe',
    },
  )
  const [stdout, stderr] = await Promise.all([command.stdout.text(), command.stderr.text()])
  return { code: await command.exited, stdout, stderr }
}

test(
  'one file is scored, printed and written for programs',
  async () => {
    await using folder = await temporaryDirectory()
    const json = folder.file('score.json')
    const { code, stdout } = await scoreCommand('--only', 'own', '--json', json, 'de-warengruppen')
    expect(stdout).toContain('✓ de-warengruppen.csv')
    expect(stdout).toContain('Negatives refused')
    expect(code).toBe(0)
    const { lists } = await Bun.file(json).json()
    expect(lists).toMatchObject([{ file: 'de-warengruppen.csv', isNegative: true, verdict: 'right' }])
  },
  timeLimitMs,
)

test(
  'a wrong command line says what is wrong',
  async () => {
    const { code, stderr } = await scoreCommand('--only', 'owls')
    expect(code).toBe(2)
    expect(stderr).toContain('--only knows no "owls"')
    expect((await scoreCommand('--help')).stdout).toStartWith('Usage: scripts/score')
  },
  timeLimitMs,
)
