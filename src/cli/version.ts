import { programVersion } from '../lib/version.ts'
import { defineCommand, exitCodes } from './command.ts'
import { printJson, printLine } from './output.ts'

/** `tallyman version`, also `tallyman --version`. */
export const version = defineCommand({
  name: 'version',
  summary: 'Print which version this is',
  options: {},
  positionals: {},
  async run(_args, { io, json }) {
    const program = programVersion()
    if (json) printJson(io, program)
    else
      printLine(
        io.stdout,
        `tallyman ${program.version} (${program.commit ?? 'no commit'}, bun ${program.bun})`,
      )
    return exitCodes.done
  },
})
