import { Elysia } from 'elysia'
import type { Who } from '../auth/who.ts'
import type { Database, Sql } from '../db/database.ts'
import type { Scanner } from '../db/scanner.ts'
import {
  checksEtag,
  endsEtag,
  etagOf,
  givesEtag,
  preconditionOf,
  readsEtag,
  tagged,
  withEtag,
} from '../http/etag.ts'
import { cursorField, idField, limitField, noQuery, requiredText, textField } from '../http/fields.ts'
import { type Idempotency, takesKey } from '../http/idempotency.ts'
import { jsonBody } from '../http/json-body.ts'
import { withoutHurry } from '../http/long-answer.ts'
import type { Clock } from '../lib/clock.ts'
import { decodeCursor, encodeCursor, invalidCursor } from '../lib/cursor.ts'
import { Problem } from '../lib/problem.ts'
import { type Static, t, textOrNull } from '../lib/schema.ts'
import { deleteSupplier } from '../sources/delete-supplier.ts'
import { addSupplier, changeSupplier, type SupplierEdit } from './edit-supplier.ts'
import { supplierNameKey } from './model.ts'
import { type Supplier, supplierState, supplierStore } from './store.ts'

const pageMax = 200

const SupplierView = t.Object(
  {
    id: t.String(),
    name: t.String(),
    currency: textOrNull('ISO 4217, assumed where its lists do not say; null: as the configuration says.'),
    country: textOrNull('ISO 3166-1, two letters; null: nobody has said.', { examples: ['DE'] }),
    time_zone: textOrNull('IANA, of schedules of its sources; null: as the configuration says.', {
      examples: ['Europe/Berlin'],
    }),
    uses_analyzer: t.Union([t.Boolean(), t.Null()], {
      description: 'Whether its files go to the analyzer over HTTP; null: as the configuration says.',
    }),
    item_count: t.Integer({ description: 'Items that it lists.' }),
    gone_count: t.Integer({ description: 'Items that it no longer lists.' }),
    source_count: t.Integer({ description: 'Where its lists come from, uploads included.' }),
    deleting_at: textOrNull('Since when it is being deleted, so that nothing can be added; null: it is not.'),
    links: t.Object({ self: t.String(), items: t.String(), imports: t.String() }),
  },
  { title: 'Supplier' },
)

/** What the routes of suppliers need. */
export interface SupplierParts {
  db: Database
  scanner: Scanner
  clock: Clock
  keyed: Idempotency
  who: Who
  /** Tells whoever works on jobs that some have changed. */
  wake(jobId?: string): void
}

