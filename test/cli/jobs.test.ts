import { describe, expect, test } from 'bun:test'
import type { JobView } from '../../src/queue/view.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'

async function ingest(program: TestProgram, name: string, list: string): Promise<void> {
  await program.run('ingest', await program.write(name, list), '--supplier', 'Acme')
}

for (const engine of engines) {
  describe(engine, () => {
    test('jobs are listed, shown, tried again and cancelled', async () => {
      await using program = await openProgram(engine)
      await ingest(program, 'good.csv', priceList(3))
      await ingest(program, 'bad.csv', 'no list at all')
      const listed = await program.json<{ jobs: JobView[] }>('jobs')
      expect(listed.json.jobs.map((job) => [job.file_name, job.status, job.can_retry])).toEqual([
        ['bad.csv', 'failed', true],
        ['good.csv', 'succeeded', false],
      ])
      expect((await program.run('jobs', 'list', '--status', 'succeeded')).out).not.toContain('bad.csv')
      const shown = await program.run('jobs', 'show', 'last')
      expect(shown.out).toContain('bad.csv from Acme')
      expect(shown.out).toContain('To try it again: tallyman jobs retry ')

      const [bad, good] = listed.json.jobs.map((job) => job.job_id)
      for (const command of ['retry', 'cancel']) {
        const refused = await program.run('jobs', command, good!)
        expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('succeeded')])
      }
      const retried = await program.json<JobView>('jobs', 'retry', bad!)
      expect(retried.json).toMatchObject({ status: 'queued', manual_retry_count: 1 })
      expect((await program.run('queue')).out).toContain('1 queued, 0 running, 0 held; 0 dead letters.')
      await program.run('imports', 'resume')
      const status = await program.json<{ dead_letters_by_cause: { cause: string; count: number }[] }>(
        'queue',
        'status',
      )
      expect(status.json).toMatchObject({
        dead_letters: 1,
        dead_letters_by_cause: [{ cause: 'validation/not_a_price_list', count: 1 }],
      })
      await program.run('jobs', 'retry', 'last')
      expect((await program.run('jobs', 'cancel', 'last')).out).toContain('It is cancelled since')
      expect((await program.run('queue')).out).toContain('0 queued, 0 running, 0 held; 0 dead letters.')
    })

    test('dead letters of one cause are tried again, or given up, together', async () => {
      await using program = await openProgram(engine)
      for (const name of ['a.csv', 'b.csv']) await ingest(program, name, 'no list at all')
      await ingest(program, 'good.csv', priceList(3))
      const listed = async (...filter: string[]) =>
        (await program.json<{ jobs: JobView[] }>('jobs', 'list', ...filter)).json.jobs
      // A command tells its end to a person; once it is queued its end is a dead letter.
      for (const { job_id } of await listed('--status', 'failed')) await program.run('jobs', 'retry', job_id)
      await program.run('imports', 'resume')
      const cause = 'validation/not_a_price_list'
      expect((await listed('--cause', cause)).map(({ status }) => status)).toEqual(['dead', 'dead'])
      expect(await listed('--cause', cause, '--supplier', 'ACME')).toHaveLength(2)
      const retried = await program.run('jobs', 'retry', '--cause', cause)
      expect([retried.code, retried.out]).toEqual([0, '2 dead letters are tried again.\n'])
      expect(
        (await listed('--status', 'queued')).map(({ manual_retry_count }) => manual_retry_count),
      ).toEqual([2, 2])
      await program.run('imports', 'resume')
      const [last] = await listed('--cause', cause)
      const one = await program.json<JobView>('jobs', 'discard', last!.job_id)
      expect(one.json).toMatchObject({ status: 'dead', discarded_at: expect.any(String) })
      expect((await program.run('jobs', 'discard', '--cause', cause)).out).toBe(
        '1 dead letter is discarded.\n',
      )
      expect((await program.run('queue')).out).toContain('0 dead letters')
      expect((await program.run('jobs', 'retry', '--cause', cause)).out).toBe(
        '0 dead letters are tried again.\n',
      )
      // Each can still be tried again by itself.
      expect((await program.run('jobs', 'retry', last!.job_id)).code).toBe(0)
      for (const [line, code, said] of [
        [['discard', 'last'], 1, 'only a dead letter'],
        [['discard'], 2, 'which job?'],
        [['retry', 'last', '--cause', cause], 2, '--cause goes with'],
        [['cancel', '--cause', cause], 2, '--cause goes with'],
        [['show', 'last', '--supplier', 'Acme'], 2, '--supplier goes with'],
        [['list', '--supplier', 'nobody'], 1, 'There is no supplier'],
      ] as const)
        expect([line, await program.run('jobs', ...line)]).toMatchObject([
          line,
          { code, err: expect.stringContaining(said) },
        ])
    })

    test('a job that is not there, and one that is not said, are mistakes in words', async () => {
      await using program = await openProgram(engine)
      await ingest(program, 'good.csv', priceList(3))
      expect(await program.run('jobs', 'show', 'nobody')).toMatchObject({
        code: 1,
        err: expect.stringContaining('There is no job nobody'),
      })
      expect(await program.run('jobs', 'retry')).toMatchObject({
        code: 2,
        err: expect.stringContaining('which job?'),
      })
      expect((await program.run('jobs', 'list', 'last')).code).toBe(2)
    })
  })
}
