import type { Database, Sql } from '../db/database.ts'
import { instant } from '../db/dialect.ts'
import { type ImportStatus, importStatuses } from '../imports/model.ts'
import { oneOf, type Static, t, textOrNull } from '../lib/schema.ts'
import type { Supplier } from './store.ts'

const Count = (description: string) => t.Integer({ minimum: 0, description })

/** How a supplier's lists come in, over HTTP. */
export const SupplierActivity = t.Object(
  {
    supplier_id: t.String(),
    supplier: t.String({ description: "The supplier's name." }),
    last_import: t.Union(
      [
        t.Object({
          id: t.String(),
          status: oneOf(importStatuses),
          file_name: t.String(),
          created_at: t.String({ format: 'date-time' }),
        }),
        t.Null(),
      ],
      { description: 'The latest one, however it ended; null: it has none yet.' },
    ),
    fresh_at: textOrNull(
      'When its latest good list was triggered, one that had not changed included; null: it has none yet.',
      { format: 'date-time' },
    ),
    imports: Count('Begun in those days.'),
    failed: Count('Of them, those that failed or ran out of time.'),
    held: Count('Of them, those that wait for a person.'),
    price_up: Count('Items whose price rose with lists that were published in those days.'),
    price_down: Count('Items whose price fell.'),
    new: Count('Items that came in.'),
    gone: Count('Items that are no longer listed.'),
    rejected_rows: Count('Rows of those lists that were rejected.'),
  },
  { title: 'SupplierActivity' },
)
export type SupplierActivity = Static<typeof SupplierActivity>

interface SumRow {
  supplierId: string
  imports: number
  failed: number
  held: number
  up: number
  down: number
  new: number
  gone: number
  rejected: number
}

interface LastRow {
  supplierId: string
  id: string
  status: ImportStatus
  fileName: string
  createdAt: string | number
  freshAt: string | number | null
}

/**
 * What came in of some suppliers since an instant, in their order.
 * @param sql see db/scanner.ts
 */
export async function supplierActivity(
  { engine }: Pick<Database, 'engine'>,
  sql: Pick<Sql, 'all'>,
  suppliers: readonly Supplier[],
  since: Date,
): Promise<SupplierActivity[]> {
  if (suppliers.length === 0) return []
  const ids = suppliers.map(({ id }) => id)
  const places = ids.map((_, index) => `$${index + 2}`).join(', ')
  const change = (name: string) =>
    engine === 'sqlite' ? `json_extract(m.changes, '$.${name}')` : `(m.changes->>'${name}')::bigint`
  const sum = (value: string, name: string) =>
    `coalesce(sum(case when m.status in ('completed', 'partial_success') then ${value} end), 0) as "${name}"`
  const count = (statuses: string, name: string) =>
    `count(case when m.status in (${statuses}) then 1 end) as "${name}"`
  const [sums, lasts] = await Promise.all([
    sql.all<SumRow>(
      `select m.supplier_id as "supplierId", count(*) as imports, ${count("'failed', 'expired'", 'failed')},
              ${count("'held'", 'held')}, ${sum(change('priceUp'), 'up')}, ${sum(change('priceDown'), 'down')},
              ${sum(change('new'), 'new')}, ${sum(change('gone'), 'gone')}, ${sum('m.rows_rejected', 'rejected')}
       from imports as m
       where m.supplier_id in (${places}) and m.created_at >= ${instant(engine, '$1')}
       group by m.supplier_id`,
      [since, ...ids],
    ),
    sql.all<LastRow>(
      `select m.supplier_id as "supplierId", m.id, m.status, m.file_name as "fileName", m.created_at as "createdAt",
              (select g.created_at from imports as g
               where g.supplier_id = m.supplier_id and g.status in ('completed', 'partial_success', 'unchanged')
               order by g.created_at desc limit 1) as "freshAt"
       from imports as m
       where m.no in (
         select (select l.no from imports as l where l.supplier_id = p.id order by l.created_at desc, l.no desc limit 1)
         from suppliers as p where p.id in (${ids.map((_, index) => `$${index + 1}`).join(', ')}))`,
      ids,
    ),
  ])
  return suppliers.map((supplier) => {
    const found = sums.find(({ supplierId }) => supplierId === supplier.id)
    const last = lasts.find(({ supplierId }) => supplierId === supplier.id)
    return {
      supplier_id: supplier.id,
      supplier: supplier.name,
      last_import: last
        ? {
            id: last.id,
            status: last.status,
            file_name: last.fileName,
            created_at: new Date(last.createdAt).toISOString(),
          }
        : null,
      fresh_at: last?.freshAt == null ? null : new Date(last.freshAt).toISOString(),
      imports: Number(found?.imports ?? 0),
      failed: Number(found?.failed ?? 0),
      held: Number(found?.held ?? 0),
      price_up: Number(found?.up ?? 0),
      price_down: Number(found?.down ?? 0),
      new: Number(found?.new ?? 0),
      gone: Number(found?.gone ?? 0),
      rejected_rows: Number(found?.rejected ?? 0),
    }
  })
}
