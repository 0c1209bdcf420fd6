import { type App, openApp } from '../app.ts'
import { discardDeadLetters, discardJob } from '../courier/discard-dead.ts'
import { cancelJob, retryJob } from '../courier/operate.ts'
import { retryDeadLetters } from '../courier/retry-dead.ts'
import { jobStates } from '../imports/model.ts'
import { NotFoundError } from '../lib/errors.ts'
import { type JobFilter, jobFinder } from '../queue/find.ts'
import { canRetry, jobListing, type ListedJob } from '../queue/listing.ts'
import { jobView } from '../queue/view.ts'
import { supplierStore } from '../suppliers/store.ts'
import { UsageError } from './arguments.ts'
import { type Context, defineCommand, type ExitCode, exitCodes } from './command.ts'
import { printJson, printLine, printTable } from './output.ts'

/** Most dead letters that one line has tried again. */
const bulkMax = 10_000

/** `tallyman jobs`. */
export const jobs = defineCommand({
  name: 'jobs',
  summary: 'List jobs, show one, have it tried again, cancel it, discard dead letters',
  description:
    'Every import is a job: it waits, is read, and is tried again by itself when the network, the database or the process\n' +
    'that reads the file failed. What is dead or was cancelled can be tried again by hand, at most three times; `serve`\n' +
    'takes it up, or "tallyman imports resume". With --cause, "retry" and "discard" take all dead letters of one cause;\n' +
    'discarding is a mark: they are no longer counted, and can still be tried again one by one.',
  options: {
    status: {
      kind: 'text',
      placeholder: 'STATUS',
      choices: jobStates,
      summary: 'With list: only jobs in this state',
    },
    supplier: { kind: 'text', placeholder: 'NAME', summary: 'Only jobs of this supplier' },
    cause: {
      kind: 'text',
      placeholder: 'CAUSE',
      summary: 'Only jobs that failed for this cause, as "queue status" names it',
    },
    limit: { kind: 'integer', placeholder: 'N', min: 1, max: 1000, summary: 'How many (default 50)' },
    before: { kind: 'text', placeholder: 'ID', summary: 'Only jobs older than this one' },
  },
  positionals: {
    action: {
      placeholder: 'ACTION',
      summary: 'list (default), show, retry, cancel or discard',
      choices: ['list', 'show', 'retry', 'cancel', 'discard'],
    },
    id: { placeholder: 'ID', summary: 'The job; "last" for the latest' },
  },
  examples: [
    { line: 'tallyman jobs list --status dead', summary: 'what is not tried again by itself' },
    { line: 'tallyman jobs retry last', summary: 'try the latest once more' },
    {
      line: 'tallyman jobs discard --cause validation/no_rows',
      summary: 'give up all that failed for one cause',
    },
  ],
  async run({ options, positionals }, context) {
    const { config, log, io } = context
    const action = positionals.action ?? 'list'
    const isRead = action === 'list' || action === 'show'
    if (isRead && action === 'list' && positionals.id !== null)
      throw new UsageError('jobs list takes no job; "jobs show ID" shows one')
    const takesCause =
      action === 'list' || ((action === 'retry' || action === 'discard') && positionals.id === null)
    if (options.cause !== null && !takesCause)
      throw new UsageError('--cause goes with "list", or with "retry" and "discard" instead of a job')
    if (options.supplier !== null && action !== 'list')
      throw new UsageError('--supplier goes with "jobs list"')
    const app = await openApp({ config, clock: io.clock, log, schema: isRead ? 'read' : 'write' })
    try {
      if (action === 'list')
        return await list(context, app, {
          limit: options.limit ?? 50,
          ...(options.status !== null && { state: options.status }),
          ...(options.cause !== null && { cause: options.cause }),
          ...(options.supplier !== null && { supplierId: await supplierNamed(app, options.supplier) }),
          ...(options.before !== null && { before: options.before }),
        })
      if (options.cause !== null) {
        if (action === 'retry') return await retryAll(context, app, options.cause)
        if (action === 'discard') return await discardAll(context, app, options.cause)
      }
      const id = await idOf(app, positionals.id)
      if (action === 'discard') await discardJob(app.parts, id)
      if (action === 'retry')
        await retryJob({ ...app.parts, queued: { worker: null, place: app.parts.place } }, id)
      if (action === 'cancel') await cancelJob(app.parts, id)
      if (!isRead) await app.announce([id])
      return show(context, await jobListing(app.db).get(id))
    } finally {
      await app.close()
    }
  },
})

async function idOf(app: App, given: string | null): Promise<string> {
  if (given === null) throw new UsageError('which job? Give its id, or "last"')
  if (given !== 'last') return given
  const [latest] = await jobFinder(app.db).jobs({}, 1)
  if (latest === undefined) throw new UsageError('there are no jobs yet')
  return latest
}

