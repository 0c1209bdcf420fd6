import { tmpdir } from 'node:os'
import type { App } from '../app.ts'
import { readLimits } from '../app.ts'
import { openSamples } from '../roles/readers.ts'
import type { ListMode } from '../sources/model.ts'
import { openSourceTests } from '../trials/source-tests.ts'
import type { TestedSource, TestRequest } from '../trials/test-source.ts'
import { sourceTestView } from '../trials/test-view.ts'
import { printCard } from './card.ts'
import { type Context, type ExitCode, exitCodes } from './command.ts'
import { printIssues } from './issues.ts'
import { printJson, printLine, printProse } from './output.ts'
import { printItems } from './try.ts'

/**
 * `tallyman sources test`: fetches a little, shows how it would be read, and keeps nothing.
 * @returns failed when it cannot be read, or is no price list; partial when rows would be rejected, or it would be held
 */
export async function printTest(context: Context, app: App, request: TestRequest): Promise<ExitCode> {
  const { config, io, json } = context
  const limits = readLimits(config)
  const tests = openSourceTests({
    ...app.parts,
    limits,
    temporaryFolder: tmpdir(),
    read: openSamples({ config, env: io.env, cwd: io.cwd }),
  })
  const tested = await tests.test(request, io.signal)
  const { listMode } = request.settings
  if (json) printJson(io, sourceTestView(tested, listMode))
  else printTested(context, tested, listMode)
  return exitCode(tested)
}

/** As that of `sources run` would be, as far as what was read of the list shows it. */
function exitCode({ sample, isPart }: TestedSource): ExitCode {
  if (sample === null || sample.decision.verdict === 'not-a-price-list') return exitCodes.failed
  const { accepted, rejected } = sample.counts
  // More of the list may have rows that can be taken.
  if (accepted === 0 && !isPart) return exitCodes.failed
  return sample.decision.verdict === 'review' || rejected > 0 ? exitCodes.partial : exitCodes.done
}

function printTested({ io }: Context, tested: TestedSource, listMode: ListMode): void {
  const line = (text: string) => printLine(io.stdout, text)
  const { fileName, origin, readBytes, isPart, learned, sample, problem } = tested
  const whole = isPart
    ? `the first ${readBytes} of ${origin.sizeBytes ?? 'more'} bytes`
    : `${readBytes} bytes`
  line(`${fileName}: ${whole}`)
  for (const [label, value] of [
    ['Address', origin.url],
    ['Type', origin.contentType],
    ['ETag', origin.etag],
    ['Last modified', origin.lastModified],
    ['Would be remembered', learned === null ? null : JSON.stringify(learned)],
  ] as const)
    if (value !== null) line(`${label}: ${value}`)
  line('')
  if (problem !== null) {
    printProse(io.stdout, `It cannot be read: ${problem.message}`)
    return
  }
  if (sample === null) return
  printCard(io.stdout, sample.decision, sample)
  if (sample.items.length > 0) line('')
  if (sample.items.length > 0) printItems(io.stdout, sample.items)
  printIssues(io.stdout, {
    shown: sample.issues,
    counts: sample.issueCounts,
    howToSeeMore: 'an import has them all in its parse log',
  })
  line('')
  line(
    listMode === 'full'
      ? 'Its lists are full: items that one no longer names are marked as gone.'
      : 'Its lists are partial: one speaks only for the items that it names.',
  )
  line('Nothing was kept.')
}
