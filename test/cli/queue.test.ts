import { describe, expect, test } from 'bun:test'
import type { JobView } from '../../src/queue/view.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { type ErrorJson, priceList } from '../helpers/lists.ts'
import { descendants } from '../helpers/processes.ts'
import { startRole } from '../helpers/roles.ts'
import { until } from '../helpers/until.ts'

interface StatusJson {
  jobs: Record<string, number>
  paused_at: string | null
}

/** Lists that wait, since nobody works on them, as a service takes them in. */
async function withWaiting(program: TestProgram, count: number): Promise<void> {
  await using api = await startRole(program, ['serve', '--only', 'api'], 'listening')
  for (let n = 0; n < count; n++) {
    const address = new URL(`api/v1/uploads?supplier=Supplier-${n}`, String(api.ready.url))
    const headers = { 'content-type': 'text/csv' }
    const { status } = await fetch(address, { method: 'POST', headers, body: priceList(n + 3) })
    expect(status).toBe(202)
  }
}

const states = async (program: TestProgram) => (await program.json<StatusJson>('queue', 'status')).json.jobs

for (const engine of engines) {
  describe(engine, () => {
    test('a paused queue begins nothing, says so, and goes on when it is resumed', async () => {
      await using program = await openProgram(engine)
      await withWaiting(program, 2)
      const paused = await program.run('queue', 'pause')
      expect([paused.code, paused.out]).toEqual([
        0,
        expect.stringMatching(/^The queue is paused since .+ tallyman queue resume\n2 queued/),
      ])
      await using worker = await startRole(program, ['worker'], 'working')
      // By the time that its readers are there it has long looked for jobs.
      await until(() =>
        descendants(worker.child.pid).some(({ command }) => command.endsWith('analyze-child')),
      )
      expect(await program.json('queue')).toMatchObject({
        json: { paused_at: expect.any(String), jobs: { queued: 2 } },
      })
      expect((await program.run('queue', 'resume')).out).not.toContain('paused')
      await until(async () => (await states(program)).succeeded === 2)
      expect(worker.events.filter(({ message }) => message === 'file handed over').length).toBe(2)
    }, 120_000)

    test('what waits is drained into a file, listed, and put back', async () => {
      await using program = await openProgram(engine)
      const nothing = await program.run('migrate')
      expect(nothing.code).toBe(0)
      expect((await program.run('queue', 'drain', '--out', 'q.ndjson')).out).toContain('no file was written')
      await withWaiting(program, 3)
      const drained = await program.run('queue', 'drain', '--out', 'q.ndjson')
      expect([drained.code, drained.out]).toEqual([
        0,
        '3 jobs taken out of the queue: q.ndjson\nTo put back: tallyman queue requeue q.ndjson\n',
      ])
      expect((await program.run('queue')).out).toContain('0 queued, 0 running, 0 held, 3 drained;')
      const { json } = await program.json<{ jobs: JobView[] }>('jobs', 'list', '--status', 'drained')
      expect(json.jobs.map(({ status, can_retry }) => [status, can_retry])).toEqual([
        ['drained', true],
        ['drained', true],
        ['drained', true],
      ])
      expect((await program.run('jobs', 'show', 'last')).out).toContain('"tallyman queue requeue FILE"')
      expect((await program.run('jobs', 'cancel', 'last')).out).toContain('It is cancelled')

      const back = await program.run('queue', 'requeue', 'q.ndjson')
      expect(back.code).toBe(0)
      expect(back.out).toContain('2 jobs put back into the queue.\nLeft as they are (1 job):\n')
      expect(back.out).toContain('cancelled meanwhile')
      expect(await states(program)).toEqual({ queued: 2, cancelled: 1 })
      const again = await program.json('queue', 'requeue', 'q.ndjson')
      expect(again).toMatchObject({
        code: 0,
        json: { requeued: 0, skipped: Array(3).fill({ job_id: expect.any(String) }) },
      })
      expect(await states(program)).toEqual({ queued: 2, cancelled: 1 })

      // They run as if nothing had been.
      expect((await program.run('imports', 'resume')).code).toBe(0)
      expect(await states(program)).toEqual({ succeeded: 2, cancelled: 1 })
    }, 120_000)

    test('a file that is cut off, or is something else, is refused in words', async () => {
      await using program = await openProgram(engine)
      await withWaiting(program, 2)
      await program.run('queue', 'drain', '--out', 'q.ndjson')
      const text = await Bun.file(`${program.folder}/q.ndjson`).text()
      await program.write('cut.ndjson', text.slice(0, -20))
      await program.write('list.csv', priceList(2))
      for (const [name, code, message] of [
        ['cut.ndjson', 'queue_file_cut_off', 'cut.ndjson is cut off: it announces 2 jobs and ends after 2'],
        ['list.csv', 'not_a_queue_file', 'list.csv is no file of "tallyman queue drain"'],
        ['none.ndjson', 'no_such_file', 'There is no file'],
      ] as const) {
        const { code: exit, json } = await program.json<ErrorJson>('queue', 'requeue', name)
        expect([exit, json.error]).toMatchObject([1, { code, message: expect.stringContaining(message) }])
      }
      expect(await states(program)).toEqual({ drained: 2 })
    }, 120_000)
  })
}

test('what goes with which action is said', async () => {
  await using program = await openProgram('sqlite')
  for (const [args, message] of [
    [['drain'], 'Name it with --out'],
    [['requeue'], 'which file?'],
    [['status', '--dead'], '--out and --dead go with drain'],
    [['pause', 'q.ndjson'], 'takes no file'],
    [['stop'], 'ACTION must be status or pause or resume or drain or requeue'],
  ] as const)
    expect(await program.run('queue', ...args)).toMatchObject({
      code: 2,
      err: expect.stringContaining(message),
    })
})
