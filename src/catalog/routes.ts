import { Elysia, type HTTPHeaders } from 'elysia'
import type { Who } from '../auth/who.ts'
import type { Database } from '../db/database.ts'
import type { Scanner } from '../db/scanner.ts'
import { checksEtag, etagOf, givesEtag, preconditionOf, readsEtag, tagged, withEtag } from '../http/etag.ts'
import { cursorField, flagField, limitField, noQuery, textField, textOrNullField } from '../http/fields.ts'
import { jsonBody } from '../http/json-body.ts'
import type { Clock } from '../lib/clock.ts'
import { InvalidError } from '../lib/errors.ts'
import { parseE4 } from '../lib/money.ts'
import { Problem } from '../lib/problem.ts'
import { t, textOrNull } from '../lib/schema.ts'
import { parseRange } from '../runs/instant.ts'
import { itemFinder, type SearchFilter } from '../search/find-items.ts'
import { Category, type CategoryFilter, listCategories } from './categories.ts'
import { deleteItem, restoreItem } from './delete-item.ts'
import { editItem, fieldLengthMax, type ItemEdit } from './edit-item.ts'
import { Item, type PinnableField, PricePoint } from './model.ts'
import { ItemPrice, listPrices, type PriceFilter } from './price-history.ts'
import { quickLimitMax, quickPages } from './quick-page.ts'
import { type HistoryFilter, itemStore, pageSizeMax } from './store.ts'

/** The catalog over HTTP. */
export function catalogRoutes({
  db,
  scanner,
  clock,
  who,
}: {
  db: Database
  scanner: Scanner
  clock: Clock
  who: Who
}) {
  const store = itemStore(db)
  const finder = itemFinder(db, scanner)
  const quickPage = quickPages(db)

  return new Elysia({ prefix: '/api/v1' })
    .get(
      '/items',
      async ({ query, request, set }) => {
        const { limit = 50, cursor = null, with_gone: withGone = false } = query
        const { supplier_id, sku, search, contains, category, brand, price_from, price_to } = query
        const characteristics = query.characteristic === undefined ? {} : characteristicsOf(request)
        const filter: SearchFilter & { withGone: boolean } = {
          withGone,
          characteristics,
          ...(supplier_id !== undefined && { supplierId: supplier_id }),
          ...(sku !== undefined && { sku }),
          ...(search !== undefined && { search }),
          ...(contains !== undefined && { contains }),
          ...(category !== undefined && { category }),
          ...(brand !== undefined && { brand }),
          ...(price_from !== undefined && { priceFromE4: priceIn('price_from', price_from) }),
          ...(price_to !== undefined && { priceToE4: priceIn('price_to', price_to) }),
        }
        const isPlain =
          [sku, search, contains, category, brand, price_from, price_to].every(
            (given) => given === undefined,
          ) && Object.keys(characteristics).length === 0
        if (isPlain && limit <= quickLimitMax) {
          const json = await quickPage(filter, { limit, cursor })
          if (json !== null) return jsonAnswer(json, set)
        }
        const page = await finder.list(filter, { limit, cursor })
        return jsonAnswer(JSON.stringify({ items: page.items, next_cursor: page.nextCursor }), set)
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
              description:
                'Only items with these words in name or SKU, in any order; of the last one the beginning is enough. Case and accents do not matter.',
              examples: ['winkelschleifer dhp-482'],
            }),
            contains: textField('contains', {
              max: 200,
              description:
                'Only items with this text in name or SKU, in the middle of words too; case does not matter. Looks through the whole catalog.',
            }),
            category: textField('category', {
              max: 2000,
              description: 'Only items in this category or below it: levels joined by " > ".',
            }),
            brand: textField('brand', { max: 500, description: 'Only items of exactly this brand.' }),
            price_from: textField('price_from', {
              max: 20,
              description:
                'Only items that cost at least this, each in its own currency; items on request are left out. Looks through the whole catalog.',
              examples: ['9.95'],
            }),
            price_to: textField('price_to', {
              max: 20,
              description: 'Only items that cost at most this; as `price_from`.',
              examples: ['120'],
            }),
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
          'x-role': 'viewer',
          summary: 'List and search items',
          description:
            'By supplier and SKU; with `search`, `category`, `brand` or `characteristic` in the order in which items came into the catalog. What takes too long is given up with `query_timeout`.',
          tags: ['Catalog'],
        },
      },
    )
    .get('/items/:id', async (context) => tagged(context, taggedItem(await store.get(context.params.id))), {
      params: itemParams(),
      query: noQuery,
      response: { 200: Item, 404: Problem, 422: Problem },
      detail: {
        ...readsEtag,
        operationId: 'getItem',
        'x-role': 'viewer',
        summary: 'Show an item',
        tags: ['Catalog'],
      },
    })
    .patch(
      '/items/:id',
      async ({ params, body, request, set }) => {
        const change = { actor: who.of(request), at: clock.now() }
        await editItem(db, params.id, body, change, preconditionOf(request))
        return withEtag(set, taggedItem(await store.get(params.id)))
      },
      {
        params: itemParams(),
        query: noQuery,
        parse: [jsonBody],
        body: ItemChangeBody,
        response: { 200: Item, 404: Problem, 409: Problem, 413: Problem, 415: Problem, 422: Problem },
        detail: {
          ...checksEtag,
          operationId: 'changeItem',
          summary: 'Correct an item',
          description:
            'What is set here no list changes from then on; null gives a field back to its list, and what is not named ' +
            'stays as it is. `pinned` shows what the list says. A unit is what the price is for: once the list says ' +
            'another unit than it did when it was set here, the list counts again.',
          tags: ['Catalog'],
          'x-role': 'operator',
        },
      },
    )
    .delete(
      '/items/:id',
      async ({ params, request, set }) => {
        const change = { actor: who.of(request), at: clock.now() }
        await deleteItem(db, params.id, change, preconditionOf(request))
        return withEtag(set, taggedItem(await store.get(params.id)))
      },
      {
        params: itemParams(),
        query: noQuery,
        response: { 200: Item, 404: Problem, 409: Problem, 422: Problem },
        detail: {
          ...checksEtag,
          operationId: 'deleteItem',
          'x-role': 'operator',
          summary: 'Delete an item',
          description:
            'It is gone as if its supplier no longer listed it, and is deleted for good after TALLYMAN_DELETED_ITEM_DAYS, unless it is restored or a list has it again.',
          tags: ['Catalog'],
        },
      },
    )
    .post(
      '/items/:id/restore',
      async ({ params, request, set }) => {
        await restoreItem(db, params.id, { actor: who.of(request), at: clock.now() })
        return withEtag(set, taggedItem(await store.get(params.id)))
      },
      {
        params: itemParams(),
        query: noQuery,
        parse: 'none',
        response: { 200: Item, 404: Problem, 409: Problem, 422: Problem },
        detail: {
          ...givesEtag,
          operationId: 'restoreItem',
          'x-role': 'operator',
          summary: 'Restore an item that was deleted',
          description: 'It is listed again, or gone if its supplier had dropped it before it was deleted.',
          tags: ['Catalog'],
        },
      },
    )
    .get(
      '/items/:id/history',
      async ({ params, query }) => {
        await store.get(params.id)
        const { limit = 100, cursor = null } = query
        const { history, nextCursor } = await store.history(params.id, { limit, cursor }, priceFilter(query))
        return { history, next_cursor: nextCursor }
      },
      {
        params: itemParams(),
        query: t.Object(
          { limit: limitField({ max: pageSizeMax, default: 100 }), cursor: cursorField(), ...priceFields },
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
          'x-role': 'viewer',
          summary: "Show an item's prices, newest first",
          description:
            'Each with the import, the file and its hash, the sheet, row and cell, and the text that was read.',
          tags: ['Catalog'],
        },
      },
    )
    .get(
      '/price-history',
      async ({ query }) => {
        const { supplier_id } = query
        const filter: PriceFilter = {
          ...(supplier_id !== undefined && { supplierId: supplier_id }),
          ...priceFilter(query),
        }
        const page = await listPrices(scanner.scans, filter, {
          limit: query.limit ?? 100,
          cursor: query.cursor ?? null,
        })
        return { prices: page.prices, next_cursor: page.nextCursor }
      },
      {
        query: t.Object(
          {
            limit: limitField({ max: pageSizeMax, default: 100 }),
            cursor: cursorField(),
            supplier_id: textField('supplier_id', {
              max: 100,
              description: 'Only prices of this supplier.',
            }),
            ...priceFields,
          },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            { prices: t.Array(ItemPrice), next_cursor: textOrNull(nextPage) },
            { title: 'ItemPricePage' },
          ),
          422: Problem,
          503: Problem,
        },
        detail: {
          'x-role': 'viewer',
          operationId: 'listPrices',
          summary: 'List the prices of all items over time',
          description: "An item's together, in the order in which they were recorded.",
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
          'x-role': 'viewer',
          summary: 'List categories',
          description: 'By supplier and path, so that each branch follows its parent.',
          tags: ['Catalog'],
        },
      },
    )
}

