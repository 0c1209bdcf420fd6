import { Elysia, t as http } from 'elysia'
import type { Database } from '../db/database.ts'
import { t } from '../lib/schema.ts'
import { Item } from './model.ts'
import { type ItemFilter, itemStore, pageSizeMax } from './store.ts'

/** Reads of the catalog over HTTP. */
export function catalogRoutes(db: Database) {
  const store = itemStore(db)
  return new Elysia({ prefix: '/api/v1' }).get(
    '/items',
    async ({ query }) => {
      const filter: ItemFilter = { withGone: query.with_gone === true }
      if (query.supplier_id !== undefined) filter.supplierId = query.supplier_id
      if (query.sku !== undefined) filter.sku = query.sku
      if (query.search !== undefined) filter.search = query.search
      const { items, nextCursor } = await store.list(filter, {
        limit: query.limit ?? 50,
        cursor: query.cursor ?? null,
      })
      return { items, next_cursor: nextCursor }
    },
    {
      query: http.Object(
        {
          limit: http.Optional(http.Integer({ minimum: 1, maximum: pageSizeMax })),
          cursor: http.Optional(http.String({ maxLength: 2000 })),
          supplier_id: http.Optional(http.String({ maxLength: 100 })),
          sku: http.Optional(http.String({ maxLength: 255 })),
          search: http.Optional(http.String({ minLength: 1, maxLength: 200 })),
          with_gone: http.Optional(http.BooleanString()),
        },
        { additionalProperties: false },
      ),
      response: t.Object({
        items: t.Array(Item),
        next_cursor: t.Union([t.String(), t.Null()], { description: 'Hand it in as `cursor` to go on.' }),
      }),
    },
  )
}
