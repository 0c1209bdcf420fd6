import { openApp } from '../app.ts'
import { consoleActor } from '../auth/model.ts'
import type { TaskRun } from '../maintenance/task-runs.ts'
import { tasks } from '../maintenance/tasks/index.ts'
import { bytesText } from './bytes-text.ts'
import { type Context, defineCommand, exitCodes } from './command.ts'
import { printJson, printLine } from './output.ts'

/** `tallyman cleanup`. */
export const cleanup = defineCommand({
  name: 'cleanup',
  summary: 'Delete what is old and what nothing needs any more',
  description:
    `Each task deletes what has been kept for as long as the settings say, and says what it keeps all the same and why:\n` +
    tasks.map(({ name, description }) => `  ${name.padEnd(14)} ${description}.`).join('\n'),
  options: {
    dryRun: { kind: 'flag', summary: 'Only say what would be deleted' },
  },
  positionals: {
    tasks: {
      placeholder: 'TASK',
      summary: 'which tasks; all of them unless said',
      choices: tasks.map(({ name }) => name),
      isList: true,
    },
  },
  examples: [
    { line: 'tallyman cleanup --dry-run', summary: 'what would be deleted' },
    { line: 'tallyman cleanup raw-archive', summary: 'delete raw files that nothing needs any more' },
  ],
  async run({ options: { dryRun }, positionals }, context) {
    const { config, log, io, json } = context
    const app = await openApp({ config, clock: io.clock, log, schema: dryRun ? 'read' : 'write' })
    try {
      const asked = tasks.filter(
        ({ name }) => positionals.tasks.length === 0 || positionals.tasks.includes(name),
      )
      const runs: TaskRun[] = []
      for (const { name } of asked) {
        if (io.signal.aborted) break
        const run = await app.cleanups.run(name, { dryRun, signal: io.signal, by: consoleActor })
        runs.push(run)
        if (!json) print(context, run)
      }
      if (json) printJson(io, { runs })
      const isDone = runs.length === asked.length && runs.every(({ isComplete }) => isComplete)
      return isDone ? exitCodes.done : exitCodes.partial
    } finally {
      await app.close()
    }
  },
})

function print({ io }: Context, { task, dryRun, deleted, bytes, examples, kept, isComplete }: TaskRun): void {
  const counts = countsText(deleted)
  const verb = dryRun ? 'would be deleted' : 'deleted'
  const size = bytes === 0 ? '' : ` (${bytesText(bytes)})`
  printLine(io.stdout, `${task}: ${counts === '' ? 'nothing' : `${counts}${size}`} ${verb}.`)
  for (const example of examples) printLine(io.stdout, `  ${example}`)
  const reasons = countsText(kept)
  if (reasons !== '') printLine(io.stdout, `  Old, and kept: ${reasons}.`)
  if (!isComplete) printLine(io.stdout, '  There is more; the next run goes on.')
}

/** `{ raw_files: 12, jobs: 1 }` → "12 raw files, 1 job". */
const countsText = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([what, count]) => {
      const words = what.replaceAll('_', ' ')
      return `${count} ${count === 1 ? words.replace(/ies$/, 'y').replace(/s$/, '') : words}`
    })
    .join(', ')
