import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { csv } from '../../../src/analyzer/formats/csv.ts'
import { defaultReadLimits } from '../../../src/analyzer/formats/format.ts'
import { type ExpectedList, truthOfExpected } from './expected.ts'
import type { ListTruth } from './truth.ts'

/** `expected`: lists with the corpus's own outcome; `second`: its other lists, ours beside them. */
export type ListSet = 'expected' | 'second' | 'own'

/** A file and the truth about it. */
export interface ListCase {
  readonly set: ListSet
  readonly path: string
  readonly truth: ListTruth
}

/** Our own lists, in the order of their names. */
export async function ownCases(testFolder: string): Promise<ListCase[]> {
  const folder = join(testFolder, 'golden/lists')
  const names = (await Array.fromAsync(new Bun.Glob('*.truth.json').scan(folder))).sort()
  return Promise.all(
    names.map(async (name) => {
      const truth = await json<ListTruth>(join(folder, name))
      return { set: 'own' as const, path: join(folder, truth.file), truth }
    }),
  )
}

/** What a careful reading of the corpus adds to what it says of itself. */
interface CorpusTruths {
  readonly truths: readonly ListTruth[]
  readonly amendments: { readonly [file: string]: Partial<ListTruth> }
}

/** The corpus's price lists: those with an expected outcome, then those that only we have a truth for. */
export async function corpusCases(corpus: string, testFolder: string): Promise<ListCase[]> {
  const folder = join(corpus, 'pricelists')
  const { truths, amendments } = await json<CorpusTruths>(
    join(testFolder, 'golden/scores/corpus-truths.json'),
  )
  const lists = await json<ExpectedList[]>(join(folder, 'expected.json'))
  const expected = await Promise.all(
    lists.map(async (list) => {
      const path = join(folder, list.file)
      const headers = list.file.endsWith('.csv') && list.header_row === 0 ? await firstRow(path) : []
      const truth = truthOfExpected(list, amendments[list.file] ?? {}, headers)
      return { set: 'expected' as const, path, truth }
    }),
  )
  const second = truths.map((truth) => {
    const path = truth.file.includes('/') ? join(corpus, truth.file) : join(folder, truth.file)
    return { set: 'second' as const, path, truth: { ...truth, file: basename(truth.file) } }
  })
  return [...expected, ...second].filter(({ path }) => existsSync(path))
}

async function firstRow(path: string): Promise<string[]> {
  const file = await csv.open(path, { limits: defaultReadLimits, encoding: null, delimiter: null })
  try {
    for await (const batch of file.rows(0)) return batch[0]?.cells.map(String) ?? []
    return []
  } finally {
    file.close()
  }
}

/** The project's own files and the corpus's: they are what they are documented to be, or the score fails to start. */
async function json<Value>(path: string): Promise<Value> {
  return (await Bun.file(path).json()) as Value
}
