import { type Figure, never } from './figure.ts'
import { openGround } from './ground.ts'
import { carryOut, outcome } from './ledger.ts'
import { type Place, placeText, type Servers } from './place.ts'
import { startWorker } from './worker.ts'

/** Short, so that one is outlived quickly. */
const leaseMs = 200

/** Workers are frozen with SIGSTOP while they have a job, until another one has taken it over, and then woken. */
export async function freeze(
  place: Place,
  servers: Servers,
  { times }: { times: number },
): Promise<Figure[]> {
  await using ground = await openGround(place, servers)
  const { url, redisUrl, db } = ground
  const { queue, db: own } = await ground.queue()
  await using frozen = startWorker({ url, redisUrl, kind: 'waiting', concurrency: 1, leaseMs })
  const ids: string[] = []
  const said: string[] = []
  for (let n = 0; n < times; n++) {
    const [id] = await ground.add(1)
    queue.announce(id!)
    ids.push(id!)
    await expectSaid(frozen.said(), 'taken')
    process.kill(frozen.pid, 'SIGSTOP')
    const [taken] = await queue.next({ limit: 1, signal: AbortSignal.timeout(60_000) })
    if (taken?.job.id !== id)
      throw new Error('The job of a frozen worker was not taken over within a minute.')
    // It wakes up before or after the other one has done the job.
    const isBefore = n % 2 === 0
    if (!isBefore) await carryOut(own, taken!.lease)
    frozen.tell()
    process.kill(frozen.pid, 'SIGCONT')
    said.push(await frozen.said())
    if (isBefore) await carryOut(own, taken!.lease)
  }
  const { lost, doubled, stuck } = await outcome(db, ids)
  return [
    {
      scenario: 'SIGSTOP past the lease',
      where: placeText(place),
      facts: { times },
      goals: [
        never('writes', said.filter((line) => line !== 'lease_lost').length),
        never('lost', lost),
        never('doubled', doubled),
        never('stuck', stuck),
      ],
    },
  ]
}

async function expectSaid(line: Promise<string>, expected: string): Promise<void> {
  const said = await line
  if (said !== expected) throw new Error(`The worker said "${said}" instead of "${expected}".`)
}
