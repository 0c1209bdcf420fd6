import { basename, extname, resolve } from 'node:path'
import {
  exportRejects,
  ownFormat,
  type RejectsFormat,
  rejectsFormats,
} from '../analyzer/rejects/export-rejects.ts'
import type { ByteSink } from '../analyzer/rejects/rejects-writer.ts'
import { openApp } from '../app.ts'
import { importStore } from '../imports/store.ts'
import { UsageError } from './arguments.ts'
import { defineCommand, exitCodes } from './command.ts'
import { resolveId } from './imports.ts'
import { writeNewFile } from './new-file.ts'
import { printJson, printLine } from './output.ts'

/** `tallyman rejects`. */
export const rejects = defineCommand({
  name: 'rejects',
  summary: 'Give the rejected rows of an import back, to be corrected and handed in again',
  description:
    "The rows come in the layout of the supplier's own file, as CSV or as a workbook, with the reason of each behind\n" +
    'the last column. Correct them, leave our two columns as they are, and hand the file in with "tallyman ingest":\n' +
    'only these rows are brought in, read as the list was. Rows that are in the catalog by now are not given back.',
  options: {
    out: { kind: 'text', placeholder: 'FILE', summary: 'Where to write it (default: standard output)' },
    format: {
      kind: 'text',
      placeholder: 'FORMAT',
      choices: rejectsFormats,
      summary: "csv or xlsx (default: as FILE is called, or the list's own)",
    },
    force: { kind: 'flag', summary: 'Replace FILE if it exists' },
  },
  positionals: {
    id: { placeholder: 'IMPORT', summary: 'The import; "last" for the latest', required: true },
  },
  examples: [
    { line: 'tallyman rejects last --out rejected.xlsx', summary: 'what was not taken, to be corrected' },
    { line: 'tallyman ingest rejected.xlsx --supplier Acme', summary: 'bring the corrected rows in' },
  ],
  async run({ options, positionals }, context) {
    const { config, log, io, json } = context
    const out = options.out === null ? null : resolve(io.cwd, options.out)
    if (json && out === null) throw new UsageError('--json says what was written, so it needs --out')
    const app = await openApp({ config, clock: io.clock, log, schema: 'read' })
    try {
      const importId = await resolveId(importStore(app.db), positionals.id)
      const format = options.format ?? formatOf(out) ?? ownFormat(await importStore(app.db).get(importId))
      const onFileGone = () =>
        log.warn(
          'the raw file is no longer kept; the rows come from the parse log, where long cells are cut',
          {
            importId,
          },
        )
      if (out === null) {
        if (format === 'xlsx' && io.stdout.isTerminal)
          throw new UsageError('a workbook is nothing to look at in a terminal; name a file with --out')
        const sink: ByteSink = async (bytes) => io.stdout.write(bytes)
        await exportRejects(app.parts, importId, { format, sink, signal: io.signal, onFileGone })
        return exitCodes.done
      }
      const rows = await writeNewFile(out, options.force, (sink) =>
        exportRejects(app.parts, importId, { format, sink, signal: io.signal, onFileGone }),
      )
      if (json) printJson(io, { importId, file: out, format, rows })
      else
        printLine(
          io.stdout,
          `${rows} rejected ${rows === 1 ? 'row is' : 'rows are'} in ${basename(out)}; correct them and hand the file in with "tallyman ingest".`,
        )
      return exitCodes.done
    } finally {
      await app.close()
    }
  },
})

function formatOf(path: string | null): RejectsFormat | null {
  const extension = path === null ? '' : extname(path).slice(1).toLowerCase()
  return rejectsFormats.find((format) => format === extension) ?? null
}
