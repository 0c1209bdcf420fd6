import type { Database } from '../db/database.ts'
import { jobFinder, type QueueDepth } from '../queue/find.ts'
import { installationStore } from '../queue/installation.ts'
import { jobListing } from '../queue/listing.ts'
import type { Context } from './command.ts'
import { printJson, printLine, printTable } from './output.ts'

/** How full the queue is, who works, and what is dead. */
export async function printQueueStatus({ io, json }: Context, db: Database): Promise<void> {
  const finder = jobFinder(db)
  const [depth, deadLetters, active, installation] = await Promise.all([
    finder.depth(),
    finder.deadLetters(),
    jobListing(db).active(),
    installationStore(db).get(),
  ])
  const pausedAt = installation?.queuePausedAt ?? null
  const running = active.filter(({ state }) => state === 'running')
  if (json) {
    printJson(io, {
      ...depth,
      pausedAt,
      running: running.map(({ id, supplier, fileName, phase, worker }) => {
        return { id, supplier, fileName, phase, worker }
      }),
      deadLettersByCause: deadLetters,
    })
    return
  }
  if (pausedAt !== null)
    printLine(
      io.stdout,
      `The queue is paused since ${minute(pausedAt)} UTC: nothing is begun. To go on: tallyman queue resume`,
    )
  printLine(io.stdout, depthText(depth))
  if (depth.nextAt !== null)
    printLine(io.stdout, `The first of those that are queued: due at ${depth.nextAt.toISOString()}.`)
  if (running.length > 0)
    printTable(io.stdout, {
      columns: [
        { header: 'RUNNING' },
        { header: 'SUPPLIER', canShrink: true },
        { header: 'FILE', canShrink: true },
        { header: 'PHASE' },
        { header: 'WORKER' },
      ],
      rows: running.map((job) => [job.id, job.supplier, job.fileName, job.phase, workerText(job.worker)]),
    })
  if (deadLetters.length > 0)
    printTable(io.stdout, {
      columns: [
        { header: 'DEAD LETTERS', align: 'right' },
        { header: 'CAUSE' },
        { header: 'LAST (UTC)' },
        { header: 'FOR EXAMPLE' },
      ],
      rows: deadLetters.map(({ count, cause, lastAt, lastJobId }) => [
        count,
        cause,
        minute(lastAt),
        lastJobId,
      ]),
    })
}

function depthText({ jobs, deadLetters }: QueueDepth): string {
  const { queued = 0, running = 0, held = 0, drained = 0 } = jobs
  const out = drained === 0 ? '' : `, ${drained} drained`
  return `${queued} queued, ${running} running, ${held} held${out}; ${deadLetters} ${deadLetters === 1 ? 'dead letter' : 'dead letters'}.`
}

/** `host pid start` → `host (process pid)`. */
function workerText(worker: string | null): string | null {
  const [host, pid] = (worker ?? '').split(' ')
  return worker === null ? null : `${host} (process ${pid})`
}

const minute = (date: Date) => date.toISOString().slice(0, 16).replace('T', ' ')
