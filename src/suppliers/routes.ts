import { Elysia } from 'elysia'
import type { Database, Sql } from '../db/database.ts'
import type { Scanner } from '../db/scanner.ts'
import { cursorField, idField, limitField, noQuery, textField } from '../http/fields.ts'
import { jsonBody } from '../http/json-body.ts'
import { decodeCursor, encodeCursor, invalidCursor } from '../lib/cursor.ts'
import { InvalidError } from '../lib/errors.ts'
import { isCurrency } from '../lib/money.ts'
import { Problem } from '../lib/problem.ts'
import { type Static, t, textOrNull } from '../lib/schema.ts'
import { supplierNameKey } from './model.ts'
import { type Supplier, supplierStore } from './store.ts'

const pageMax = 200

const SupplierView = t.Object(
  {
    id: t.String(),
    name: t.String(),
    currency: textOrNull('ISO 4217, assumed where its lists do not say; null: as the configuration says.'),
    uses_analyzer: t.Union([t.Boolean(), t.Null()], {
      description: 'Whether its files go to the analyzer over HTTP; null: as the configuration says.',
    }),
    item_count: t.Integer({ description: 'Items that it lists.' }),
    gone_count: t.Integer({ description: 'Items that it no longer lists.' }),
    links: t.Object({ self: t.String(), items: t.String(), imports: t.String() }),
  },
  { title: 'Supplier' },
)

/** Suppliers over HTTP. */
export function supplierRoutes({ db, scanner }: { db: Database; scanner: Scanner }) {
  const store = supplierStore(db)
  const counts = itemCounts(scanner.scans)
  const shown = async (suppliers: Supplier[]) => {
    const counted = await counts.of(suppliers)
    return suppliers.map((supplier, index) => supplierView(supplier, counted[index]!))
  }
  const shownById = async (id: string) => (await shown([await store.get(id)]))[0]!

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
        detail: { operationId: 'listSuppliers', summary: 'List suppliers by name', tags: ['Suppliers'] },
      },
    )
    .get('/:id', ({ params }) => shownById(params.id), {
      params,
      query: noQuery,
      response: { 200: SupplierView, 404: Problem },
      detail: { operationId: 'getSupplier', summary: 'Show a supplier', tags: ['Suppliers'] },
    })
    .patch(
      '/:id',
      async ({ params, body }) => {
        const { currency, uses_analyzer: usesAnalyzer } = body
        if (typeof currency === 'string' && !isCurrency(currency))
          throw new InvalidError(
            'invalid_currency',
            `currency takes an ISO 4217 code such as EUR, not "${currency}"`,
          )
        await db.tx((tx) =>
          supplierStore({ query: tx.query, tables: db.tables }).change(params.id, {
            ...(currency !== undefined && { currency }),
            ...(usesAnalyzer !== undefined && { usesAnalyzer }),
          }),
        )
        return shownById(params.id)
      },
      {
        params,
        query: noQuery,
        parse: [jsonBody],
        body: t.Object(
          {
            currency: t.Optional(SupplierView.properties.currency),
            uses_analyzer: t.Optional(SupplierView.properties.uses_analyzer),
          },
          { additionalProperties: false, minProperties: 1, title: 'SupplierChange' },
        ),
        response: { 200: SupplierView, 404: Problem, 413: Problem, 415: Problem, 422: Problem },
        detail: {
          operationId: 'changeSupplier',
          summary: 'Change a supplier',
          description:
            'What is not named stays as it is. Lists that come in from now on are read accordingly.',
          tags: ['Suppliers'],
        },
      },
    )
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
  { id, name, currency, usesAnalyzer }: Supplier,
  { items, gone }: Counts,
): Static<typeof SupplierView> {
  const query = `supplier_id=${encodeURIComponent(id)}`
  return {
    id,
    name,
    currency,
    uses_analyzer: usesAnalyzer,
    item_count: items,
    gone_count: gone,
    links: {
      self: `/api/v1/suppliers/${id}`,
      items: `/api/v1/items?${query}`,
      imports: `/api/v1/imports?${query}`,
    },
  }
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
