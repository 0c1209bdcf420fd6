import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type PdfScore, scoreLoosePdfs, scorePdfs } from '../../../test/helpers/pdf-score.ts'
import { type CsvScore, scoreCsvSpectrum, scoreWorkbooks, type WorkbookScore } from './cell-score.ts'
import { corpusCases, type ListCase, type ListSet, ownCases } from './list-cases.ts'
import { readList } from './list-reading.ts'
import { type ListScore, scoreList } from './list-score.ts'

/** What can be scored by itself. `own` needs no corpus. */
export const groups = ['own', 'pricelists', 'pdf', 'workbooks', 'csv'] as const
export type Group = (typeof groups)[number]

/** How well everything is read. A group that was not asked for, or that the corpus lacks, is empty. */
export interface Score {
  readonly lists: readonly (ListScore & { readonly set: ListSet; readonly seconds: number })[]
  readonly pdfs: readonly (PdfScore & { readonly set: 'icdar' | 'camelot' })[]
  readonly workbooks: readonly WorkbookScore[]
  readonly csv: readonly CsvScore[]
}

export interface ScoreRequest {
  /** The folder of the tests, which holds our own lists. */
  readonly testFolder: string
  /** Null: it is not there, and only our own lists are scored. */
  readonly corpus: string | null
  readonly only: readonly Group[]
  /** Part of a file's name; null: every file. */
  readonly filter: string | null
}

/** Reads everything once, one file at a time. */
export async function score({ testFolder, corpus, only, filter }: ScoreRequest): Promise<Score> {
  const isWanted = (file: string) => filter === null || file.includes(filter)
  const has = (group: Group, folder: string) =>
    corpus !== null && only.includes(group) && existsSync(join(corpus, folder))
  const cases = [
    ...(corpus !== null && has('pricelists', 'pricelists') ? await corpusCases(corpus, testFolder) : []),
    ...(only.includes('own') ? await ownCases(testFolder) : []),
  ]
  return {
    lists: await scoreLists(cases.filter(({ truth }) => isWanted(truth.file))),
    pdfs: corpus !== null && has('pdf', 'pdf') ? await scoreBothPdfs(corpus, isWanted) : [],
    workbooks: corpus !== null && has('workbooks', 'xlsx') ? await scoreWorkbooks(corpus, isWanted) : [],
    csv: corpus !== null && has('csv', 'csv/csv-spectrum') ? await scoreCsvSpectrum(corpus, isWanted) : [],
  }
}

async function scoreLists(cases: readonly ListCase[]): Promise<Score['lists']> {
  const scores: Score['lists'][number][] = []
  for (const { set, path, truth } of cases) {
    const startedAt = performance.now()
    const found = scoreList(truth, await readList(path))
    scores.push({ ...found, set, seconds: (performance.now() - startedAt) / 1000 })
  }
  return scores
}

async function scoreBothPdfs(corpus: string, isWanted: (file: string) => boolean): Promise<Score['pdfs']> {
  const icdar = await scorePdfs(join(corpus, 'pdf/icdar2013-eu'), isWanted)
  const camelot = await scoreLoosePdfs(join(corpus, 'pdf/camelot'), isWanted)
  return [
    ...icdar.map((each) => ({ ...each, set: 'icdar' as const })),
    ...camelot.map((each) => ({ ...each, set: 'camelot' as const })),
  ]
}
