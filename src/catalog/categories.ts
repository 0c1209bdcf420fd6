import type { Sql, SqlValue } from '../db/database.ts'
import { decodeCursor, encodeCursor } from '../lib/cursor.ts'
import { type Static, t, textOrNull } from '../lib/schema.ts'

/** A category as its supplier has it. */
export const Category = t.Object(
  {
    id: t.String(),
    supplier_id: t.String(),
    parent_id: textOrNull('Null: a top-level category.'),
    name: t.String(),
    path: t.String({ description: 'Its name behind those of all above it, joined by " > ".' }),
  },
  { title: 'Category' },
)
export type Category = Static<typeof Category>

export interface CategoryFilter {
  supplierId?: string
  /** A category's id; null: only those without a parent. */
  parentId?: string | null
}

/** Categories by supplier and path, a page at a time: a tree in the order of its branches. */
export async function listCategories(
  sql: Pick<Sql, 'all'>,
  filter: CategoryFilter,
  page: { limit: number; cursor: string | null },
): Promise<{ categories: Category[]; nextCursor: string | null }> {
  const conditions: string[] = []
  const parameters: SqlValue[] = []
  const parameter = (value: SqlValue) => `$${parameters.push(value)}`
  if (page.cursor !== null) {
    const [supplierId, path] = decodeCursor(page.cursor, ['string', 'string'])
    conditions.push(`(supplier_id, path) > (${parameter(supplierId)}, ${parameter(path)})`)
  }
  if (filter.supplierId !== undefined) conditions.push(`supplier_id = ${parameter(filter.supplierId)}`)
  if (filter.parentId === null) conditions.push('parent_id is null')
  else if (filter.parentId !== undefined) conditions.push(`parent_id = ${parameter(filter.parentId)}`)
  const rows = await sql.all<Category>(
    `select id, supplier_id, parent_id, name, path from categories
     ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`}
     order by supplier_id, path limit ${page.limit + 1}`,
    parameters,
  )
  const categories = rows.slice(0, page.limit)
  const last = categories.at(-1)
  return {
    categories,
    nextCursor:
      rows.length > page.limit && last !== undefined ? encodeCursor([last.supplier_id, last.path]) : null,
  }
}
