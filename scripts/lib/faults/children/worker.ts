import { pause } from '../../../../src/lib/pause.ts'
import { ownIdentity } from '../../../../src/lib/process-identity.ts'
import { connectTo } from '../ground.ts'
import { carryOut } from '../ledger.ts'
import { openQueue } from '../queues.ts'
import type { WorkerOptions } from '../worker.ts'

/** A worker of worker.ts: takes jobs until it is killed, and carries each of them out. */
// As in main.ts; Bun goes on otherwise while the module is being evaluated.
for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, (error) => {
    console.error(error)
    process.exit(1)
  })
// Written by worker.ts.
const options = JSON.parse(process.argv[2] ?? '') as WorkerOptions
const { kind, concurrency, leaseMs, lookMs, workMs = 20 } = options
const db = await connectTo(options.url)
const queue = await openQueue({
  db,
  redisUrl: options.redisUrl,
  worker: ownIdentity(),
  ...(leaseMs !== undefined && { leaseMs }),
  lookMs: lookMs ?? 50,
})
const { signal } = new AbortController()
const say = (line: string) => process.stdout.write(`${line}\n`)
const told = () => new Promise((resolve) => process.stdin.once('data', resolve))

async function work(): Promise<void> {
  for (const taken of await queue.next({ limit: 1, signal })) {
    if (kind === 'waiting') {
      say('taken')
      await told()
    } else await pause(Math.random() * workMs, signal)
    const said = await carryOut(db, taken.lease).then(
      () => 'done',
      // What could not be written is not this worker's to mend: the next attempt is.
      (error: { code?: string }) => error.code ?? String(error),
    )
    if (kind === 'waiting') say(said)
    queue.announce(taken.job.id)
  }
}

async function workOn(): Promise<never> {
  for (;;) await work()
}

say('ready')
await Promise.all(Array.from({ length: concurrency }, workOn))
