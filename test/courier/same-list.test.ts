import { describe, expect, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { importStore } from '../../src/imports/store.ts'
import { type CourierBench, type Handed, openCourierBench, published } from '../helpers/courier-bench.ts'
import { type Engine, engines } from '../helpers/engines.ts'

interface Fixture extends AsyncDisposable {
  bench: CourierBench
  /** How often the list was sent, and how often it was said to be the same. */
  answers: { sent: number; same: number }
  /** Has the source fetched. @returns the job's id */
  trigger(): Promise<string>
  /** The same, and its list published by the reader that the test is. */
  publish(): Promise<void>
  run(sql: string): Promise<unknown>
  /** The import of a job. */
  made(jobId: string): ReturnType<ReturnType<typeof importStore>['get']>
}

/** A source whose server knows conditions, and has one list for ever. */
async function open(engine: Engine): Promise<Fixture> {
  const bench = await openCourierBench(engine)
  const answers = { sent: 0, same: 0 }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const isSame = request.headers.get('if-none-match') === '"one"'
      answers[isSame ? 'same' : 'sent']++
      return new Response(isSame ? null : 'a list', {
        status: isSame ? 304 : 200,
        headers: { etag: '"one"', 'content-type': 'text/csv' },
      })
    },
  })
  const config = { url: `http://127.0.0.1:${server.port}/list.csv` }
  const trigger = () => bench.trigger({}, { kind: 'http', config })
  const { db } = bench.bench
  return {
    bench,
    answers,
    trigger,
    async publish() {
      const jobId = await trigger()
      const handed = await bench.handed()
      await published(bench, handed)
      handed.end({ status: 'done' })
      await bench.settled(jobId, 'succeeded')
    },
    run: (sql) => db.run(sql),
    made: async (jobId) => importStore(db).get((await bench.job(jobId)).importId),
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]()
      await server.stop(true)
    },
  }
}

/** The list is handed over again, although it was not sent again. */
async function isReadAgain(
  { bench, trigger, answers }: Fixture,
  first: Pick<Handed['task'], 'sha256' | 'fileName'>,
): Promise<void> {
  const jobId = await trigger()
  const { task, end } = await bench.handed()
  expect(task).toMatchObject({ sha256: first.sha256, fileName: first.fileName })
  expect(answers).toEqual({ sent: 1, same: 1 })
  end({ status: 'failed', code: 'not_a_price_list', message: 'None.' })
  await bench.settled(jobId, 'dead')
}

for (const engine of engines) {
  describe(engine, () => {
    test('a list that its server still has is neither sent nor read again', async () => {
      await using fixture = await open(engine)
      await fixture.publish()
      const jobId = await fixture.trigger()
      await fixture.bench.settled(jobId, 'succeeded')
      expect(fixture.answers).toEqual({ sent: 1, same: 1 })
      const [last] = await importStore(fixture.bench.bench.db)
        .list({ limit: 2 })
        .then((all) => all.slice(1))
      expect(await fixture.made(jobId)).toMatchObject({
        status: 'unchanged',
        sameAsImportId: last!.id,
        sha256: last!.sha256,
        origin: { etag: '"one"' },
      })
    }, 60_000)

    test('one that could not be read is read again, and not sent again', async () => {
      await using fixture = await open(engine)
      const jobId = await fixture.trigger()
      const { task, end } = await fixture.bench.handed()
      end({ status: 'failed', code: 'not_a_price_list', message: 'None.' })
      await fixture.bench.settled(jobId, 'dead')
      await isReadAgain(fixture, task)
    }, 60_000)

    for (const [what, sql] of [
      ['that is still held', `update imports set status = 'held'`],
      ['that was read in another way', `update imports set reading_key = 'another'`],
      ['whose items somebody has written since', 'update suppliers set revision = revision + 1'],
    ] as const)
      test(`one ${what} is read again, and not sent again`, async () => {
        await using fixture = await open(engine)
        await fixture.publish()
        const { sha256 } = (await importStore(fixture.bench.bench.db).list({ limit: 1 }))[0]!
        await fixture.run(sql)
        await isReadAgain(fixture, { sha256: sha256!, fileName: 'list.csv' })
      }, 60_000)

    test('one whose bytes are no longer kept is sent again', async () => {
      await using fixture = await open(engine)
      await fixture.publish()
      await rm(`${fixture.bench.bench.folder}/raw`, { recursive: true })
      const jobId = await fixture.trigger()
      await fixture.bench.settled(jobId, 'succeeded')
      // Asked for without a condition, and the same all the same.
      expect(fixture.answers).toEqual({ sent: 2, same: 0 })
      expect(await fixture.made(jobId)).toMatchObject({ status: 'unchanged' })
    }, 60_000)
  })
}
