import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Figures } from './golden.ts'

/** The folder of real files: TALLYMAN_CORPUS, else `../shared/corpus` beside the project; null: it is not there. */
export function findCorpus(root: string): string | null {
  const set = process.env.TALLYMAN_CORPUS
  if (set !== undefined && set !== '') return resolve(set)
  const beside = join(root, '../shared/corpus')
  return existsSync(beside) ? beside : null
}

export function goldenPath(root: string): string {
  return join(root, 'test/golden/scores/score.json')
}

/** The figures that must not get worse; none before they were ever written. */
export async function readGolden(root: string): Promise<Figures> {
  const file = Bun.file(goldenPath(root))
  // Written by figuresText.
  return (await file.exists()) ? ((await file.json()) as Figures) : {}
}
