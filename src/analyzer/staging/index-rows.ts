import type { Sql } from '../../db/database.ts'
import type { Staging } from './staging.ts'

/**
 * Indexes staged rows and issues by item key, and on PostgreSQL rows by number, for comparing them with what is
 * there. A list of nothing but new items does without, which is why `seal` leaves it. Costs nothing the second time.
 */
export async function indexRows(sql: Sql, { engine, names }: Staging): Promise<void> {
  const index = async (table: string, suffix: string, columns: string) => {
    // The engines want the schema in different places; the index lies in the table's own on both.
    const plain = table.slice(table.indexOf('.') + 1)
    const [name, of] = engine === 'sqlite' ? [`${table}_${suffix}`, plain] : [`${plain}_${suffix}`, table]
    await sql.run(`create index if not exists ${name} on ${of} ${columns}`)
  }
  await index(names.rows, 'key', '(item_key, n)')
  await index(names.issues, 'key', '(item_key) where item_key is not null')
  // On SQLite the number is the key of the table itself.
  if (engine === 'postgres') await index(names.rows, 'n', '(n)')
  await sql.run(`analyze ${names.rows}`)
  await sql.run(`analyze ${names.issues}`)
}
