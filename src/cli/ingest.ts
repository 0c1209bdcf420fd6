import { basename, resolve } from 'node:path'
import { readableFormats } from '../analyzer/formats/readable.ts'
import { dryRun } from '../analyzer/preview.ts'
import { type App, openApp } from '../app.ts'
import type { Handover } from '../courier/intake.ts'
import { importOptions, pinnedSettings } from '../courier/pins.ts'
import { limitHelp, parseLimits } from '../courier/reading-options.ts'
import { changeReportView } from '../imports/change-report-view.ts'
import { decisionView } from '../imports/decision-view.ts'
import { importStore } from '../imports/store.ts'
import { defaultSettings } from '../sources/model.ts'
import { sourceStore } from '../sources/store.ts'
import { supplierNameKey } from '../suppliers/model.ts'
import { supplierStore } from '../suppliers/store.ts'
import { printCard } from './card.ts'
import { printMoves } from './change-report.ts'
import { type Context, defineCommand, type ExitCode, exitCodes } from './command.ts'
import { orUsage, readingPins } from './handover.ts'
import { logRowsShown, reportImport } from './import-report.ts'
import { printJsonLists } from './json-lists.ts'
import { printLine, printProse } from './output.ts'
import type { Progress } from './progress.ts'
import { readingHelp, readingOptions } from './reading-options.ts'

/** `tallyman ingest`. */
export const ingest = defineCommand({
  name: 'ingest',
  summary: 'Bring a price list into the catalog',
  description:
    'A list is partial unless it is --full: then the items that it no longer names are marked gone. What is said\n' +
    'about how the list is read (--map to --limit) is remembered for the next lists of the same source once it is\n' +
    'published, until "auto" takes it back. A list that would change too much is held; see "tallyman imports".\n' +
    'Exit code: 0 done, 1 failed, 2 usage, 3 some rows rejected, or held.\n' +
    readingHelp,
  options: {
    supplier: {
      kind: 'text',
      placeholder: 'NAME',
      summary: 'Whose list it is; a new name makes a new supplier',
      required: true,
    },
    source: { kind: 'text', placeholder: 'NAME', summary: "Which of the supplier's lists (default upload)" },
    full: { kind: 'flag', summary: 'The list is complete: what is missing from it is gone' },
    ...readingOptions,
    scope: {
      kind: 'text',
      placeholder: 'RULE',
      choices: ['file', 'sheet'],
      summary: 'What a full list speaks for: the whole file (default), or each sheet by itself',
    },
    limit: { kind: 'list', placeholder: 'NAME=SHARE', summary: `When to hold, or off: ${limitHelp}` },
    noHold: { kind: 'flag', summary: 'Publish even what would be held' },
    dryRun: { kind: 'flag', summary: 'Show what would change, and write nothing' },
    force: { kind: 'flag', summary: 'Read the file even when it has not changed' },
  },
  positionals: {
    file: {
      placeholder: 'FILE',
      summary: `The list: ${readableFormats('or')}; bare, or in a ZIP or gzip`,
      required: true,
    },
  },
  examples: [
    { line: 'tallyman ingest prices.csv --supplier "Acme Ltd"', summary: 'add and update items' },
    {
      line: 'tallyman ingest prices.xlsx --supplier Acme --full --dry-run',
      summary: 'what would be new, changed, gone',
    },
  ],
  async run({ options, positionals }, context) {
    const path = resolve(context.io.cwd, positionals.file)
    const handover: Handover = {
      ...readingPins(options),
      path,
      fileName: basename(path),
      supplier: options.supplier,
      source: options.source ?? 'upload',
      trigger: 'cli',
      listMode: options.full ? 'full' : null,
      scope: options.scope,
      limits: orUsage(() => parseLimits(options.limit, '--limit')),
      mayHold: !options.noHold,
      force: options.force,
    }
    supplierNameKey(handover.supplier)
    const { config, log, io } = context
    const schema = options.dryRun ? 'read' : 'write'
    const app = await openApp({ config, clock: io.clock, log, schema, apart: io })
    const progress = context.progress(`Reading ${handover.fileName}`)
    try {
      return options.dryRun
        ? await preview(context, app, { handover, progress })
        : await publish(context, app, { handover, progress })
    } finally {
      progress.done()
      await app.close()
    }
  },
})

interface Task {
  handover: Handover
  progress: Progress
}

async function publish(context: Context, app: App, { handover, progress }: Task): Promise<ExitCode> {
  const { io } = context
  for (const found of await app.resume({ signal: io.signal, onProgress: () => {} }))
    printLine(
      io.stderr,
      `Finished what was interrupted: ${found.fileName} from ${found.supplier}, ${found.status}.`,
    )
  const ended = await app.ingest(handover, followed(context, progress))
  progress.done()
  const store = importStore(app.db)
  const log = {
    shown: await store.log(ended.id, { limit: logRowsShown, severities: ['error', 'note'] }),
    counts: await store.logCounts(ended.id, ['error', 'note']),
  }
  return reportImport(context, ended, log)
}

async function preview(context: Context, app: App, { handover, progress }: Task): Promise<ExitCode> {
  const { io, json } = context
  const { parts } = app
  const supplier = await supplierStore(app.db).find(handover.supplier)
  const source = supplier === null ? null : await sourceStore(app.db).find(supplier.id, handover.source)
  const settings = pinnedSettings(source ?? defaultSettings, handover)
  const currency = settings.currency ?? supplier?.currency ?? parts.defaultCurrency
  const request = {
    path: handover.path,
    options: importOptions(settings, handover, currency),
    of: supplier === null ? null : { supplierId: supplier.id, sourceId: source?.id ?? '' },
    ...followed(context, progress),
  }
  return dryRun(parts, request, async (run) => {
    progress.done()
    const { report, holdReasons, error, counts } = run
    if (json) {
      const card = decisionView(run.decision)
      const changes = report?.changes ?? null
      const told = { counts, ignored: run.ignored, changes, report: report && changeReportView(report) }
      const head = { dryRun: true, ...told, holdReasons, error, decision: card }
      await printJsonLists(io.stdout, head, { issues: run.issues(logRowsShown) })
    } else {
      printCard(io.stdout, run.decision, { counts, ignored: run.ignored })
      printLine(io.stdout, '')
      if (report !== null) {
        const { changes } = report
        printLine(
          io.stdout,
          `It would make ${changes.new} new items, change ${changes.changed} (${changes.priceUp} dearer, ` +
            `${changes.priceDown} cheaper), bring back ${changes.returned} and mark ${changes.gone} gone.`,
        )
        printMoves(io.stdout, report)
      }
      if (holdReasons.length > 0) printLine(io.stdout, 'It would be held:')
      for (const { message } of holdReasons) printProse(io.stdout, `  ${message}`)
    }
    if (error !== null) {
      printLine(io.stderr, `tallyman: ${error.message}`)
      return exitCodes.failed
    }
    return counts.rejected > 0 || holdReasons.length > 0 ? exitCodes.partial : exitCodes.done
  })
}

function followed({ io }: Context, progress: Progress) {
  return {
    signal: io.signal,
    onProgress: ({ rows, bytesRead, bytesTotal }: { rows: number; bytesRead: number; bytesTotal: number }) =>
      progress.update(bytesTotal === 0 ? null : bytesRead / bytesTotal, rows),
  }
}
