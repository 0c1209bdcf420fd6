import { type App, openApp } from '../app.ts'
import { runTriggers } from '../imports/model.ts'
import { runFinder } from '../runs/find.ts'
import { parseInstant } from '../runs/instant.ts'
import { runStatuses } from '../runs/model.ts'
import { runStore } from '../runs/store.ts'
import { sourceNamed } from '../sources/named.ts'
import { UsageError } from './arguments.ts'
import { defineCommand, exitCodes } from './command.ts'
import { orUsage } from './handover.ts'
import { printRun, printRuns } from './run-report.ts'

/** Most sources of one run that are shown. */
const sourcesMax = 10_000

/** `tallyman runs`. */
export const runs = defineCommand({
  name: 'runs',
  summary: 'List runs, show one with what became of each source',
  description:
    'Every trigger is a run, with one import for each source: a schedule, "tallyman sources run", a list that is handed in.',
  options: {
    status: { kind: 'text', placeholder: 'STATUS', choices: runStatuses, summary: 'Only runs in this state' },
    trigger: { kind: 'text', placeholder: 'WHAT', choices: runTriggers, summary: 'Only runs started so' },
    source: {
      kind: 'text',
      placeholder: 'SOURCE',
      summary: 'Only runs with this source: SUPPLIER/NAME, or its id',
    },
    from: {
      kind: 'text',
      placeholder: 'WHEN',
      summary: 'Only runs from then on: 2026-11-22 (UTC), or 2026-11-22T08:30:00Z',
    },
    to: { kind: 'text', placeholder: 'WHEN', summary: 'Only runs before then' },
    limit: { kind: 'integer', placeholder: 'N', min: 1, max: 1000, summary: 'How many (default 50)' },
    before: { kind: 'text', placeholder: 'ID', summary: 'Only runs older than this one' },
  },
  positionals: {
    action: { placeholder: 'ACTION', summary: 'list (default) or show', choices: ['list', 'show'] },
    id: { placeholder: 'ID', summary: 'The run; "last" for the latest' },
  },
  examples: [
    { line: 'tallyman runs list --status failed --from 2026-11-01', summary: 'what went wrong this month' },
    { line: 'tallyman runs show last', summary: 'what became of each source in the latest run' },
  ],
  async run({ options, positionals }, context) {
    const { config, log, io } = context
    if (positionals.action !== 'show' && positionals.id !== null)
      throw new UsageError('runs list takes no run; "runs show ID" shows one')
    const from = options.from === null ? null : orUsage(() => parseInstant(options.from ?? '', '--from'))
    const to = options.to === null ? null : orUsage(() => parseInstant(options.to ?? '', '--to'))
    if (from !== null && to !== null && from >= to) throw new UsageError('--from must be before --to')
    const app = await openApp({ config, clock: io.clock, log, schema: 'read' })
    try {
      const store = runStore(app.db)
      if (positionals.action === 'show') {
        const run = await store.get(await idOf(app, positionals.id))
        printRun(context, run, await store.sources(run.id, { limit: sourcesMax }))
        return exitCodes.done
      }
      const filter = {
        ...(options.status !== null && { status: options.status }),
        ...(options.trigger !== null && { trigger: options.trigger }),
        ...(options.source !== null && { sourceId: (await sourceNamed(app.db, options.source)).id }),
        ...(from !== null && { from }),
        ...(to !== null && { to }),
        ...(options.before !== null && { before: options.before }),
      }
      printRuns(context, await store.byIds(await runFinder(app.db).runs(filter, options.limit ?? 50)))
      return exitCodes.done
    } finally {
      await app.close()
    }
  },
})

async function idOf({ db }: App, given: string | null): Promise<string> {
  if (given === null) throw new UsageError('which run? Give its id, or "last"')
  if (given !== 'last') return given
  const [latest] = await runFinder(db).runs({}, 1)
  if (latest === undefined) throw new UsageError('there are no runs yet')
  return latest
}
