import { Elysia, t as http } from 'elysia'
import type { Database } from '../db/database.ts'
import type { Scanner } from '../db/scanner.ts'
import { cursorField, limitField, textField } from '../http/fields.ts'
import type { Clock } from '../lib/clock.ts'
import { decodeCursor, encodeCursor, invalidCursor } from '../lib/cursor.ts'
import { Problem } from '../lib/problem.ts'
import { t, textOrNull } from '../lib/schema.ts'
import { SupplierActivity, supplierActivity } from './activity.ts'
import { supplierNameKey } from './model.ts'
import { supplierStore } from './store.ts'

const pageMax = 200
const daysDefault = 7
const daysMax = 90
const dayMs = 24 * 60 * 60 * 1000

/** What came in of each supplier lately, over HTTP. */
export function supplierActivityRoutes({
  db,
  scanner,
  clock,
}: {
  db: Database
  scanner: Scanner
  clock: Clock
}) {
  const store = supplierStore(db)
  return new Elysia().get(
    '/api/v1/supplier-activity',
    async ({ query }) => {
      const { limit = 50, days = daysDefault, search } = query
      const afterName = query.cursor === undefined ? undefined : nameIn(query.cursor)
      const found = await store.page({
        limit: limit + 1,
        ...(afterName !== undefined && { afterName }),
        ...(search !== undefined && { search }),
      })
      const page = found.slice(0, limit)
      const since = new Date(clock.now().getTime() - days * dayMs)
      return {
        suppliers: await supplierActivity(db, scanner.pages, page, since),
        next_cursor: found.length > limit ? encodeCursor([page.at(-1)!.name]) : null,
      }
    },
    {
      query: t.Object(
        {
          limit: limitField({ max: pageMax, default: 50 }),
          cursor: cursorField(),
          search: textField('search', { max: 200, description: 'Part of the name; case does not matter.' }),
          days: http.Optional(
            http.Integer({
              minimum: 1,
              maximum: daysMax,
              error: `days must be a whole number from 1 to ${daysMax}`,
              description: `How many days back it is looked, 1 to ${daysMax}; ${daysDefault} unless said.`,
            }),
          ),
        },
        { additionalProperties: false },
      ),
      response: {
        200: t.Object(
          {
            suppliers: t.Array(SupplierActivity),
            next_cursor: textOrNull('Hand it in as `cursor` to go on; null: this was the last page.'),
          },
          { title: 'SupplierActivityPage' },
        ),
        422: Problem,
        503: Problem,
      },
      detail: {
        operationId: 'listSupplierActivity',
        'x-role': 'viewer',
        summary: "Show what came in of each supplier lately, by the supplier's name",
        description:
          'How fresh its prices are, its latest import, and what its lists changed in the last days.',
        tags: ['Suppliers'],
      },
    },
  )
}

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
