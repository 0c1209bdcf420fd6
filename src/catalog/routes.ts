import { Elysia } from 'elysia'
import type { Database } from '../db/database.ts'
import type { Scanner } from '../db/scanner.ts'
import { cursorField, flagField, limitField, noQuery, textField } from '../http/fields.ts'
import { InvalidError } from '../lib/errors.ts'
import { Problem } from '../lib/problem.ts'
import { t, textOrNull } from '../lib/schema.ts'
import { Category, type CategoryFilter, listCategories } from './categories.ts'
import { Item, PricePoint } from './model.ts'
import { type ItemFilter, itemStore, pageSizeMax } from './store.ts'

/** Reads of the catalog over HTTP. */
export function catalogRoutes({ db, scanner }: { db: Database; scanner: Scanner }) {
  const store = itemStore(db)
  const pages = itemStore({ ...db, all: scanner.pages.all.bind(scanner.pages) })
  const scans = itemStore({ ...db, all: scanner.scans.all.bind(scanner.scans) })

  return new Elysia({ prefix: '/api/v1' })
    .get(
      '/items',
      async ({ query, request }) => {
        const { limit = 50, cursor = null, with_gone: withGone = false } = query
        const { supplier_id, sku, search, category, brand } = query
        const characteristics = characteristicsOf(request)
        const filter: ItemFilter = {
          withGone,
          characteristics,
          ...(supplier_id !== undefined && { supplierId: supplier_id }),
          ...(sku !== undefined && { sku }),
          ...(search !== undefined && { search }),
          ...(category !== undefined && { category }),
          ...(brand !== undefined && { brand }),
        }
        const isScan =
          [search, category, brand].some((given) => given !== undefined) ||
          Object.keys(characteristics).length > 0
        const page = await (isScan ? scans : pages).list(filter, { limit, cursor })
        return { items: page.items, next_cursor: page.nextCursor }
      },
      {
        query: t.Object(
          {
            limit: limitField({ max: pageSizeMax, default: 50 }),
            cursor: cursorField(),
            supplier_id: textField('supplier_id', { max: 100, description: 'Only items of this supplier.' }),
            sku: textField('sku', { max: 255, description: 'Only items with exactly this SKU.' }),
            search: textField('search', {
              max: 200,
              description: 'Only items with this text in name or SKU; case does not matter.',
            }),
            category: textField('category', {
              max: 2000,
              description: 'Only items in this category or below it: levels joined by " > ".',
            }),
            brand: textField('brand', { max: 500, description: 'Only items of exactly this brand.' }),
            characteristic: textField('characteristic', {
              max: 2000,
              description:
                'Only items with this characteristic, as KEY=VALUE; may be given several times, and every one must match.',
              examples: ['ean=4006381333931'],
            }),
            with_gone: flagField('with_gone', 'Items that are no longer listed, too.'),
          },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object({ items: t.Array(Item), next_cursor: textOrNull(nextPage) }, { title: 'ItemPage' }),
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'listItems',
          summary: 'List and search items',
          description: 'By supplier and SKU. A search that takes too long is given up with `query_timeout`.',
          tags: ['Catalog'],
        },
      },
    )
    .get('/items/:id', ({ params }) => store.get(params.id), {
      params: itemParams(),
      query: noQuery,
      response: { 200: Item, 404: Problem, 422: Problem },
      detail: { operationId: 'getItem', summary: 'Show an item', tags: ['Catalog'] },
    })
    .get(
      '/items/:id/history',
      async ({ params, query }) => {
        await store.get(params.id)
        const { limit = 100, cursor = null } = query
        const { history, nextCursor } = await store.history(params.id, { limit, cursor })
        return { history, next_cursor: nextCursor }
      },
      {
        params: itemParams(),
        query: t.Object(
          { limit: limitField({ max: pageSizeMax, default: 100 }), cursor: cursorField() },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            { history: t.Array(PricePoint), next_cursor: textOrNull(nextPage) },
            { title: 'HistoryPage' },
          ),
          404: Problem,
          422: Problem,
        },
        detail: {
          operationId: 'getHistory',
          summary: "Show an item's prices, newest first",
          description:
            'Each with the import, the file and its hash, the sheet, row and cell, and the text that was read.',
          tags: ['Catalog'],
        },
      },
    )
    .get(
      '/categories',
      async ({ query }) => {
        const { supplier_id, parent_id } = query
        const filter: CategoryFilter = {
          ...(supplier_id !== undefined && { supplierId: supplier_id }),
          ...(parent_id !== undefined && { parentId: parent_id === 'none' ? null : parent_id }),
        }
        const page = await listCategories(scanner.pages, filter, {
          limit: query.limit ?? 200,
          cursor: query.cursor ?? null,
        })
        return { categories: page.categories, next_cursor: page.nextCursor }
      },
      {
        query: t.Object(
          {
            limit: limitField({ max: pageSizeMax, default: 200 }),
            cursor: cursorField(),
            supplier_id: textField('supplier_id', {
              max: 100,
              description: 'Only categories of this supplier.',
            }),
            parent_id: textField('parent_id', {
              max: 100,
              description: 'Only those right below this category; `none`: only those at the top.',
            }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            { categories: t.Array(Category), next_cursor: textOrNull(nextPage) },
            { title: 'CategoryPage' },
          ),
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'listCategories',
          summary: 'List categories',
          description: 'By supplier and path, so that each branch follows its parent.',
          tags: ['Catalog'],
        },
      },
    )
}

const nextPage = 'Hand it in as `cursor` to go on; null: this was the last page.'

function itemParams() {
  return t.Object({
    id: t.String({
      pattern: '^[0-9]{1,15}$',
      description: 'The id of the item.',
      error: 'the id of an item is a whole number',
    }),
  })
}

/** Read from the address itself: a parameter that may repeat, and whose values may hold commas. */
function characteristicsOf(request: Request): Record<string, string> {
  const found = new Map<string, string>()
  for (const pair of new URL(request.url).searchParams.getAll('characteristic')) {
    const at = pair.indexOf('=')
    if (at <= 0 || pair.includes('\0'))
      throw new InvalidError('invalid_request', `characteristic takes KEY=VALUE, not "${pair}"`)
    const [key, value] = [pair.slice(0, at), pair.slice(at + 1)]
    // No item has two values of one, and the last must not win unnoticed.
    if ((found.get(key) ?? value) !== value)
      throw new InvalidError('invalid_request', `characteristic asks for two values of "${key}"`)
    found.set(key, value)
  }
  return Object.fromEntries(found)
}