/** Has the dead letters of one cause tried again; one that cannot be does not keep the others from it. */
async function retryAll({ io, json }: Context, app: App, cause: string): Promise<ExitCode> {
  const parts = { ...app.parts, queued: { worker: null, place: app.parts.place } }
  const which = { cause, max: bulkMax }
  const { retried, refused, hasMore } = await retryDeadLetters(parts, jobFinder(app.db), which)
  await app.announce(retried)
  if (json)
    printJson(io, {
      retried: retried.length,
      refused: refused.map(({ jobId, code, message }) => ({ job_id: jobId, code, message })),
      has_more: hasMore,
    })
  else
    printLine(
      io.stdout,
      `${areDeadLetters(retried.length)} tried again.${hasMore ? ' There are more: say it once more for them.' : ''}`,
    )
  // The messages name the job.
  for (const { message } of refused) if (!json) printLine(io.stderr, `tallyman: ${message}`)
  return refused.length > 0 ? exitCodes.partial : exitCodes.done
}

async function discardAll({ io, json }: Context, app: App, cause: string): Promise<ExitCode> {
  const discarded = await discardDeadLetters(app.parts, { cause })
  if (json) printJson(io, { discarded })
  else printLine(io.stdout, `${areDeadLetters(discarded)} discarded.`)
  return exitCodes.done
}

async function supplierNamed({ db }: App, name: string): Promise<string> {
  const found = await supplierStore(db).find(name)
  if (found === null) throw new NotFoundError('unknown_supplier', `There is no supplier "${name}".`)
  return found.id
}

async function list(context: Context, app: App, filter: JobFilter & { limit: number }): Promise<ExitCode> {
  const { limit, ...which } = filter
  const found = await jobListing(app.db).byIds(await jobFinder(app.db).jobs(which, limit))
  if (context.json) {
    printJson(context.io, { jobs: found.map((job) => jobView(job, null)) })
    return exitCodes.done
  }
  printTable(context.io.stdout, {
    columns: [
      { header: 'ID' },
      { header: 'WHEN (UTC)' },
      { header: 'SOURCE', canShrink: true },
      { header: 'FILE', canShrink: true },
      { header: 'STATUS' },
      { header: 'PHASE' },
      { header: 'RETRIES', align: 'right' },
      { header: 'CAUSE' },
    ],
    rows: found.map((job) => [
      job.id,
      minute(job.createdAt),
      `${job.supplier}/${job.source}`,
      job.fileName,
      job.state,
      phaseText(job),
      job.retryCount + job.manualRetryCount,
      job.cause,
    ]),
  })
  return exitCodes.done
}

function show({ io, json }: Context, job: ListedJob): ExitCode {
  if (json) {
    printJson(io, jobView(job, null))
    return exitCodes.done
  }
  printLine(io.stdout, `Job ${job.id}: ${job.fileName} from ${job.supplier} (${job.source})`)
  printLine(io.stdout, statusText(job))
  if (job.error !== null) printLine(io.stdout, `${job.error.kind}: ${job.error.message}`)
  printLine(
    io.stdout,
    `Attempts: ${job.attempt}; tried again by itself: ${job.retryCount}, by hand: ${job.manualRetryCount}.`,
  )
  printLine(io.stdout, `Its import: tallyman imports show ${job.importId}`)
  if (canRetry(job)) printLine(io.stdout, `To try it again: tallyman jobs retry ${job.id}`)
  return exitCodes.done
}

function statusText(job: ListedJob): string {
  if (isPutOff(job)) return `It is tried again at ${second(job.runAt)} UTC.`
  const progress = job.itemsProcessed === null ? '' : `, ${job.itemsProcessed} rows so far`
  if (job.state === 'running') return `It is running (${phaseText(job) ?? 'begun'}${progress}).`
  if (job.state === 'queued') return 'It is queued.'
  if (job.state === 'drained')
    return 'It was taken out of the queue into a file: "tallyman queue requeue FILE" puts it back.'
  return `It is ${job.state}${job.finishedAt === null ? '' : ` since ${minute(job.finishedAt)} UTC`}.`
}

/** Where it is, while that is not what its state says. */
function phaseText(job: ListedJob): string | null {
  if (isPutOff(job)) return `again ${second(job.runAt)}`
  if (job.state !== 'running') return null
  const isPartly = job.phase === 'downloading' && job.downloadPercent !== null
  return isPartly ? `downloading ${job.downloadPercent} %` : job.phase
}

const areDeadLetters = (count: number) => (count === 1 ? '1 dead letter is' : `${count} dead letters are`)
const isPutOff = ({ state, error }: ListedJob) => state === 'queued' && error !== null
const second = (date: Date) => date.toISOString().slice(0, 19).replace('T', ' ')
const minute = (date: Date) => date.toISOString().slice(0, 16).replace('T', ' ')
