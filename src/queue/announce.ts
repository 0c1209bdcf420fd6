import type { Database } from '../db/database.ts'
import { announceJob } from './embedded.ts'
import { installationStore } from './installation.ts'
import { answerMs, redisClient } from './redis/link.ts'
import { type RedisMessage, redisNames } from './redis/message.ts'

/**
 * Tells the queues of other processes that jobs have changed: for commands, which have no queue of their own. It never
 * fails: what is not heard is found at the next look.
 * @param redisUrl null: no Redis is used
 * @param jobIds null: whoever says so does not know which
 */
export async function announceJobs(
  { db, redisUrl }: { db: Database; redisUrl: string | null },
  jobIds: readonly string[] | null,
): Promise<void> {
  for (const id of jobIds ?? [null]) await announceJob(db, id)
  const installation = redisUrl === null ? null : await installationStore(db).get()
  if (redisUrl === null || installation === null) return
  const client = redisClient(redisUrl)
  client.on('error', () => {})
  const message: RedisMessage = { from: null, shelves: [], jobs: jobIds && [...jobIds] }
  const told = client
    .connect()
    .then(() => client.publish(redisNames(installation.id).channel, JSON.stringify(message)))
  // A server that accepts connections and says nothing is waited for no longer than any other.
  const timer = setTimeout(() => client.isOpen && client.destroy(), answerMs)
  await told.catch(() => {})
  clearTimeout(timer)
  if (client.isOpen) client.destroy()
}
