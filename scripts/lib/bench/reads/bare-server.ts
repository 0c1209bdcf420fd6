import { Database } from 'bun:sqlite'
import { itemSelect } from '../../../../src/catalog/item-row.ts'

/**
 * The least that anybody can do who reads a page with a prepared statement and sends it as JSON: the bound for our own
 * pages. A process of its own; arguments: the database, and how many rows.
 */
const statement = new Database(Bun.argv[2]!, { readonly: true }).query(
  `${itemSelect} where i.gone_at is null order by i.supplier_no, i.item_key limit ${Number(Bun.argv[3]) + 1}`,
)
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: () => Response.json({ items: statement.all() }),
})
console.log(server.url.origin)