/** Suppliers over HTTP. */
export function supplierRoutes({ db, scanner, clock, keyed, who, wake }: SupplierParts) {
  const store = supplierStore(db)
  const counts = itemCounts(scanner.scans)
  const shown = async (suppliers: Supplier[]) => {
    const [counted, sources] = await Promise.all([
      counts.of(suppliers),
      sourceCounts(scanner.pages, suppliers),
    ])
    return suppliers.map((supplier, index) =>
      supplierView(supplier, { ...counted[index]!, sources: sources.get(supplier.id) ?? 0 }),
    )
  }
  const found = async (id: string) => {
    const supplier = await store.get(id)
    const view = (await shown([supplier]))[0]!
    return { view, etag: etagOf(supplierState(supplier), view) }
  }

  return new Elysia({ prefix: '/api/v1/suppliers' })
    .get(
      '',
      async ({ query }) => {
        const limit = query.limit ?? 50
        const afterName = query.cursor === undefined ? undefined : nameIn(query.cursor)
        const found = await store.page({
          limit: limit + 1,
          ...(afterName !== undefined && { afterName }),
          ...(query.search !== undefined && { search: query.search }),
          ...(query.name !== undefined && { name: query.name }),
        })
        const page = found.slice(0, limit)
        return {
          suppliers: await shown(page),
          next_cursor: found.length > limit ? encodeCursor([page.at(-1)!.name]) : null,
        }
      },
      {
        query: t.Object(
          {
            limit: limitField({ max: pageMax, default: 50 }),
            cursor: cursorField(),
            search: textField('search', { max: 200, description: 'Part of the name; case does not matter.' }),
            name: textField('name', {
              max: 200,
              isPrintable: true,
              description: 'The whole name; case and white space do not matter.',
            }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            {
              suppliers: t.Array(SupplierView),
              next_cursor: textOrNull('Hand it in as `cursor` to go on; null: this was the last page.'),
            },
            { title: 'SupplierPage' },
          ),
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'listSuppliers',
          'x-role': 'viewer',
          summary: 'List suppliers by name',
          tags: ['Suppliers'],
        },
      },
    )
    .get('/:id', async (context) => tagged(context, await found(context.params.id)), {
      params,
      query: noQuery,
      response: { 200: SupplierView, 404: Problem },
      detail: {
        ...readsEtag,
        operationId: 'getSupplier',
        'x-role': 'viewer',
        summary: 'Show a supplier',
        tags: ['Suppliers'],
      },
    })
    .patch(
      '/:id',
      async ({ params, body, request, set }) => {
        const change = { actor: who.of(request), at: clock.now() }
        await changeSupplier(db, params.id, editOf(body), change, preconditionOf(request))
        return withEtag(set, await found(params.id))
      },
      {
        params,
        query: noQuery,
        parse: [jsonBody],
        body: SupplierChangeBody,
        response: {
          200: SupplierView,
          404: Problem,
          409: Problem,
          413: Problem,
          415: Problem,
          422: Problem,
        },
        detail: {
          ...checksEtag,
          operationId: 'changeSupplier',
          'x-role': 'operator',
          summary: 'Change a supplier',
          description:
            'What is not named stays as it is. Lists that come in from now on are read accordingly.',
          tags: ['Suppliers'],
        },
      },
    )
    .post(
      '',
      (context) =>
        keyed.once<{ id: string }, Static<typeof SupplierView>>(context, {
          body: context.body,
          make: async (mark) => {
            const change = { actor: who.of(context.request), at: clock.now() }
            const { name } = context.body
            const { id } = await addSupplier(db, { ...editOf(context.body), name }, change, (tx, made) =>
              mark(tx, { id: made.id }),
            )
            return { id }
          },
          answer: async ({ id }) => {
            const { view, etag } = await found(id)
            return { status: 201, headers: { location: view.links.self, etag }, view }
          },
        }),
      {
        query: noQuery,
        parse: [jsonBody],
        body: NewSupplierBody,
        response: { 201: SupplierView, 409: Problem, 413: Problem, 415: Problem, 422: Problem },
        detail: {
          ...takesKey,
          ...givesEtag,
          operationId: 'addSupplier',
          'x-role': 'operator',
          summary: 'Add a supplier',
          description:
            'A list or a source of an unknown supplier makes it by itself; this is for what it is to know before.',
          tags: ['Suppliers'],
        },
      },
    )
    .delete(
      '/:id',
      async ({ params, query, request, server }) => {
        const parts = { db, clock, actor: who.of(request) }
        // A million items take minutes. Whoever goes away meanwhile ends nothing.
        const { sources, items, jobIds } = await withoutHurry({ request, server }, () =>
          deleteSupplier(parts, params.id, query.name, preconditionOf(request)),
        )
        for (const jobId of jobIds) wake(jobId)
        wake()
        return { id: params.id, sources, items }
      },
      {
        params,
        query: t.Object(
          {
            name: requiredText('name', {
              max: 200,
              description: "The supplier's name, so that no other one is deleted by mistake.",
              examples: ['Acme Ltd'],
            }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            {
              id: t.String(),
              sources: t.Integer({
                minimum: 0,
                description: 'Sources that went with it, with their imports.',
              }),
              items: t.Integer({ minimum: 0, description: 'Items that went with it, with their prices.' }),
            },
            { title: 'SupplierDeletion' },
          ),
          404: Problem,
          409: Problem,
          422: Problem,
        },
        detail: {
          ...endsEtag,
          operationId: 'deleteSupplier',
          'x-role': 'operator',
          summary: 'Delete a supplier with its items and their prices',
          description:
            'Its sources go too, with their imports. It is refused while an import of it runs; what waits or is held is ended. ' +
            'A million items take minutes; meanwhile `deleting_at` says so, and lists and edits of the supplier are refused with 409. ' +
            'The deletion goes on when whoever asked for it goes away. Where the service ends before it is done, asking once more goes on, ' +
            'and so does the next clean-up. Raw files stay as long as they are kept.',
          tags: ['Suppliers'],
        },
      },
    )
}

const changeable = {
  currency: t.Optional(SupplierView.properties.currency),
  country: t.Optional(SupplierView.properties.country),
  time_zone: t.Optional(SupplierView.properties.time_zone),
  uses_analyzer: t.Optional(SupplierView.properties.uses_analyzer),
}
const nameOptions = {
  max: 200,
  isPrintable: true,
  description: 'Case and white space do not tell suppliers apart.',
}
const SupplierChangeBody = t.Object(
  { name: textField('name', nameOptions), ...changeable },
  { additionalProperties: false, minProperties: 1, title: 'SupplierChange' },
)
const NewSupplierBody = t.Object(
  { name: requiredText('name', { ...nameOptions, examples: ['Acme Ltd'] }), ...changeable },
  { additionalProperties: false, title: 'NewSupplier' },
)

function editOf(body: Static<typeof SupplierChangeBody>): SupplierEdit {
  const { name, currency, country, time_zone: timeZone, uses_analyzer: usesAnalyzer } = body
  return {
    ...(name !== undefined && { name }),
    ...(currency !== undefined && { currency }),
    ...(country !== undefined && { country }),
    ...(timeZone !== undefined && { timeZone }),
    ...(usesAnalyzer !== undefined && { usesAnalyzer }),
  }
}

const params = t.Object({ id: idField('the supplier') })

/** @throws InvalidError `invalid_cursor` also where it holds what no supplier is called */
function nameIn(cursor: string): string {
  const [name] = decodeCursor(cursor, ['string'])
  try {
    supplierNameKey(name)
    return name
  } catch {
    throw invalidCursor()
  }
}

interface Counts {
  items: number
  gone: number
}

function supplierView(
  { id, name, currency, country, timeZone, usesAnalyzer, deletingAt }: Supplier,
  { items, gone, sources }: Counts & { sources: number },
): Static<typeof SupplierView> {
  const query = `supplier_id=${encodeURIComponent(id)}`
  return {
    id,
    name,
    currency,
    country,
    time_zone: timeZone,
    uses_analyzer: usesAnalyzer,
    item_count: items,
    gone_count: gone,
    source_count: sources,
    deleting_at: deletingAt?.toISOString() ?? null,
    links: {
      self: `/api/v1/suppliers/${id}`,
      items: `/api/v1/items?${query}`,
      imports: `/api/v1/imports?${query}`,
    },
  }
}

/** How many sources each of them has; those without any are left out. */
async function sourceCounts(
  sql: Pick<Sql, 'all'>,
  suppliers: readonly Supplier[],
): Promise<Map<string, number>> {
  if (suppliers.length === 0) return new Map()
  const ids = suppliers.map((_, index) => `$${index + 1}`).join(', ')
  const rows = await sql.all<{ id: string; sources: number }>(
    `select supplier_id as id, count(*) as sources from sources where supplier_id in (${ids}) group by supplier_id`,
    suppliers.map(({ id }) => id),
  )
  return new Map(rows.map(({ id, sources }) => [id, Number(sources)]))
}

/** Counting 1M items takes a good while, so a count is kept for as long as the supplier's revision stands. */
function itemCounts(sql: Pick<Sql, 'all'>) {
  const known = new Map<string, Counts & { revision: number }>()

  async function count(suppliers: Supplier[]): Promise<void> {
    const ids = suppliers.map((_, index) => `$${index + 1}`).join(', ')
    const rows = await sql.all<{ supplier_id: string; all_items: number; gone: number }>(
      `select p.id as supplier_id, count(*) as all_items, count(i.gone_at) as gone
       from suppliers as p join supplier_items as i on i.supplier_no = p.no
       where p.id in (${ids}) group by p.id`,
      suppliers.map(({ id }) => id),
    )
    for (const { id, revision } of suppliers) {
      const row = rows.find(({ supplier_id }) => supplier_id === id)
      const gone = Number(row?.gone ?? 0)
      known.set(id, { revision, items: Number(row?.all_items ?? 0) - gone, gone })
    }
  }

  return {
    /** In the order of the suppliers. */
    async of(suppliers: Supplier[]): Promise<Counts[]> {
      const uncounted = suppliers.filter(({ id, revision }) => known.get(id)?.revision !== revision)
      if (uncounted.length > 0) await count(uncounted)
      return suppliers.map(({ id }) => known.get(id) ?? { items: 0, gone: 0 })
    },
  }
}
