import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../build.ts'
import { ArgumentError, help, parseArguments, type ScoreOptions } from './arguments.ts'
import { compareFigures, comparisonText, figuresOf, figuresText } from './golden.ts'
import { findCorpus, goldenPath, readGolden } from './places.ts'
import { score } from './score.ts'
import { scoreText } from './table.ts'

try {
  const options = parseArguments(Bun.argv.slice(2))
  if (options === null) console.log(help.trimEnd())
  else process.exitCode = await run(options)
} catch (error) {
  console.error(`score: ${error instanceof Error ? error.message : error}`)
  if (error instanceof ArgumentError) console.error('scripts/score --help shows what it takes.')
  process.exitCode = error instanceof ArgumentError ? 2 : 1
}

/** @returns the exit code: 1 when anything is worse than the golden copy */
async function run({ only, filter, json, isVerbose, shouldUpdate }: ScoreOptions): Promise<number> {
  const corpus = findCorpus(root)
  if (corpus === null) console.error('score: no corpus here; only our own lists are scored.')
  const found = await score({ testFolder: join(root, 'test'), corpus, only, filter })
  console.log(scoreText(found, isVerbose))
  if (json !== null) await Bun.write(json, `${JSON.stringify(found, null, 2)}\n`)
  const figures = figuresOf(found)
  if (shouldUpdate) {
    if (corpus === null && existsSync(goldenPath(root)))
      throw new ArgumentError('--update without the corpus would forget its figures.')
    await Bun.write(goldenPath(root), figuresText(figures))
    return 0
  }
  const comparison = compareFigures(await readGolden(root), figures)
  const text = comparisonText(comparison)
  if (text !== '') console.log(`\n${text}`)
  return comparison.worse.length === 0 ? 0 : 1
}
