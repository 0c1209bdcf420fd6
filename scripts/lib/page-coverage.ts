import { readdir, readFile } from 'node:fs/promises'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { bundleAdmin, mapAdmin } from '../../src/admin/bundle.ts'
import type { FunctionCoverage } from '../../test/helpers/page-coverage.ts'
import type { LineCounts } from './coverage.ts'

/**
 * Which lines of src/admin ran in a browser: what Chromium told of the built script, led back to its sources. A line
 * ran when any part of it did.
 * @param folder where the browser tests wrote what they saw; every file in it is of the script as it is built now
 * @returns by file, relative to the project
 */
export async function pageCoverage(folder: string): Promise<Map<string, LineCounts>> {
  const names = await readdir(folder).catch(() => [])
  const { script } = await bundleAdmin()
  const ran = new Uint8Array(script.length)
  for (const name of names) {
    const functions: FunctionCoverage[] = JSON.parse(await readFile(join(folder, name), 'utf8'))
    const onPage = new Uint8Array(script.length)
    for (const { startOffset, endOffset, count } of inside(functions)) {
      onPage.fill(count > 0 ? 1 : 0, startOffset, endOffset)
    }
    for (let at = 0; at < ran.length; at++) ran[at] ||= onPage[at] ?? 0
  }
  return linesOf(script, ran, JSON.parse(await mapAdmin()))
}

/** The widest first: what is within another is told more exactly. */
function inside(functions: FunctionCoverage[]): FunctionCoverage['ranges'] {
  const length = ({ startOffset, endOffset }: { startOffset: number; endOffset: number }) =>
    endOffset - startOffset
  return functions.flatMap(({ ranges }) => ranges).sort((a, b) => length(b) - length(a))
}

function linesOf(
  script: string,
  ran: Uint8Array,
  map: ConstructorParameters<typeof SourceMap>[0],
): Map<string, LineCounts> {
  const sources = new SourceMap(map)
  const files = new Map<string, LineCounts>()
  let offset = 0
  for (const [row, text] of script.split('\n').entries()) {
    for (let column = 0; column < text.length; column++) {
      const entry = sources.findEntry(row, column)
      if (!('originalSource' in entry) || !entry.originalSource.startsWith('src/')) continue
      const lines = files.get(entry.originalSource) ?? new Map<number, number>()
      files.set(entry.originalSource, lines)
      const line = entry.originalLine + 1
      lines.set(line, Math.max(lines.get(line) ?? 0, ran[offset + column] ?? 0))
    }
    offset += text.length + 1
  }
  return files
}
