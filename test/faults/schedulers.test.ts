import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { engines } from '../helpers/engines.ts'
import { openMigrated, type TestDatabase } from '../helpers/open-database.ts'
import { addSource } from '../helpers/sources.ts'

const script = join(import.meta.dir, '../helpers/children/scheduler-node.ts')
const sources = 6
const minutes = 8
const minute = (n: number) => new Date(Date.UTC(2026, 10, 22, 4, n)).toISOString()

for (const engine of engines) {
  describe(engine, () => {
    test('two processes that look at the same moments start nothing twice', async () => {
      await using opened = await openScheduled(engine)
      await using first = await startNode(opened.url)
      await using second = await startNode(opened.url)
      for (let n = 0; n < minutes; n++) {
        await Promise.all([first.look(minute(n)), second.look(minute(n))])
        await endJobs(opened)
      }
      expect(await whatIsThere(opened)).toEqual(everything)
    }, 120_000)

    test('a process that is killed while it starts something loses nothing and leaves no half', async () => {
      await using opened = await openScheduled(engine)
      for (let n = 0; n < minutes; n++) {
        await using doomed = await startNode(opened.url)
        // Nothing is committed yet of what it says last.
        await doomed.killedWhen(minute(n), (n % sources) + 1)
        await using next = await startNode(opened.url)
        await next.look(minute(n))
        await endJobs(opened)
      }
      expect(await whatIsThere(opened)).toEqual(everything)
    }, 120_000)
  })
}

/** One tick for each source and minute, each with a run of its own, which has one import and one job. */
const everything = {
  ticks: sources * minutes,
  outcomes: ['started'],
  runs: sources * minutes,
  imports: sources * minutes,
  jobs: sources * minutes,
  complete: sources * minutes,
}

async function openScheduled(engine: 'sqlite' | 'postgres') {
  const opened = await openMigrated(engine)
  for (let n = 0; n < sources; n++)
    await addSource(opened.db, { name: `${n}`, supplier: `Supplier ${n}`, schedule: '* * * * *' })
  return opened
}

const endJobs = ({ db }: TestDatabase) => db.run(`update jobs set state = 'succeeded'`)

async function whatIsThere({ db }: TestDatabase) {
  const count = async (from: string) =>
    Number((await db.all<{ n: number }>(`select count(*) as n from ${from}`))[0]!.n)
  const ticks = `schedule_ticks where schedule like 'source/%'`
  const outcomes = await db.all<{ outcome: string }>(`select distinct outcome from ${ticks}`)
  return {
    ticks: await count(ticks),
    outcomes: outcomes.map(({ outcome }) => outcome),
    runs: await count('ingestion_runs'),
    imports: await count('imports'),
    jobs: await count('jobs'),
    complete: await count(
      `schedule_ticks as t join ingestion_runs as r on r.id = t.run_id and r.schedule = t.schedule
       join imports as i on i.run_id = r.id join jobs as j on j.import_id = i.id
       where t.schedule = 'source/' || i.source_id`,
    ),
  }
}

/** A node in a process of its own. */
async function startNode(url: string) {
  const child = Bun.spawn([process.execPath, script, url], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = linesOf(child.stdout)
  const next = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('The node ended.')
    return value
  }
  const tell = (time: string) => {
    child.stdin.write(`${time}\n`)
    child.stdin.flush()
  }
  expect(await next()).toBe('ready')
  return {
    async look(time: string): Promise<void> {
      tell(time)
      for (let line = await next(); line !== 'looked'; line = await next())
        if (line.startsWith('failed')) throw new Error(line)
    },
    /** Kills it as soon as it is about to start so many things. */
    async killedWhen(time: string, count: number): Promise<void> {
      tell(time)
      for (let n = 0; n < count; n++) await next()
      child.kill('SIGKILL')
      await child.exited
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
