import type { TestProgram } from './cli.ts'
import type { ImportJson, ItemJson, ItemsJson } from './lists.ts'

/** Writes a list and brings it in for the supplier Acme. */
export async function ingestList(program: TestProgram, list: string | Uint8Array, ...options: string[]) {
  const path = await program.write('list.csv', list)
  return program.json<ImportJson>('ingest', path, '--supplier', 'Acme', ...options)
}

/** What is in the catalog; options are those of `items`. */
export async function itemsOf(program: TestProgram, ...options: string[]): Promise<ItemJson[]> {
  return (await program.json<ItemsJson>('items', '--limit', '1000', ...options)).json.items
}

/** SKU → price of what is in the catalog. */
export async function pricesOf(
  program: TestProgram,
  ...options: string[]
): Promise<Record<string, string | null>> {
  return Object.fromEntries((await itemsOf(program, ...options)).map(({ sku, price }) => [sku, price]))
}
