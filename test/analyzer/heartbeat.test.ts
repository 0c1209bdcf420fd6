import { expect, test } from 'bun:test'
import { Heartbeat } from '../../src/analyzer/heartbeat.ts'
import { openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { until } from '../helpers/until.ts'

// A quarter of a lease has to pass for it, so all of them wait for that together.
test('who reads a list says that he is alive, and ends when somebody else has the job', async () => {
  const outer = new AbortController().signal
  await Promise.all(
    engines.map(async (engine) => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const [own, lost] = [await bench.begin(source), await bench.begin(source)]
      const leaseUntil = async () =>
        String(
          (await bench.rows('select lease_until from jobs where id = $1', [own.lease.jobId]))[0]!.lease_until,
        )
      const before = await leaseUntil()
      await bench.db.run("update jobs set lease_token = 'other' where id = $1", [lost.lease.jobId])
      const alive = new Heartbeat(bench, own.lease, outer)
      const ended = new Heartbeat(bench, lost.lease, outer)
      await until(async () => (await leaseUntil()) > before && ended.signal.aborted, 90_000)
      alive.stop()
      ended.stop()
      expect(ended.signal.reason).toMatchObject({ code: 'lease_lost' })
      expect(alive.signal.aborted).toBe(false)
    }),
  )
}, 120_000)
