import { type App, openApp } from '../app.ts'
import { consoleActor } from '../auth/model.ts'
import { NotFoundError } from '../lib/errors.ts'
import { jsonText } from '../lib/json.ts'
import type { SourceRules } from '../sources/check.ts'
import { applySourcesFile, type Step } from '../sources/config-file/apply.ts'
import type { Difference } from '../sources/config-file/compare.ts'
import { sourcesFileSchema } from '../sources/config-file/json-schema.ts'
import { loadSourcesFile, usualFile } from '../sources/config-file/load.ts'
import { type Context, type ExitCode, exitCodes } from './command.ts'
import { printJson, printLine, printTable } from './output.ts'

/**
 * `tallyman sources apply`: makes the sources what a file says, or shows what that would change.
 * @param rulesOf what holds for sources here
 * @throws SourcesFileError, NotFoundError `no_sources_file`
 */
export async function applyFile(
  context: Context,
  { file: given, isDry }: { file: string | null; isDry: boolean },
  rulesOf: (app: App) => SourceRules,
): Promise<ExitCode> {
  const { config, io, log } = context
  const app = await openApp({ config, clock: io.clock, log, schema: isDry ? 'read' : 'write' })
  try {
    const path = given ?? config.sourcesFile
    const file = await loadSourcesFile({ path, cwd: io.cwd, env: io.env, rules: rulesOf(app) })
    if (file === null)
      throw new NotFoundError(
        'no_sources_file',
        `There is no ${usualFile} here; name the file: "tallyman sources apply FILE", or set TALLYMAN_CONFIG.`,
      )
    const steps = await applySourcesFile(
      { db: app.db, actor: consoleActor, clock: io.clock, sealer: app.parts.sealer },
      file,
      {
        isDry,
      },
    )
    // A pause may have ended, and whoever works on jobs does not know it yet.
    if (!isDry) await app.announce(null)
    printSteps(context, { file: file.path, isDry, steps })
    const isAsSaid = steps.every(({ action }) => action === 'unchanged')
    return isDry && !isAsSaid ? exitCodes.partial : exitCodes.done
  } finally {
    await app.close()
  }
}

/** `tallyman sources schema`: for editors. */
export function printSchema({ io }: Context): ExitCode {
  // Its keys are those of JSON Schema, and stay as they are.
  io.stdout.write(`${jsonText(sourcesFileSchema(), 2)}\n`)
  return exitCodes.done
}

function printSteps(
  { io, json }: Context,
  { file, isDry, steps }: { file: string; isDry: boolean; steps: Step[] },
): void {
  if (json) {
    printJson(io, { file, dryRun: isDry, sources: steps })
    return
  }
  const told = steps.filter(({ action }) => action !== 'unchanged')
  if (told.length > 0)
    printTable(io.stdout, {
      columns: [
        { header: 'SOURCE' },
        { header: isDry ? 'WOULD BE' : '' },
        { header: 'WHY', canShrink: true },
      ],
      rows: told.map((step) => [`${step.supplier}/${step.name}`, step.action, reasonOf(step)]),
    })
  const count = (action: Step['action']) => steps.filter((step) => step.action === action).length
  const will = isDry ? 'would be ' : ''
  printLine(
    io.stdout,
    `${will}${count('made')} made, ${count('changed')} changed, ${count('paused')} paused; ${count('unchanged')} ${isDry ? 'are' : 'were'} as the file says.`,
  )
}

function reasonOf({ action, differences, takenFrom }: Step): string {
  if (action === 'paused') return 'the file no longer has it; from now on it is yours'
  const owner =
    takenFrom === null ? [] : [takenFrom.file === null ? 'people made it' : `${takenFrom.file} declared it`]
  return [...owner, ...differences.map(differenceText)].join('; ')
}

const differenceText = ({ key, before, after }: Difference) =>
  `${key}: ${valueText(before)} → ${valueText(after)}`

function valueText(value: unknown): string {
  if (value === null) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
