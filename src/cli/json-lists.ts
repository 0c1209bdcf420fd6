import { jsonText, snakeCaseKeys } from '../lib/json.ts'
import type { Writer } from './writer.ts'

/**
 * Prints a JSON object whose last members are long lists, one element a line, without holding the lists in memory.
 * @param head the members before the lists; its keys become snake_case
 */
export async function printJsonLists(
  writer: Writer,
  head: Record<string, unknown>,
  lists: Record<string, AsyncIterable<unknown>>,
): Promise<void> {
  writer.write(jsonText(snakeCaseKeys(head)).slice(0, -1))
  for (const [key, elements] of Object.entries(lists)) {
    writer.write(`,\n"${key}":[`)
    let separator = '\n'
    for await (const element of elements) {
      if (writer.isClosed) return
      writer.write(separator + jsonText(element))
      separator = ',\n'
    }
    writer.write(']')
  }
  writer.write('}\n')
}
