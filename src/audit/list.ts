import { type ActorKind, actorKinds } from '../auth/model.ts'
import type { Sql, SqlValue } from '../db/database.ts'
import { oneOf, type Static, t, textOrNull } from '../lib/schema.ts'
import type { AuditFields } from './model.ts'

const Fields = (description: string) =>
  t.Union([t.Record(t.String(), t.Unknown()), t.Null()], { description })

/** An entry of the audit log over HTTP. */
export const AuditView = t.Object(
  {
    id: t.String({ description: 'An integer, as text.' }),
    at: t.String({ format: 'date-time' }),
    actor: t.Object({
      kind: oneOf(actorKinds, {
        description:
          "user: somebody who is signed in; token: a program with a token; console: commands on the service's machine; service: what is done by itself.",
      }),
      id: textOrNull("The user's; null: no user did it."),
      name: t.String({ description: 'As it was then.' }),
      token_id: textOrNull('The token that was used.'),
      address: textOrNull('Where it was asked from; null: on the machine itself.'),
    }),
    action: t.String({ examples: ['item.change'] }),
    subject: t.Union(
      [
        t.Object({
          kind: t.String({ examples: ['item'] }),
          id: t.String(),
          name: textOrNull('As it was called then.'),
        }),
        t.Null(),
      ],
      { description: 'What it was done to; null: to nothing that has an id.' },
    ),
    supplier_id: textOrNull('The supplier whose it is.'),
    before: Fields(
      'What of it changed, as it was, without secrets; null: it was not there, or has no fields.',
    ),
    after: Fields('The same as it is since then; null: it is no longer there, or has no fields.'),
  },
  { title: 'AuditEntry' },
)
export type AuditView = Static<typeof AuditView>

/** Which entries are looked for; what is left out does not matter. */
export interface AuditFilter {
  subjectKind?: string
  subjectId?: string
  /** The id of a user, or a name as entries have it. */
  actor?: string
  /** As in `item.change`, or its beginning, as in `item`. */
  action?: string
  supplierId?: string
  /** Inclusive. */
  from?: Date
  /** Exclusive. */
  to?: Date
  /** Only entries older than this one. */
  before?: number
}

interface Row {
  id: number | string
  at: number | string
  actor_kind: ActorKind
  actor_id: string | null
  actor_name: string
  token_id: string | null
  address: string | null
  action: string
  subject_kind: string | null
  subject_id: string | null
  subject_name: string | null
  supplier_id: string | null
  /** JSON text on SQLite, an object on PostgreSQL. */
  before: string | AuditFields | null
  after: string | AuditFields | null
}

/** Entries of the audit log, newest first. @param sql see db/scanner.ts: a filter may have to walk past many */
export async function auditEntries(
  sql: Pick<Sql, 'all'>,
  filter: AuditFilter,
  limit: number,
): Promise<AuditView[]> {
  const parameters: SqlValue[] = []
  const parameter = (value: SqlValue) => `$${parameters.push(value)}`
  const conditions: string[] = []
  const { subjectKind, subjectId, actor, action, supplierId, from, to, before } = filter
  if (subjectKind !== undefined) conditions.push(`a.subject_kind = ${parameter(subjectKind)}`)
  if (subjectId !== undefined) conditions.push(`a.subject_id = ${parameter(subjectId)}`)
  if (supplierId !== undefined) conditions.push(`a.supplier_id = ${parameter(supplierId)}`)
  if (actor !== undefined) {
    const given = parameter(actor)
    conditions.push(`(a.actor_id = ${given} or a.actor_name = ${given})`)
  }
  if (action !== undefined) {
    const [whole, beginning] = [parameter(action), parameter(`${action}.`)]
    conditions.push(`(a.action = ${whole} or substr(a.action, 1, length(${beginning})) = ${beginning})`)
  }
  if (from !== undefined) conditions.push(`a.at >= ${parameter(from)}`)
  if (to !== undefined) conditions.push(`a.at < ${parameter(to)}`)
  if (before !== undefined) conditions.push(`a.id < ${parameter(before)}`)
  const rows = await sql.all<Row>(
    `select a.id, a.at, a.actor_kind, a.actor_id, a.actor_name, a.token_id, a.address, a.action, a.subject_kind,
            a.subject_id, a.subject_name, a.supplier_id, a."before", a."after"
     from audit_log as a ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`}
     order by a.id desc limit ${limit}`,
    parameters,
  )
  return rows.map(view)
}

function view(row: Row): AuditView {
  const { subject_kind: kind, subject_id: id, subject_name: name } = row
  return {
    id: String(row.id),
    at: new Date(row.at).toISOString(),
    actor: {
      kind: row.actor_kind,
      id: row.actor_id,
      name: row.actor_name,
      token_id: row.token_id,
      address: row.address,
    },
    action: row.action,
    subject: kind === null || id === null ? null : { kind, id, name },
    supplier_id: row.supplier_id,
    before: fieldsOf(row.before),
    after: fieldsOf(row.after),
  }
}

const fieldsOf = (stored: Row['before']): AuditFields | null =>
  // Nothing but audit/store.ts and publishing write them.
  typeof stored === 'string' ? (JSON.parse(stored) as AuditFields) : stored
