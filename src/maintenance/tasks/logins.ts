import { knownMs } from '../../auth/sign-in-limit.ts'
import { instant } from '../../db/dialect.ts'
import { Tally } from '../report.ts'
import type { Task, TaskParts } from './task.ts'

const batchSize = 1000
const dayMs = 24 * 60 * 60 * 1000
/** How long a token that opens nothing any more is still shown. */
const endedTokenMs = 30 * dayMs

interface Rule {
  kind: string
  table: string
  key: string
  /** SQL; `older` gives a time before which something holds. */
  condition(older: (ms: number) => string, parts: TaskParts): string
}

const rules: readonly Rule[] = [
  {
    kind: 'sessions',
    table: 'sessions',
    key: 'token_hash',
    // However the settings are changed, those that were silent for too long are not to come to life again.
    condition: (older, { retention }) =>
      `(expires_at < ${older(0)} or last_seen_at < ${older(retention.sessionSilenceMs)})`,
  },
  {
    kind: 'tokens',
    table: 'api_tokens',
    key: 'id',
    condition: (older) => `(revoked_at < ${older(endedTokenMs)} or expires_at < ${older(endedTokenMs)})`,
  },
  {
    kind: 'failures',
    table: 'sign_in_failures',
    key: 'subject',
    condition: (older) =>
      `since < ${older(dayMs)} and (subject not like 'known/%' or since < ${older(knownMs)})`,
  },
  {
    kind: 'setup_tokens',
    table: 'setup_tokens',
    key: 'token_hash',
    condition: (older) => `created_at < ${older(dayMs)}`,
  },
]

/** What is left of logins: sessions that have ended, tokens that open nothing, sign-ins that failed long ago. */
export const logins: Task = {
  name: 'logins',
  description: 'Sessions that have ended, tokens that have not worked for a month, sign-ins that failed',
  async run(parts, { dryRun, now, signal }) {
    const tally = new Tally()
    for (const rule of rules) {
      const before: Date[] = []
      const older = (ms: number) => {
        before.push(new Date(now.getTime() - ms))
        return instant(parts.db.engine, `$${before.length}`)
      }
      const condition = rule.condition(older, parts)
      while (!tally.isOver(signal)) {
        const count = dryRun
          ? await found(parts, rule, condition, before)
          : await deleteBatch(parts, rule, condition, before)
        if (count > 0) tally.took({ kind: rule.kind, count })
        if (dryRun || count < batchSize) break
      }
    }
    return tally.report
  },
}

async function found({ db }: TaskParts, { table }: Rule, condition: string, before: Date[]): Promise<number> {
  const [row] = await db.all<{ n: number }>(`select count(*) as n from ${table} where ${condition}`, before)
  return Number(row?.n ?? 0)
}

function deleteBatch(
  { db }: TaskParts,
  { table, key }: Rule,
  condition: string,
  before: Date[],
): Promise<number> {
  return db.tx((tx) =>
    tx.run(
      `delete from ${table} where ${key} in (select ${key} from ${table} where ${condition} limit ${batchSize})`,
      before,
    ),
  )
}
