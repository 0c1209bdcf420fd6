import { openApp } from '../app.ts'
import { indexItems } from '../search/index-items.ts'
import { defineCommand, exitCodes } from './command.ts'
import { printJson, printLine } from './output.ts'

/** `tallyman index`. */
export const index = defineCommand({
  name: 'index',
  summary: 'Bring the index of words up to date, by which items are searched',
  description:
    'A running service does so by itself, after each list. Without one this saves searches from looking at every new\n' +
    'item. It may be ended at any time, and goes on where it was.',
  options: {},
  positionals: {},
  async run(_, { config, log, io, json }) {
    const app = await openApp({ config, clock: io.clock, log, schema: 'read' })
    try {
      const { items } = await indexItems(app.db, { signal: io.signal })
      if (json) printJson(io, { items, is_complete: !io.signal.aborted })
      else if (io.signal.aborted) printLine(io.stdout, `${items} items indexed; there is more.`)
      else printLine(io.stdout, items === 0 ? 'The index is up to date.' : `${items} items indexed.`)
      return io.signal.aborted ? exitCodes.partial : exitCodes.done
    } finally {
      await app.close()
    }
  },
})
