import { expect, test } from 'bun:test'
import { superviseAnalyzer } from '../../../src/analyzer/service/supervised.ts'
import type { Logger } from '../../../src/lib/log.ts'
import { dependentEnvironment, ownCommand } from '../../../src/lib/own-process.ts'
import { silentLog } from '../../helpers/open-database.ts'
import { descendants, processState } from '../../helpers/processes.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'
import { until } from '../../helpers/until.ts'

const analyzers = () => descendants(process.pid).filter(({ command }) => command.endsWith('main.ts analyzer'))

async function openSupervised({
  command = [...ownCommand(), 'analyzer'],
  isLazy = false,
  log = silentLog,
} = {}) {
  const folder = await temporaryDirectory()
  const analyzer = superviseAnalyzer({
    command,
    env: dependentEnvironment(
      { ...process.env, TALLYMAN_ANALYZER_PORT: '0', TALLYMAN_DATA_DIR: folder.file('data') },
      [],
    ),
    cwd: folder.path,
    isLazy,
    log,
  })
  return {
    analyzer,
    async [Symbol.asyncDispose]() {
      await analyzer.stop()
      await folder[Symbol.asyncDispose]()
    },
  }
}

test('it listens on loopback under a secret of its own, and ends when it is told to', async () => {
  await using supervised = await openSupervised()
  const { url, secret } = (await until(() => supervised.analyzer.address()))!
  expect(url.hostname).toBe('127.0.0.1')
  expect((await fetch(new URL('/health', url))).status).toBe(200)
  const job = new URL('/analyze/status/none', url)
  expect((await fetch(job)).status).toBe(401)
  expect((await fetch(job, { headers: { authorization: `Bearer ${secret}x` } })).status).toBe(401)
  expect((await fetch(job, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(404)
  const [process] = analyzers()
  await supervised.analyzer.stop()
  expect(processState(process!.pid)).toBe('gone')
  expect(await supervised.analyzer.address()).toBe(null)
}, 60_000)

test('one that hangs is ended and started anew, with another secret; so is one that was killed', async () => {
  await using supervised = await openSupervised()
  const { analyzer } = supervised
  const first = await until(() => analyzer.address())
  const [hanging] = analyzers()
  process.kill(hanging!.pid, 'SIGSTOP')
  await analyzer.restart(first.secret)
  expect(processState(hanging!.pid)).toBe('gone')
  const second = await until(async () => {
    const found = await analyzer.address()
    return found?.secret === first.secret ? null : found
  })
  expect((await fetch(new URL('/health', second.url))).status).toBe(200)
  // Somebody else had found the first one hanging too.
  await analyzer.restart(first.secret)
  expect(await analyzer.address()).toEqual(second)
  expect((await fetch(new URL('/health', second.url))).status).toBe(200)
  process.kill(analyzers()[0]!.pid, 'SIGKILL')
  await until(async () => {
    const found = await analyzer.address()
    return found !== null && found.secret !== second.secret
  })
}, 60_000)

test('one that never listens is ended when it is told so', async () => {
  await using supervised = await openSupervised({ command: ['sleep', '1000'] })
  const sleepers = () => descendants(process.pid).filter(({ command }) => command === 'sleep 1000')
  const [first] = await until(() => (sleepers().length > 0 ? sleepers() : null))
  await supervised.analyzer.restart('the secret of an earlier one')
  expect(processState(first!.pid)).not.toBe('gone')
  await supervised.analyzer.restart(null)
  expect(processState(first!.pid)).toBe('gone')
  await until(() => sleepers().length > 0)
}, 60_000)

test('nobody is sent to where one that has ended was', async () => {
  const asked = Promise.withResolvers<{ secret: string } | null>()
  const log: Logger = {
    ...silentLog,
    // At the very moment at which it is known to have ended.
    warn: () => asked.resolve(supervised.analyzer.address()),
  }
  await using supervised = await openSupervised({ log })
  const found = await until(() => supervised.analyzer.address())
  process.kill(analyzers()[0]!.pid, 'SIGKILL')
  expect((await asked.promise)?.secret).not.toBe(found.secret)
}, 60_000)

test('one that cannot be started is not there, and stopping does not wait for it', async () => {
  await using supervised = await openSupervised({ command: ['/nowhere/at/all'] })
  const address = supervised.analyzer.address()
  await supervised.analyzer.stop()
  expect(await address).toBe(null)
})

test('one that is needed rarely is started when it is asked for', async () => {
  await using supervised = await openSupervised({ isLazy: true })
  expect(analyzers()).toEqual([])
  await until(() => supervised.analyzer.address())
  expect(analyzers()).toHaveLength(1)
}, 60_000)
