import { openDatabase } from '../db/open.ts'
import { openScanner } from '../db/scanner.ts'
import { openApiDocument } from '../http/openapi.ts'
import { jsonText } from '../lib/json.ts'
import { readingRoutes } from './api.ts'
import { defineCommand, exitCodes } from './command.ts'

/** `tallyman openapi`. */
export const openapi = defineCommand({
  name: 'openapi',
  summary: 'Print the OpenAPI document of the HTTP API',
  options: {},
  positionals: {},
  examples: [{ line: 'tallyman openapi > openapi.json', summary: 'for a generator of clients' }],
  async run(_args, { io, log }) {
    // The document is made from the routes, and they are made on a database; none of them is ever asked here.
    const url = 'sqlite::memory:'
    const db = await openDatabase({ url, log, poolSize: 1, lockTimeoutMs: 0 })
    const scanner = await openScanner({ url, log })
    try {
      const { routes } = readingRoutes({ db, scanner, log, clock: io.clock })
      // Its names are a standard's, not ours: they stay as they are.
      io.stdout.write(`${jsonText(openApiDocument(routes), 2)}\n`)
      return exitCodes.done
    } finally {
      await scanner.close()
      await db.close()
    }
  },
})
