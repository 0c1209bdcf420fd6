import { expect, test } from 'bun:test'
import { openReporter } from '../../src/courier/reporter.ts'
import { openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { silentLog } from '../helpers/open-database.ts'
import { until } from '../helpers/until.ts'

for (const engine of engines)
  test(`${engine}: a worker that has nothing to tell says that it is alive, and how far it is stays as it was`, async () => {
    await using bench = await openBench(engine)
    const { lease } = await bench.begin(await bench.source('Acme'))
    const job = async () => (await bench.rows('select * from jobs where id = $1', [lease.jobId]))[0]!
    const before = await job()
    const reporter = openReporter(bench.db, { lease: () => lease, leaseMs: 40, log: silentLog })
    const after = await until(async () => {
      const now = await job()
      return String(now.lease_until) > String(before.lease_until) ? now : null
    })
    await reporter.stop()
    expect({ ...after, lease_until: null }).toEqual({ ...before, lease_until: null })
  }, 60_000)
