import { resolve } from 'node:path'
import { type App, openApp } from '../app.ts'
import { drainQueue, requeueJobs, type Skipped } from '../courier/drain.ts'
import { setQueuePaused } from '../courier/pause-queue.ts'
import { UsageError } from './arguments.ts'
import { type Context, defineCommand, exitCodes } from './command.ts'
import { printJson, printLine, printTable } from './output.ts'
import { printQueueStatus } from './queue-status.ts'

/** `tallyman queue`. */
export const queue = defineCommand({
  name: 'queue',
  summary: 'Show how full the queue is, pause it, take jobs out into a file and put them back',
  description:
    'pause: nothing is begun any more, until resume; what runs goes on, and lists are still taken in.\n' +
    'drain: takes the jobs that wait out of the queue and names them in a file. They stay in the database ("tallyman\n' +
    'jobs list --status drained"), where each can be cancelled or retried; requeue puts back those that still are\n' +
    'drained, each once, however often it is called.',
  options: {
    out: { kind: 'text', placeholder: 'FILE', summary: 'With drain: the file to write; it must not exist' },
    dead: { kind: 'flag', summary: 'With drain: dead letters, too' },
  },
  positionals: {
    action: {
      placeholder: 'ACTION',
      summary: 'status (default), pause, resume, drain or requeue',
      choices: ['status', 'pause', 'resume', 'drain', 'requeue'],
    },
    file: { placeholder: 'FILE', summary: 'With requeue: what drain has written' },
  },
  examples: [
    { line: 'tallyman queue status', summary: 'jobs by state, workers, dead letters by cause' },
    { line: 'tallyman queue drain --out queue.ndjson', summary: 'empty the queue, and keep what was in it' },
    { line: 'tallyman queue requeue queue.ndjson', summary: 'put it back' },
  ],
  async run({ options, positionals }, context) {
    const { config, log, io } = context
    const action = positionals.action ?? 'status'
    const { file } = positionals
    checkUsage(action, { ...options, file })
    const app = await openApp({
      config,
      clock: io.clock,
      log,
      schema: action === 'status' ? 'read' : 'write',
    })
    try {
      if (action === 'pause' || action === 'resume') await pause(app, action === 'pause')
      if (action === 'drain') await drain(context, app, { out: options.out!, withDead: options.dead })
      if (action === 'requeue') await requeue(context, app, file!)
      if (action === 'status' || action === 'pause' || action === 'resume')
        await printQueueStatus(context, app.db)
      return exitCodes.done
    } finally {
      await app.close()
    }
  },
})

function checkUsage(
  action: string,
  { out, dead, file }: { out: string | null; dead: boolean; file: string | null },
): void {
  if (action === 'drain' && out === null) throw new UsageError('into which file? Name it with --out')
  if (action !== 'drain' && (out !== null || dead)) throw new UsageError('--out and --dead go with drain')
  if (action === 'requeue' && file === null) throw new UsageError('which file? Name what drain has written')
  if (action !== 'requeue' && file !== null) throw new UsageError(`queue ${action} takes no file there`)
}

async function pause({ parts, announce }: App, isPaused: boolean): Promise<void> {
  await setQueuePaused(parts, isPaused)
  await announce(null)
}

async function drain(
  { io, json }: Context,
  { parts }: App,
  { out, withDead }: { out: string; withDead: boolean },
): Promise<void> {
  const path = resolve(io.cwd, out)
  const { count, hasMore } = await drainQueue(parts, { path, withDead })
  if (json) return printJson(io, { drained: count, has_more: hasMore, file: count === 0 ? null : path })
  if (count === 0) return printLine(io.stdout, 'Nothing waits in the queue; no file was written.')
  printLine(io.stdout, `${jobs(count)} taken out of the queue: ${out}`)
  if (hasMore) printLine(io.stdout, 'There are more than one file holds: drain the rest into another one.')
  printLine(io.stdout, `To put back: tallyman queue requeue ${out}`)
}

async function requeue({ io, json }: Context, { parts, announce }: App, file: string): Promise<void> {
  const { requeued, skipped } = await requeueJobs(parts, resolve(io.cwd, file))
  await announce(null)
  if (json)
    return printJson(io, {
      requeued,
      skipped: skipped.map(({ job, state }) => ({ job_id: job.job_id, state })),
    })
  printLine(io.stdout, `${jobs(requeued)} put back into the queue.`)
  if (skipped.length === 0) return
  printLine(io.stdout, `Left as they are (${jobs(skipped.length)}):`)
  printTable(io.stdout, {
    columns: [
      { header: 'JOB' },
      { header: 'SUPPLIER', canShrink: true },
      { header: 'FILE', canShrink: true },
      { header: 'WHY' },
    ],
    rows: skipped.map((each) => [each.job.job_id, each.job.supplier, each.job.file_name, whyText(each)]),
  })
}

const jobs = (count: number) => (count === 1 ? '1 job' : `${count} jobs`)

function whyText({ state }: Skipped): string {
  if (state === null) return 'deleted with its source'
  if (state === 'cancelled') return 'cancelled meanwhile'
  return `put back before: it is ${state}`
}
