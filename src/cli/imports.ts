import type { Severity } from '../analyzer/table/rows/issue.ts'
import { openApp } from '../app.ts'
import { noPins } from '../courier/pins.ts'
import { importStore } from '../imports/store.ts'
import { UsageError } from './arguments.ts'
import { type Context, defineCommand, type ExitCode, exitCodes } from './command.ts'
import { readingPins } from './handover.ts'
import { importDetailJson, importJson, printImportDetail, reportImport } from './import-report.ts'
import { printJson, printTable } from './output.ts'
import { readingHelp, readingOptions } from './reading-options.ts'

/** `tallyman imports`. */
export const imports = defineCommand({
  name: 'imports',
  summary: 'List imports, show one with its parse log, approve, correct or discard a held one',
  options: {
    limit: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 10_000,
      summary: 'How many imports, or rows of the log (default 50)',
    },
    before: { kind: 'text', placeholder: 'ID', summary: 'Only imports older than this one' },
    all: { kind: 'flag', summary: 'With show: ignored rows too' },
    ...readingOptions,
  },
  description:
    'A held or failed list is read again with what "correct" is told (--map, --header-row, --sheet, --decimal, --currency,\n' +
    '--encoding, --delimiter, …), and published or held again; its source remembers it once it is published, until "auto"\n' +
    `takes it back. ${readingHelp}`,
  examples: [
    {
      line: 'tallyman imports show last',
      summary: 'how the latest list was understood, and what was not taken',
    },
    {
      line: 'tallyman imports correct last --map price=D',
      summary: 'read it again, with another price column',
    },
  ],
  positionals: {
    action: {
      placeholder: 'ACTION',
      summary: 'list (default), show, approve, correct, discard, or resume what was interrupted',
      choices: ['list', 'show', 'approve', 'correct', 'discard', 'resume'],
    },
    id: { placeholder: 'ID', summary: 'The import; "last" for the latest' },
  },
  async run({ options, positionals }, context) {
    const { config, log, io } = context
    const action = positionals.action ?? 'list'
    const isRead = action === 'list' || action === 'show'
    const pins = readingPins(options)
    const says = JSON.stringify(pins) !== JSON.stringify(noPins)
    if (action === 'correct' && !says)
      throw new UsageError('what is to be corrected? Say it with --map, --header-row, …')
    if (action !== 'correct' && says)
      throw new UsageError(`options about reading go with "imports correct ID", not with "${action}"`)
    const app = await openApp({ config, clock: io.clock, log, schema: isRead ? 'read' : 'write', apart: io })
    const store = importStore(app.db)
    const limit = options.limit ?? 50
    const work = { signal: io.signal, onProgress: () => {} }
    try {
      if (action === 'list')
        return printList(
          context,
          await store.list({ limit, ...(options.before && { before: options.before }) }),
        )
      if (action === 'resume') {
        const resumed = await app.resume(work)
        return printList(context, resumed)
      }
      const id = await resolveId(store, positionals.id)
      if (action === 'show') {
        const severities: Severity[] = options.all ? ['error', 'note', 'ignored'] : ['error', 'note']
        const found = await store.get(id)
        const shown = await store.log(id, { limit, severities })
        if (context.json) printJson(io, { ...importDetailJson(found), log: shown })
        else printImportDetail(context, found, { shown, counts: await store.logCounts(id, severities) })
        return exitCodes.done
      }
      const ended =
        action === 'approve'
          ? await app.approve(id, work)
          : action === 'correct'
            ? await app.correct(id, pins, work)
            : await app.discard(id)
      const code = reportImport(context, ended, null)
      return action === 'discard' ? exitCodes.done : code
    } finally {
      await app.close()
    }
  },
})

/** @param given "last" for the latest */
export async function resolveId(
  store: ReturnType<typeof importStore>,
  given: string | null,
): Promise<string> {
  if (given === null) throw new UsageError('which import? Give its id, or "last"')
  if (given !== 'last') return given
  const [latest] = await store.list({ limit: 1 })
  if (latest === undefined) throw new UsageError('there are no imports yet')
  return latest.id
}

function printList(
  context: Context,
  found: Awaited<ReturnType<ReturnType<typeof importStore>['list']>>,
): ExitCode {
  const { io, json } = context
  if (json) printJson(io, { imports: found.map(importJson) })
  else
    printTable(io.stdout, {
      columns: [
        { header: 'ID' },
        { header: 'WHEN (UTC)' },
        { header: 'SUPPLIER', canShrink: true },
        { header: 'FILE', canShrink: true },
        { header: 'STATUS' },
        { header: 'READ', align: 'right' },
        { header: 'ACCEPTED', align: 'right' },
        { header: 'UNCHANGED', align: 'right' },
        { header: 'REJECTED', align: 'right' },
      ],
      rows: found.map(({ id, createdAt, supplier, fileName, status, counts }) => [
        id,
        createdAt.toISOString().slice(0, 16).replace('T', ' '),
        supplier,
        fileName,
        status,
        counts.read,
        counts.accepted,
        counts.unchanged,
        counts.rejected,
      ]),
    })
  return exitCodes.done
}
