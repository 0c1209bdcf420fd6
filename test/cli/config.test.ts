import { expect, test } from 'bun:test'
import { run } from '../../src/cli/index.ts'
import { testIo } from '../helpers/io.ts'

async function printed(argv: string[], env: Record<string, string>) {
  const io = testIo({ env, cwd: '/srv' })
  expect(await run(['config', ...argv], io)).toBe(0)
  expect(io.err()).toBe('')
  return io.out()
}

test('settings are shown with where they come from, secrets redacted', async () => {
  const out = await printed([], { DATABASE_URL: 'postgres://me:s3cret@db/x', PORT: '80' })
  const rows = out.split('\n').map((line) => line.trim().split(/ {2,}/))
  expect(rows).toContainEqual(['DATABASE_URL', 'postgres://me:***@db/x', 'environment'])
  expect(rows).toContainEqual(['PORT', '80', 'environment'])
  expect(rows).toContainEqual(['TALLYMAN_DATA_DIR', '/srv/data', 'default'])
  expect(rows).toContainEqual(['TALLYMAN_CURRENCY', '-', 'default'])
  expect(out).not.toContain('s3cret')
})

test('as JSON they keep their types', async () => {
  const out = await printed(['--json'], { DATABASE_URL: 'postgres://me:s3cret@db/x' })
  const { settings } = JSON.parse(out)
  expect(settings).toContainEqual({
    name: 'DATABASE_URL',
    value: 'postgres://me:***@db/x',
    from: 'environment',
  })
  expect(settings).toContainEqual({ name: 'PORT', value: 8420, from: 'default' })
  expect(settings).toContainEqual({
    name: 'TALLYMAN_ORPHANS',
    value: ['runs', 'fingerprints'],
    from: 'default',
  })
  expect(settings).toContainEqual({ name: 'TALLYMAN_CURRENCY', value: null, from: 'default' })
})

test('settings for tests show up only where they are set', async () => {
  expect(await printed([], {})).not.toContain('TALLYMAN_CORPUS')
  expect(await printed([], { TALLYMAN_CORPUS: '/c' })).toContain('TALLYMAN_CORPUS')
})

test('the example of an environment file needs no environment', async () => {
  const out = await printed(['--env-example'], { PORT: 'broken' })
  expect(out).toContain('\n# PORT=8420\n')
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(115)
})
