import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Coverage {
  /** Relative to the project, each with its lines of code; the worst covered first. */
  files: FileCoverage[]
  /** Over all files, in percent. */
  percent: number
}

export interface FileCoverage {
  file: string
  lines: number
  hit: number
}

/** How often each line of code ran, by its number from 1. */
export type LineCounts = Map<number, number>

/**
 * Adds up the line coverage of src/. A file that no test loads does not appear in lcov; it counts with all its
 * lines as not run. Work that tests do in child processes (the analyzer's child, the executable) is not counted:
 * Bun writes no coverage there, so the true figure is higher.
 * @param root the project's folder
 * @param lcov what `bun test --coverage --coverage-reporter=lcov` wrote, with paths relative to `root`
 * @param inBrowser what ran elsewhere, by file
 */
export async function sourceCoverage(
  root: string,
  lcov: string,
  inBrowser: Map<string, LineCounts> = new Map(),
): Promise<Coverage> {
  const loaded = parseLcov(lcov)
  for (const [file, lines] of inBrowser) loaded.set(file, either(loaded.get(file) ?? new Map(), lines))
  const files: FileCoverage[] = []
  for await (const file of new Bun.Glob('src/**/*.{ts,tsx}').scan(root)) {
    if (file.endsWith('.d.ts')) continue
    const counts = loaded.get(file)
    const lines = counts?.size ?? codeLines(file, await readFile(join(root, file), 'utf8'))
    const hit = [...(counts?.values() ?? [])].filter((times) => times > 0).length
    if (lines > 0) files.push({ file, lines, hit })
  }
  files.sort((a, b) => b.lines - b.hit - (a.lines - a.hit))
  const lines = files.reduce((sum, file) => sum + file.lines, 0)
  const hit = files.reduce((sum, file) => sum + file.hit, 0)
  return { files, percent: lines === 0 ? 100 : (100 * hit) / lines }
}

/** Records: `SF:path`, `DA:line,times`, …, `end_of_record`. A file may have several. */
export function parseLcov(lcov: string): Map<string, LineCounts> {
  const files = new Map<string, LineCounts>()
  for (const record of lcov.split('end_of_record')) {
    const file = /^SF:(.+)$/m.exec(record)?.[1]
    if (file === undefined) continue
    const lines = [...record.matchAll(/^DA:(\d+),(\d+)/gm)].map(
      ([, line, times]) => [Number(line), Number(times)] as const,
    )
    files.set(file, either(files.get(file) ?? new Map(), new Map(lines)))
  }
  return files
}

function either(one: LineCounts, other: LineCounts): LineCounts {
  const both = new Map(one)
  for (const [line, times] of other) both.set(line, (both.get(line) ?? 0) + times)
  return both
}

/**
 * Lines of what is left once types, comments, imports and lone brackets are gone. Compared with what lcov counted in
 * 30 files of this project: 1 % more.
 */
function codeLines(file: string, source: string): number {
  const transpiler = new Bun.Transpiler({ loader: file.endsWith('x') ? 'tsx' : 'ts' })
  return transpiler
    .transformSync(source)
    .split('\n')
    .filter((line) => /\w/.test(line) && !/^(import|export) .*\bfrom ["']/.test(line)).length
}
