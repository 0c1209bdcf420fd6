import { basename, extname, resolve } from 'node:path'
import { openApp } from '../app.ts'
import { openScanner } from '../db/scanner.ts'
import { exportFormats } from '../http/exports/export-routes.ts'
import { exportLists } from '../http/exports/lists.ts'
import { InvalidError, NotFoundError, UnavailableError } from '../lib/errors.ts'
import { suggestion } from '../lib/nearest.ts'
import type { Problem } from '../lib/problem.ts'
import { openSchedules } from '../schedules/schedules.ts'
import { readingRoutes } from './api.ts'
import { UsageError } from './arguments.ts'
import { defineCommand, exitCodes } from './command.ts'
import { writeNewFile } from './new-file.ts'
import { printJson, printLine } from './output.ts'

/** Nobody else waits for what a command reads. */
const readTimeoutMs = 10 * 60_000

const listNames = exportLists.map(({ path }) =>
  path.slice(1).replace(/:([^/]+)/g, (_, name) => name.toUpperCase()),
)

/** `tallyman export`. */
export const exportCommand = defineCommand({
  name: 'export',
  summary: 'Write a list of any kind into a file: CSV, a workbook, JSON or NDJSON',
  description: `LIST is one of ${listNames.join(', ')}.\nFilters are those of the list in the HTTP API, and so are the columns.`,
  options: {
    filter: {
      kind: 'list',
      placeholder: 'NAME=VALUE',
      summary: 'Only these rows, by a parameter of the list; may be given several times',
    },
    format: {
      kind: 'text',
      placeholder: 'FORMAT',
      choices: exportFormats,
      summary: 'csv, xlsx, json or ndjson (default: as FILE is called, or csv)',
    },
    delimiter: {
      kind: 'text',
      placeholder: 'NAME',
      choices: ['comma', 'semicolon', 'tab'],
      summary: 'What parts the cells of CSV (default comma)',
    },
    bom: { kind: 'flag', summary: 'Begin CSV with a byte order mark, by which Excel knows UTF-8' },
    out: {
      kind: 'text',
      placeholder: 'FILE',
      short: 'o',
      summary: 'Where to write it (default: standard output)',
    },
    force: { kind: 'flag', summary: 'Replace FILE if it exists' },
  },
  positionals: { list: { placeholder: 'LIST', summary: 'What to write, such as items', required: true } },
  examples: [
    { line: 'tallyman export items --out items.xlsx', summary: 'the whole catalog as a workbook' },
    {
      line: 'tallyman export items --filter brand=Acme --filter characteristic=dn=20',
      summary: 'some items as CSV',
    },
    { line: 'tallyman export imports/IMPORT/log --format ndjson', summary: 'the parse log of an import' },
  ],
  async run({ options, positionals }, context) {
    const { config, log, io, json } = context
    const out = options.out === null ? null : resolve(io.cwd, options.out)
    if (json && out === null) throw new UsageError('--json says what was written, so it needs --out')
    const format = options.format ?? formatOf(out) ?? 'csv'
    if (out === null && format === 'xlsx' && io.stdout.isTerminal)
      throw new UsageError('a workbook is nothing to look at in a terminal; name a file with --out')
    const query = new URLSearchParams(options.filter.map(pairOf))
    query.set('format', format)
    if (options.delimiter !== null) query.set('delimiter', options.delimiter)
    if (options.bom) query.set('bom', 'true')
    const app = await openApp({ config, clock: io.clock, log, schema: 'read' })
    const scanner = await openScanner({ url: config.databaseUrl, log, timeoutMs: readTimeoutMs })
    try {
      const { ask } = readingRoutes({
        ...app.parts,
        log,
        scanner,
        schedules: openSchedules(app.db, config),
        timeZone: config.timeZone,
      })
      const response = await ask(`/api/v1/exports/${addressOf(positionals.list)}?${query}`)
      if (!response.ok) throw await refusal(response, positionals.list)
      const pieces = response.body ?? new ReadableStream<Uint8Array>()
      if (out === null) {
        for await (const piece of pieces) {
          if (io.stdout.isClosed || io.signal.aborted) break
          io.stdout.write(piece)
        }
        return exitCodes.done
      }
      const bytes = await writeNewFile(out, options.force, async (write) => {
        let size = 0
        for await (const piece of pieces) {
          io.signal.throwIfAborted()
          await write(piece)
          size += piece.length
        }
        return size
      })
      if (json) printJson(io, { list: positionals.list, file: out, format, bytes })
      else printLine(io.stdout, `${basename(out)} is written, ${bytes} bytes.`)
      return exitCodes.done
    } finally {
      await scanner.close()
      await app.close()
    }
  },
})

function formatOf(path: string | null) {
  const extension = path === null ? '' : extname(path).slice(1).toLowerCase()
  return exportFormats.find((format) => format === extension) ?? null
}

function pairOf(given: string): [name: string, value: string] {
  const at = given.indexOf('=')
  if (at <= 0) throw new UsageError(`--filter takes NAME=VALUE, not "${given}"`)
  return [given.slice(0, at), given.slice(at + 1)]
}

/** As people write it, with or without a slash in front: a schedule's name may have one inside. */
function addressOf(list: string): string {
  const [, schedule] = /^\/?schedules\/(.+)\/ticks$/.exec(list) ?? []
  if (schedule !== undefined) return `schedules/${encodeURIComponent(schedule)}/ticks`
  return list.replace(/^\//, '').split('/').map(encodeURIComponent).join('/')
}

/** Why there is nothing to write, as the API says it. */
async function refusal(response: Response, list: string): Promise<Error> {
  // Whatever is no export is a problem.
  const { code, detail } = (await response.json()) as Problem
  if (code === 'no_such_address')
    return new UsageError(
      `there is no list "${list}"${suggestion(list, listNames)} (lists: ${listNames.join(', ')})`,
    )
  if (response.status === 404) return new NotFoundError(code, detail)
  if (response.status === 503) return new UnavailableError(code, detail)
  return new InvalidError(code, detail)
}
