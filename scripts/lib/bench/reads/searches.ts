import type { ListRow } from '../price-list.ts'
import { median, percentile } from '../statistics.ts'
import { startServed } from './served.ts'

const rounds = 15

/**
 * How long one search takes over HTTP, one after the other.
 * @param sample rows of the list that was loaded
 * @returns a table: the median and the slowest of each
 */
export async function measureSearches(
  command: readonly string[],
  env: Record<string, string>,
  sample: readonly ListRow[],
): Promise<string> {
  await using service = await startServed(command, env)
  const { ean, name, sku } = sample.find((row) => row.ean !== '')!
  const type = /Typ (\d+)/.exec(name)![1]!
  const searches: Record<string, Record<string, string>> = {
    'a rare characteristic': { characteristic: `ean=${ean}` },
    'a common characteristic': { characteristic: 'Lieferzeit=sofort' },
    'two characteristics': { characteristic: 'Lieferzeit=sofort', brand: sample[0]!.brand },
    'a brand': { brand: sample[0]!.brand },
    'a category': { category: sample[0]!.category },
    'a common word': { search: 'winkelschleifer' },
    'three words': { search: `${name.split(' ')[0]} typ ${type}` },
    'the beginning of a word': { search: 'edelstahl wink' },
    'one letter': { search: 'w' },
    'the beginning of a SKU': { search: sku.slice(0, 8) },
    'words that are never together': { search: 'winkelschleifer kugelhahn' },
    'a word that nothing has': { search: 'xyzzy' },
  }
  const lines = ['| search | items on the page | median | slowest |', '|---|--:|--:|--:|']
  for (const [what, query] of Object.entries(searches)) {
    const times: number[] = []
    let found = 0
    for (let round = 0; round < rounds; round++) {
      const startedAt = performance.now()
      const response = await fetch(`${service.origin}/api/v1/items?${new URLSearchParams(query)}`)
      // As the API describes it.
      const { items } = (await response.json()) as { items: unknown[] }
      times.push(performance.now() - startedAt)
      found = items.length
    }
    lines.push(
      `| ${what} | ${found} | ${median(times).toFixed(1)} ms | ${percentile(times, 1).toFixed(1)} ms |`,
    )
  }
  return `${lines.join('\n')}\n`
}
