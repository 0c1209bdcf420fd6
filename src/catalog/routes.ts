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
          limit: http.Optional(
            http.Integer({
              minimum: 1,
              maximum: pageSizeMax,
              error: `limit must be a whole number from 1 to ${pageSizeMax}`,
            }),
          ),
          cursor: text('cursor', { min: 1, max: 2000 }),
          supplier_id: text('supplier_id', { min: 1, max: 100 }),
          sku: text('sku', { min: 1, max: 255 }),
          search: text('search', { min: 1, max: 200 }),
          with_gone: http.Optional(http.BooleanString({ error: 'with_gone must be true or false' })),
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

/** A text without NUL, which no database keeps. Elysia's own messages do not always name the field. */
function text(field: string, { min, max }: { min: number; max: number }) {
  return http.Optional(
    http.String({
      minLength: min,
      maxLength: max,
      pattern: '^[^\\u0000]*$',
      error: `${field} must have ${min} to ${max} characters, and no NUL among them`,
    }),
  )
}
