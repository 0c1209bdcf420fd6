import type { Database } from '../../db/database.ts'
import { jobStateView } from '../view.ts'
import { type CopiedFacts, jobFacts } from './job-facts.ts'
import type { RedisLink, RedisSession } from './link.ts'
import { staleHashes } from './stale-hashes.ts'

/** How often jobs are looked at that somebody works on here, or that have changed. */
const lookMs = 400
/** A copy that nothing refreshes is kept for so long. */
const keptSeconds = 7 * 24 * 60 * 60
/** Most jobs that are copied at once. */
const batchMax = 200
/** Most changed jobs that are remembered while Redis is away. */
const changedMax = 20_000

/** The hash of a job: documented, and so without a prefix of ours. */
export const jobHashKey = (jobId: string) => `job:${jobId}`

/**
 * Keys: hashes. Arguments: seconds, values a hash, then for each its revision, and names and values. Several processes
 * copy the same job, and what one of them read first may come last. What has the name of a hash and is none stays.
 */
const write = `local width = tonumber(ARGV[2])
for n, key in ipairs(KEYS) do
  local at = 2 + (n - 1) * width
  local held = redis.pcall('hget', key, 'revision')
  if type(held) ~= 'table' and not (held and tonumber(held) > tonumber(ARGV[at + 1])) then
    redis.call('hset', key, 'revision', unpack(ARGV, at + 1, at + width))
    redis.call('expire', key, ARGV[1])
  end
end
return 1`

/** Copies jobs to Redis. */
export interface JobHashes {
  /** Something about these jobs has changed. */
  touch(jobIds: readonly string[]): void
  /**
   * Redis may lack changes that nobody told of here: what has not ended, or ended while its copy would be kept, is
   * compared with it, beside whatever else is done.
   */
  compareSoon(): void
  /** Copies at once what has changed until now. It never fails: what could not be copied is tried again. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * Copies the state of jobs to hashes on Redis, for others to read: within half a second of a change. The rows are the
 * truth: they are read after each change, and compared with the copies whenever Redis is there again or was emptied.
 * @param working the jobs that are worked on here, whose progress nobody announces
 */
export function openJobHashes({
  db,
  link,
  working,
}: {
  db: Database
  link: RedisLink
  working(): Iterable<string>
}): JobHashes {
  const changed = new Set<string>()
  /** Which revision was copied last of those that are worked on here. */
  let copied = new Map<string, number>()
  let copying: Promise<void> = Promise.resolve()
  let isCopying = false

  async function copy(): Promise<void> {
    const active = new Set(working())
    const ids = [...new Set([...changed, ...active])]
    changed.clear()
    const next = new Map<string, number>()
    try {
      for (let n = 0; n < ids.length; n += batchMax) {
        const batch = ids.slice(n, n + batchMax)
        const found = await jobFacts(db.query.kept, batch)
        await removeGone(link, { ids: batch, found })
        const fresh = found.filter(({ id, revision }) => copied.get(id) !== revision)
        if (fresh.length > 0)
          await link.use((session) =>
            writeAll(
              session,
              fresh.map((job) => ({ id: job.id, fields: fieldsOf(job) })),
            ),
          )
        for (const { id, revision } of found) if (active.has(id)) next.set(id, revision)
      }
      copied = next
    } catch {
      // Whoever uses Redis or the database for more than a copy says what is wrong with it.
      for (const id of ids) if (changed.size < changedMax) changed.add(id)
    }
  }

  async function flush(): Promise<void> {
    copying = copying.then(copy)
    await copying
  }

  let isClosed = false
  let comparing: Promise<void> | null = null
  /** What is compared may have been passed already when it is asked for once more. */
  let isCompared = true

  async function compare(): Promise<void> {
    const endedAfter = new Date(Date.now() - keptSeconds * 1000)
    for await (const ids of staleHashes(db.query.kept, { link, endedAfter, keyOf: jobHashKey })) {
      if (isClosed) return
      for (const id of ids) changed.add(id)
      await flush()
    }
  }

  const timer = setInterval(() => {
    if (!isCompared && comparing === null && link.isUp) {
      isCompared = true
      comparing = compare()
        .catch(() => {
          isCompared = false
        })
        .finally(() => {
          comparing = null
        })
    }
    if (isCopying || !link.isUp) return
    if (changed.size === 0 && copied.size === 0 && working()[Symbol.iterator]().next().done) return
    isCopying = true
    void flush().finally(() => {
      isCopying = false
    })
  }, lookMs)

  return {
    touch(jobIds) {
      for (const id of jobIds) if (changed.size < changedMax) changed.add(id)
    },
    compareSoon() {
      isCompared = false
    },
    flush,
    async close() {
      isClosed = true
      clearInterval(timer)
      await comparing
      await copying
      if (link.isUp && changed.size > 0) await copy()
    },
  }
}

interface Copy {
  id: string
  fields: string[]
}

/** What was deleted with its source would be shown as running for days. */
async function removeGone(
  link: RedisLink,
  { ids, found }: { ids: string[]; found: CopiedFacts[] },
): Promise<void> {
  const isFound = new Set(found.map(({ id }) => id))
  const gone = ids.filter((id) => !isFound.has(id))
  if (gone.length > 0) await link.use(({ client }) => client.del(gone.map(jobHashKey)))
}

async function writeAll({ client }: RedisSession, copies: Copy[]): Promise<void> {
  const width = copies[0]?.fields.length ?? 0
  await client.eval(write, {
    keys: copies.map(({ id }) => jobHashKey(id)),
    arguments: [String(keptSeconds), String(width), ...copies.flatMap(({ fields }) => fields)],
  })
}

/** The revision, then names and values. What is null or an object is JSON; a text is itself, and empty when it is null. */
function fieldsOf(job: CopiedFacts): string[] {
  const view = jobStateView(job, null)
  return [
    String(job.revision),
    ...['job_id', view.job_id],
    ...['status', view.status],
    ...['phase', view.phase ?? ''],
    ...['ml_job_id', view.ml_job_id ?? ''],
    ...['download_progress', JSON.stringify(view.download_progress)],
    ...['analysis_progress', JSON.stringify(view.analysis_progress)],
    ...['error', JSON.stringify(view.error)],
    ...['can_retry', String(view.can_retry)],
    ...['retry_count', String(view.retry_count)],
  ]
}
