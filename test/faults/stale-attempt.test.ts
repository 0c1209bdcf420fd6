import { expect, test } from 'bun:test'
import type { Listening } from '../../src/analyzer/service/supervised.ts'
import { dependentEnvironment, ownCommand } from '../../src/lib/own-process.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'
import { descendants } from '../helpers/processes.ts'
import { impatient, openTestService } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'

const longList = priceList(200_000)
const secret = 'a-secret-of-the-test'

/** An analyzer of ours that nobody starts again, as on another machine; database and data folder are shared. */
async function startAnalyzer({ env, folder }: TestProgram) {
  const listening = Promise.withResolvers<string>()
  const child = Bun.spawn([...ownCommand(), 'analyzer'], {
    cwd: folder,
    env: dependentEnvironment(
      { ...process.env, ...env, TALLYMAN_ANALYZER_SECRET: secret, TALLYMAN_ANALYZER_PORT: '0' },
      [],
    ),
    stdio: ['ignore', 'ignore', 'inherit'],
    serialization: 'json',
    // Our own program says nothing else.
    ipc: (message: Listening) => listening.resolve(message.url),
  })
  return { child, url: await listening.promise }
}

for (const engine of engines) {
  test(`${engine}: an attempt that was given up and wakes up harms nothing`, async () => {
    const program = await openProgram(engine)
    const { child: analyzer, url } = await startAnalyzer(program)
    try {
      const env = { ...program.env, TALLYMAN_ANALYZER_URL: url, TALLYMAN_ANALYZER_SECRET: secret }
      const patience = { ...impatient, requestMs: 500, retryDelaysMs: [1] }
      await using bench = await openTestService(engine, {}, patience, { ...program, env })
      const importId = await bench.take(longList)
      await until(() => (bench.service.courier.progressOf(importId)?.rows ?? 0) > 0)
      const stopped = descendants(analyzer.pid)
      for (const { pid } of [{ pid: analyzer.pid }, ...stopped]) process.kill(pid, 'SIGSTOP')
      await until(async () => (await bench.get(importId)).analyzedBy === 'child')
      await until(() => (bench.service.courier.progressOf(importId)?.rows ?? 0) > 0)
      for (const { pid } of stopped) process.kill(pid, 'SIGCONT')
      expect(await bench.ended(importId)).toMatchObject({
        status: 'completed',
        analyzedBy: 'child',
        fallbackReason: expect.stringContaining('did not answer'),
        counts: { accepted: 200_000 },
      })
      // The one that woke up has noticed that nobody waits for it.
      await until(() => descendants(analyzer.pid).length <= 1)
      await until(async () => (await bench.program.leftovers()).join() === 'serve.json')
    } finally {
      analyzer.kill('SIGKILL')
      await analyzer.exited
    }
  }, 120_000)
}
