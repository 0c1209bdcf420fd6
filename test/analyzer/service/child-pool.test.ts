import { expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChildLimits } from '../../../src/analyzer/service/child.ts'
import { openChildPool } from '../../../src/analyzer/service/child-pool.ts'
import type { ChildProgress } from '../../../src/analyzer/service/report.ts'
import { dependentEnvironment } from '../../../src/lib/own-process.ts'
import { silentLog } from '../../helpers/open-database.ts'
import { processState } from '../../helpers/processes.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'
import { until } from '../../helpers/until.ts'

const command = [process.execPath, join(import.meta.dir, '../../helpers/children/faulty-analyzer.ts')]

/** A pool whose children do what the last part of a path says: see faulty-analyzer.ts. */
async function openFaulty(limits: Partial<ChildLimits> = {}, hasSpare = false) {
  const folder = await temporaryDirectory()
  const pool = openChildPool({
    command,
    env: dependentEnvironment(process.env, []),
    cwd: folder.path,
    memoryBytesMax: 1024 ** 3,
    timeMs: 60_000,
    startMs: 60_000,
    silenceMs: 60_000,
    hasSpare,
    log: silentLog,
    ...limits,
  })
  return {
    pool,
    async run(behaviour: string, signal = new AbortController().signal) {
      const seen: ChildProgress[] = []
      const message = {
        import_id: 'one',
        attempt: 1,
        lease_token: 'token',
        path: folder.file(behaviour),
        sha256: '0'.repeat(64),
      }
      const end = await pool.run(message, { onProgress: (progress) => seen.push(progress), signal })
      return { end, seen }
    },
    /** Those that were given a job, so far. */
    async pids() {
      const text = await readFile(folder.file('pids'), 'utf8').catch(() => '')
      return text.trim().split('\n').filter(Boolean).map(Number)
    },
    async [Symbol.asyncDispose]() {
      await pool.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

test('a child reports how far it is, and how it ended, and is gone', async () => {
  await using faulty = await openFaulty()
  const { end, seen } = await faulty.run('good')
  expect(end).toEqual({ status: 'ended', rows: 4 })
  expect(seen).toEqual([
    { phase: 'reading', rows: 2, percent: 50 },
    { phase: 'writing', rows: 4, percent: 100 },
  ])
  const refused = await faulty.run('refuses')
  expect(refused.end).toEqual({ status: 'failed', code: 'no_taste', message: 'Not today.' })
  for (const pid of await faulty.pids()) expect(processState(pid)).toBe('gone')
})

test('each file has a process of its own, spare or not', async () => {
  await using faulty = await openFaulty({}, true)
  for (let n = 0; n < 3; n++) expect((await faulty.run('good')).end).toMatchObject({ status: 'ended' })
  expect(new Set(await faulty.pids()).size).toBe(3)
})

test('one that takes too much memory is killed, and what it was is said', async () => {
  await using faulty = await openFaulty({ memoryBytesMax: 300 * 1024 ** 2 })
  const { end } = await faulty.run('eats')
  expect(end).toMatchObject({
    status: 'failed',
    code: 'analyzer_out_of_memory',
    message: expect.stringContaining('more than 300 MiB of memory'),
  })
}, 60_000)

test('one that takes too long is killed', async () => {
  await using faulty = await openFaulty({ timeMs: 500 })
  const { end } = await faulty.run('waits')
  expect(end).toMatchObject({ status: 'failed', code: 'analyzer_timed_out' })
})

test('one that hangs while it reads is killed long before its time is over', async () => {
  await using faulty = await openFaulty({ silenceMs: 1000 })
  const { end } = await faulty.run('spins')
  expect(end).toMatchObject({
    code: 'analyzer_timed_out',
    message: expect.stringContaining('gave no sign of life for 1 s'),
  })
})

test('a long statement of SQL is not taken for one', async () => {
  await using faulty = await openFaulty({ silenceMs: 1000 })
  expect((await faulty.run('long-sql')).end).toEqual({ status: 'ended', rows: 1 })
})

test('one that crashes, ends or babbles failed, and says how', async () => {
  await using faulty = await openFaulty()
  const crashed = (await faulty.run('crashes')).end
  expect(crashed).toMatchObject({ code: 'analyzer_crashed', message: expect.stringContaining('SIGSEGV') })
  const gone = (await faulty.run('gives-up')).end
  expect(gone).toMatchObject({ code: 'analyzer_crashed', message: expect.stringContaining('ended with 7') })
  const babbling = await faulty.run('babbles')
  expect(babbling).toMatchObject({ end: { code: 'analyzer_crashed' }, seen: [] })
})

test('one that ends before it has begun is started once more, and no oftener', async () => {
  await using faulty = await openFaulty()
  expect((await faulty.run('mute-at-first')).end).toEqual({ status: 'ended', rows: 1 })
  expect((await faulty.run('mute')).end).toMatchObject({ status: 'failed', code: 'analyzer_crashed' })
  expect(await faulty.pids()).toHaveLength(4)
})

test('one that hangs before it has begun is ended, and another one begins', async () => {
  await using patient = await openFaulty({ startMs: 5000 })
  expect((await patient.run('hangs-at-first')).end).toEqual({ status: 'ended', rows: 1 })
  for (const pid of await patient.pids()) expect(processState(pid)).toBe('gone')
  await using impatient = await openFaulty({ startMs: 1000 })
  expect((await impatient.run('hangs')).end).toMatchObject({
    code: 'analyzer_timed_out',
    message: expect.stringContaining('did not begin within 1 s'),
  })
}, 60_000)

test('one that has told its result and does not end is ended', async () => {
  await using faulty = await openFaulty({ silenceMs: 1000 })
  expect((await faulty.run('lingers')).end).toEqual({ status: 'ended', rows: 1 })
}, 60_000)

test('a cancelled one is killed at once, whatever it is doing', async () => {
  await using faulty = await openFaulty()
  const stop = new AbortController()
  const running = faulty.run('spins', stop.signal)
  await until(async () => (await faulty.pids()).length === 1)
  stop.abort()
  expect((await running).end).toEqual({ status: 'cancelled' })
  expect((await faulty.run('good', AbortSignal.abort())).end).toEqual({ status: 'cancelled' })
})

test('closing the pool ends every child, at work or not', async () => {
  const faulty = await openFaulty({}, true)
  const running = faulty.run('spins')
  const [pid] = await until(async () => {
    const pids = await faulty.pids()
    return pids.length === 1 ? pids : null
  })
  await faulty[Symbol.asyncDispose]()
  expect((await running).end).toMatchObject({ status: 'failed' })
  expect(processState(pid!)).toBe('gone')
})

test('a child ends with its parent, even when that is killed and the child spins', async () => {
  await using folder = await temporaryDirectory()
  const script = `
    import { openChildPool } from ${JSON.stringify(join(import.meta.dir, '../../../src/analyzer/service/child-pool.ts'))}
    import { dependentEnvironment } from ${JSON.stringify(join(import.meta.dir, '../../../src/lib/own-process.ts'))}
    import { silentLog } from ${JSON.stringify(join(import.meta.dir, '../../helpers/open-database.ts'))}
    const pool = openChildPool({ command: ${JSON.stringify(command)}, env: dependentEnvironment(process.env, []), cwd: '/',
      memoryBytesMax: 2 ** 30, timeMs: 600000, startMs: 600000, silenceMs: 600000, hasSpare: true, log: silentLog })
    const message = { import_id: 'one', attempt: 1, lease_token: 't', path: ${JSON.stringify(folder.file('spins'))}, sha256: '' }
    await pool.run(message, { onProgress: () => console.log('spinning'), signal: new AbortController().signal })`
  const parent = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe', stderr: 'inherit' })
  await parent.stdout.getReader().read()
  const [pid] = (await readFile(folder.file('pids'), 'utf8')).trim().split('\n').map(Number)
  expect(processState(pid!)).toBe('alive')
  parent.kill('SIGKILL')
  await parent.exited
  await until(() => processState(pid!) === 'gone')
}, 60_000)
