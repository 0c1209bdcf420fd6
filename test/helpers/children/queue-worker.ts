import { systemClock } from '../../../src/lib/clock.ts'
import { pause } from '../../../src/lib/pause.ts'
import { ownIdentity } from '../../../src/lib/process-identity.ts'
import { openEmbeddedQueue } from '../../../src/queue/embedded.ts'
import { openRedisQueue } from '../../../src/queue/redis/redis-queue.ts'
import { openUrl, silentLog } from '../open-database.ts'
import { doOnce } from '../queue-bench.ts'

/**
 * A worker: takes jobs until it is killed, and counts each one once.
 *
 *     bun queue-worker.ts DATABASE_URL LEASE_MS busy BACKEND     works for some milliseconds on each
 *     bun queue-worker.ts DATABASE_URL LEASE_MS waiting BACKEND  takes one, says so, and goes on when it is written to
 *
 * The backend is `embedded`, or the URL of a Redis.
 */
const [url = '', leaseMs = '', kind = '', backend = ''] = process.argv.slice(2)
const db = await openUrl(url)
const options = { db, log: silentLog, worker: ownIdentity(), leaseMs: Number(leaseMs), lookMs: 50 }
const queue = await (backend === 'embedded'
  ? openEmbeddedQueue(options)
  : openRedisQueue({ ...options, url: backend }))
const { signal } = new AbortController()

async function work(): Promise<void> {
  const [taken] = await queue.next({ limit: 1, signal })
  if (taken === undefined) return
  if (kind === 'waiting') {
    process.stdout.write('taken\n')
    await new Promise((resolve) => process.stdin.once('data', resolve))
  } else await pause(Math.random() * 20, signal)
  const said = await doOnce(db, taken.lease, systemClock.now()).then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  )
  if (kind === 'waiting') process.stdout.write(`${said}\n`)
  queue.announce(taken.job.id)
}

process.stdout.write('ready\n')
for (;;) await work()
