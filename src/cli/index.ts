import { suggestion } from '../lib/nearest.ts'
import { analyzeChild } from './analyze-child.ts'
import { analyzer } from './analyzer.ts'
import { archive } from './archive.ts'
import { asksForHelp, globalOptions, mentions, optionName, parseArguments, UsageError } from './arguments.ts'
import { audit } from './audit.ts'
import { cleanup } from './cleanup.ts'
import { type Command, type Context, type ExitCode, exitCodes, type Io } from './command.ts'
import { config } from './config.ts'
import { createContext } from './context.ts'
import { exportCommand } from './export.ts'
import { reportError } from './failure.ts'
import { commandHelp, programHelp } from './help.ts'
import { history } from './history.ts'
import { imports } from './imports.ts'
import { index } from './index-items.ts'
import { ingest } from './ingest.ts'
import { items } from './items.ts'
import { jobs } from './jobs.ts'
import { migrate } from './migrate.ts'
import { openapi } from './openapi.ts'
import { queue } from './queue.ts'
import { readApart } from './read-apart.ts'
import { readSampleCommand } from './read-sample.ts'
import { rejects } from './rejects.ts'
import { runs } from './runs.ts'
import { scheduler } from './scheduler.ts'
import { schedules } from './schedules.ts'
import { secrets } from './secrets.ts'
import { serve } from './serve.ts'
import { sources } from './sources.ts'
import { suppliers } from './suppliers.ts'
import { tokens } from './tokens.ts'
import { tryCommand } from './try.ts'
import { users } from './users.ts'
import { version } from './version.ts'
import { worker } from './worker.ts'

/** Every subcommand, in the order of the help. */
export const commands: readonly Command[] = [
  serve,
  worker,
  scheduler,
  analyzer,
  migrate,
  ingest,
  tryCommand,
  imports,
  sources,
  runs,
  jobs,
  queue,
  schedules,
  rejects,
  archive,
  items,
  history,
  index,
  suppliers,
  audit,
  exportCommand,
  cleanup,
  users,
  tokens,
  secrets,
  config,
  openapi,
  version,
  analyzeChild,
  readApart,
  readSampleCommand,
]

/**
 * Runs one command line and reports what goes wrong; it never throws and never ends the process.
 * @param argv without the program's own name
 * @param known the subcommands; tests hand in their own
 */
export async function run(
  argv: readonly string[],
  io: Io,
  known: readonly Command[] = commands,
): Promise<ExitCode> {
  const { globals, name, rest } = split(argv)
  const asked: Asked = {
    json: mentions(argv, '--json'),
    help: asksForHelp(argv),
    version: globals.includes('--version'),
  }
  let advice = 'tallyman --help'
  let context = createContext(io, { json: asked.json, isService: false })
  try {
    checkGlobals(globals)
    if (name === null || name === 'help')
      return await runWithoutCommand(rest[0] ?? null, asked, { context, known, name })
    const command = commandNamed(name, known)
    if (asked.help) {
      io.stdout.write(commandHelp(command))
      return exitCodes.done
    }
    advice = `tallyman ${command.name} --help`
    const args = parseArguments(rest, command)
    context = createContext(io, { json: asked.json, isService: command.isService === true })
    return await command.run(args, context)
  } catch (error) {
    return reportError(error, context, advice)
  } finally {
    context.close()
  }
}

/** Reports an error that escaped the command that caused it. */
export function reportCrash(error: unknown, io: Io): ExitCode {
  return reportError(error, createContext(io, { json: false, isService: false }), 'tallyman --help')
}

/** Flags that count wherever they stand, even on a line that is wrong otherwise. */
interface Asked {
  json: boolean
  help: boolean
  version: boolean
}

/** `--json items --limit 5` → what stands before the command's name, the name, and what follows it. */
function split(argv: readonly string[]): { globals: string[]; name: string | null; rest: string[] } {
  const index = argv.findIndex((argument) => !argument.startsWith('-'))
  if (index < 0) return { globals: [...argv], name: null, rest: [] }
  return { globals: argv.slice(0, index), name: argv[index]!, rest: argv.slice(index + 1) }
}

function checkGlobals(globals: readonly string[]): void {
  const known = [...Object.keys(globalOptions).map(optionName), '--version']
  const stray = globals.find((argument) => argument !== '-h' && !known.includes(argument))
  if (stray === undefined) return
  throw new UsageError(`there is no option ${stray} before a command${suggestion(stray, known)}`)
}

/** `tallyman`, `tallyman --help`, `tallyman --version`, `tallyman help [COMMAND]`. */
async function runWithoutCommand(
  topic: string | null,
  asked: Asked,
  { context, known, name }: { context: Context; known: readonly Command[]; name: string | null },
): Promise<ExitCode> {
  if (name === null && asked.version) return await version.run({ options: {}, positionals: {} }, context)
  if (name === null && !asked.help) throw new UsageError('which command?')
  const isTopic = topic !== null && !topic.startsWith('-')
  context.io.stdout.write(isTopic ? commandHelp(commandNamed(topic, known)) : programHelp(known))
  return exitCodes.done
}

function commandNamed(name: string, known: readonly Command[]): Command {
  const command = known.find((candidate) => candidate.name === name)
  if (command !== undefined) return command
  const names = known.filter(({ isHidden }) => isHidden !== true).map((candidate) => candidate.name)
  throw new UsageError(`there is no command "${name}"${suggestion(name, names)}`)
}
