import { Elysia } from 'elysia'
import { itemStore } from '../catalog/store.ts'
import type { Database } from '../db/database.ts'
import type { Scanner } from '../db/scanner.ts'
import { cursorField, limitField, textField } from '../http/fields.ts'
import { decodeCursor, encodeCursor } from '../lib/cursor.ts'
import { InvalidError } from '../lib/errors.ts'
import { Problem } from '../lib/problem.ts'
import { t, textOrNull } from '../lib/schema.ts'
import { parseInstant } from '../runs/instant.ts'
import { type AuditFilter, AuditView, auditEntries } from './list.ts'

const pageMax = 500

/** The audit log over HTTP: who changed what, and when. */
export function auditRoutes({ db, scanner }: { db: Database; scanner: Scanner }) {
  const items = itemStore(db)
  const page = async (filter: AuditFilter, { limit = 100, cursor }: { limit?: number; cursor?: string }) => {
    const [before] = cursor === undefined ? [] : decodeCursor(cursor, ['integer'])
    const found = await auditEntries(
      scanner.scans,
      { ...filter, ...(before !== undefined && { before }) },
      limit + 1,
    )
    const entries = found.slice(0, limit)
    return {
      entries,
      next_cursor: found.length > limit ? encodeCursor([Number(entries.at(-1)!.id)]) : null,
    }
  }

  return new Elysia({ prefix: '/api/v1' })
    .get(
      '/audit',
      ({ query }) => {
        const { subject_kind, subject_id, actor, action, supplier_id } = query
        const from = query.from === undefined ? undefined : parseInstant(query.from, 'from')
        const to = query.to === undefined ? undefined : parseInstant(query.to, 'to')
        if (from !== undefined && to !== undefined && from >= to)
          throw new InvalidError('invalid_range', 'from must be before to.')
        return page(
          {
            ...(subject_kind !== undefined && { subjectKind: subject_kind }),
            ...(subject_id !== undefined && { subjectId: subject_id }),
            ...(actor !== undefined && { actor }),
            ...(action !== undefined && { action }),
            ...(supplier_id !== undefined && { supplierId: supplier_id }),
            ...(from !== undefined && { from }),
            ...(to !== undefined && { to }),
          },
          query,
        )
      },
      {
        query: t.Object(
          {
            ...paging,
            subject_kind: textField('subject_kind', {
              max: 50,
              description: 'Only what was done to such a thing.',
              examples: ['source'],
            }),
            subject_id: textField('subject_id', { max: 100, description: 'Only what was done to this one.' }),
            supplier_id: textField('supplier_id', {
              max: 100,
              description: 'Only what was done to things of this supplier.',
            }),
            actor: textField('actor', { max: 200, description: 'Only what this user did, by id or name.' }),
            action: textField('action', {
              max: 50,
              description: 'Only this action, or all that begin so: item.change, or item.',
            }),
            from: textField('from', {
              max: 50,
              description: 'Only from then on: a day, whose midnight in UTC counts, or an instant.',
            }),
            to: textField('to', { max: 50, description: 'Only before then.' }),
          },
          { additionalProperties: false },
        ),
        response: { 200: AuditPage, 422: Problem, 503: Problem },
        detail: {
          operationId: 'listAudit',
          'x-role': 'admin',
          summary: 'Show who changed what, newest first',
          description:
            'Every change that people, programs or the service itself made, with what it was before and after; secrets are ' +
            'withheld. What lists change in the catalog is in their change reports.',
          tags: ['Audit'],
        },
      },
    )
    .get(
      '/items/:id/edits',
      async ({ params, query }) => {
        const found = await page({ subjectKind: 'item', subjectId: String(Number(params.id)) }, query)
        // What was done to an item outlives it.
        if (found.entries.length === 0) await items.get(params.id)
        // Where people sit is for administrators.
        const entries = found.entries.map((entry) => ({
          ...entry,
          actor: { ...entry.actor, address: null, token_id: null },
        }))
        return { ...found, entries }
      },
      {
        params: t.Object({
          id: t.String({
            pattern: '^[0-9]{1,15}$',
            description: 'The id of the item.',
            error: 'the id of an item is a whole number',
          }),
        }),
        query: t.Object(paging, { additionalProperties: false }),
        response: { 200: AuditPage, 404: Problem, 422: Problem, 503: Problem },
        detail: {
          operationId: 'listItemEdits',
          'x-role': 'viewer',
          summary: 'Show who changed an item, newest first',
          description:
            'What people have set, given back, deleted and restored. It is told also of items that were deleted for good. Addresses and tokens are in the audit log only.',
          tags: ['Catalog'],
        },
      },
    )
}

const paging = { limit: limitField({ max: pageMax, default: 100 }), cursor: cursorField() }

const AuditPage = t.Object(
  {
    entries: t.Array(AuditView),
    next_cursor: textOrNull('Hand it in as `cursor` to go on; null: this was the last page.'),
  },
  { title: 'AuditPage' },
)