/**
 * Written already; the schema is held to by a test. The headers of all answers go into it here: Elysia would make
 * another answer of this one's body, read as a stream.
 */
function jsonAnswer(json: string | Uint8Array<ArrayBuffer>, set: { headers: HTTPHeaders }): Response {
  const headers = new Headers({ 'content-type': 'application/json' })
  for (const [name, value] of Object.entries(set.headers))
    if (value !== undefined) headers.set(name, `${value}`)
  set.headers = {}
  return new Response(json, { headers })
}

const taggedItem = (view: Item) => ({ view, etag: etagOf(view) })

/** What a list of prices may be asked for. */
const priceFields = {
  from: textField('from', {
    max: 50,
    description: 'Only what was recorded from then on: a day, whose midnight in UTC counts, or an instant.',
  }),
  to: textField('to', { max: 50, description: 'Only what was recorded before then.' }),
  is_tier: flagField('is_tier', "Only further prices, or only items' own."),
}

const priceFilter = (query: {
  from?: string | undefined
  to?: string | undefined
  is_tier?: boolean | undefined
}): HistoryFilter => ({
  ...parseRange(query),
  ...(query.is_tier !== undefined && { isTier: query.is_tier }),
})

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

/** @throws InvalidError `invalid_request` for what is no price */
function priceIn(name: string, text: string): number {
  const e4 = parseE4(text)
  if (e4 === null || e4 < 0)
    throw new InvalidError('invalid_request', `${name} takes a price such as 12.50, not "${text}"`)
  return e4
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

const editField = (field: PinnableField, description: string, example: string) =>
  textOrNullField(field, {
    max: fieldLengthMax[field],
    isPrintable: true,
    description: `${description}; null: as its list says.`,
    examples: [example],
  })

/** A person's correction of an item over HTTP. */
const ItemChangeBody = t.Object(
  {
    name: editField('name', 'What it is called', 'Hammer 300 g'),
    category: editField('category', 'Levels joined by " > "', 'Tools > Hand tools'),
    brand: editField('brand', 'Who makes it', 'Bolt'),
    unit: editField('unit', 'What its price is for', 'piece'),
  } satisfies Record<keyof ItemEdit, unknown>,
  { additionalProperties: false, minProperties: 1, title: 'ItemChange' },
)
