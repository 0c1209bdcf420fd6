import type { Sql } from '../../db/database.ts'
import type { Staging } from './staging.ts'

/**
 * Indexes staged rows and issues by item key, for comparing them with what is there; a list of nothing but new items
 * does without, which is why `seal` leaves it. Costs nothing the second time.
 */
export async function indexRows(sql: Sql, { engine, names }: Staging): Promise<void> {
  for (const [table, condition] of [
    [names.rows, ''],
    [names.issues, 'where item_key is not null'],
  ] as const) {
    // The engines want the schema in different places; the index lies in the table's own on both.
    const [schema, plain] = table.split('.')
    const [index, of] = engine === 'sqlite' ? [`${table}_key`, plain] : [`${plain}_key`, `${schema}.${plain}`]
    await sql.run(`create index if not exists ${index} on ${of} (item_key) ${condition}`)
    await sql.run(`analyze ${table}`)
  }
}
