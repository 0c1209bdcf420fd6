import { workOn } from '../analyzer/service/work.ts'
import { type App, openApp } from '../app.ts'
import { InvalidError } from '../lib/errors.ts'
import { defineCommand, exitCodes } from './command.ts'

/**
 * The process that reads one file. It is started ahead, waits for its job, and ends with it. Signals are its
 * parent's business: a terminal or a service manager sends them to all processes at once, and the parent decides what
 * becomes of a file that is being read.
 */
export const analyzeChild = defineCommand({
  name: 'analyze-child',
  summary: 'Read one file, as the analyzer tells it to',
  options: {},
  positionals: {},
  isHidden: true,
  async run(_args, { config, io, log }) {
    const { parent } = io
    if (parent === null)
      throw new InvalidError(
        'not_by_hand',
        'analyze-child is started by the analyzer; use "tallyman ingest".',
      )
    const message = await parent.next()
    if (message === null) return exitCodes.done
    let app: App | null = null
    const open = async () => {
      app = await openApp({ config, clock: io.clock, log, schema: 'read' })
      return app.parts
    }
    const result = await workOn(message, { open, say: (report) => parent.send(report), log })
    // TypeScript does not see that `open` was called.
    await (app as App | null)?.close()
    parent.send(result)
    return exitCodes.done
  },
})
