import { basename, resolve } from 'node:path'
import { type App, openApp } from '../app.ts'
import { noPins } from '../courier/pins.ts'
import { fileNamed } from '../courier/replay.ts'
import { writeNewFile } from '../files/new-file.ts'
import { NotFoundError } from '../lib/errors.ts'
import { archivedFileView } from '../maintenance/archive/archive-view.ts'
import { type ArchiveFilter, type ArchivePlace, listFiles } from '../maintenance/archive/list-files.ts'
import { type FileFault, verifyFiles } from '../maintenance/archive/verify-files.ts'
import { parseInstant } from '../runs/instant.ts'
import { sourceNamed } from '../sources/named.ts'
import { supplierStore } from '../suppliers/store.ts'
import { printArchived, printVerified, replayExitCode } from './archive-report.ts'
import { UsageError } from './arguments.ts'
import { printChanges } from './change-report.ts'
import { type Context, defineCommand, type ExitCode, exitCodes } from './command.ts'
import { orUsage, readingPins } from './handover.ts'
import { reportImport } from './import-report.ts'
import { printJson, printLine } from './output.ts'
import { readingHelp, readingOptions } from './reading-options.ts'

/** `tallyman archive`. */
export const archive = defineCommand({
  name: 'archive',
  summary: 'List the raw files that are kept, get one, verify them, replay a list',
  description:
    'Every list is kept as it came, for as long as something needs it. "replay" reads one again with today\'s parser and\n' +
    'mapping, or as you say (--map and the options after it), and shows what that would change in the catalog of today.\n' +
    'Nothing is published before "tallyman imports approve", or with --publish at once; then what you said is remembered\n' +
    'for the next lists of its source. A list that is older than the last one of its source can only be looked at.\n' +
    '"verify" reads every file and compares it with its hash; exit code 1: one is damaged or missing.\n' +
    readingHelp,
  options: {
    supplier: {
      kind: 'text',
      placeholder: 'NAME',
      summary: 'With list: only lists of this supplier; with replay: whose list it is',
    },
    source: {
      kind: 'text',
      placeholder: 'SOURCE',
      summary: "With list: SUPPLIER/NAME, or an id; with replay: which of the supplier's lists",
    },
    since: {
      kind: 'text',
      placeholder: 'WHEN',
      summary:
        'With list: only what was kept or fetched from then on: 2026-11-22 (UTC), or 2026-11-22T08:30:00Z',
    },
    limit: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 10_000,
      summary: 'With list: how many (default 50)',
    },
    out: { kind: 'text', placeholder: 'FILE', summary: 'With get: a new file (default: standard output)' },
    publish: { kind: 'flag', summary: 'With replay: publish it like any list, instead of holding it' },
    full: { kind: 'flag', summary: 'With replay: the list is complete; unless said it is what it was' },
    ...readingOptions,
  },
  positionals: {
    action: {
      placeholder: 'ACTION',
      summary: 'list (default), get, verify or replay',
      choices: ['list', 'get', 'verify', 'replay'],
    },
    hash: { placeholder: 'HASH', summary: "The file's SHA-256, or its first digits, at least 6" },
  },
  examples: [
    { line: 'tallyman archive list --supplier Acme', summary: "which of Acme's lists are kept, and why" },
    { line: 'tallyman archive get 3f5a9c0d --out list.xlsx', summary: 'the bytes as they came' },
    {
      line: 'tallyman archive replay 3f5a9c0d --map price=D',
      summary: 'what another price column would change, before anything is published',
    },
  ],
  async run({ options, positionals }, context) {
    const action = positionals.action ?? 'list'
    const { hash } = positionals
    const { config, log, io } = context
    const pins = { ...readingPins(options), listMode: options.full ? ('full' as const) : null }
    checkOptions(action, options, JSON.stringify(pins) !== JSON.stringify(noPins))
    const since = options.since === null ? null : orUsage(() => parseInstant(options.since ?? '', '--since'))
    const schema = action === 'replay' ? 'write' : 'read'
    const app = await openApp({ config, clock: io.clock, log, schema, apart: io })
    try {
      if (action === 'list') {
        if (hash !== null) throw new UsageError('archive list takes no file; "archive get HASH" gives one')
        return await list(context, app, {
          filter: await filterOf(app, { ...options, since }),
          limit: options.limit ?? 50,
        })
      }
      if (action === 'verify') return await verify(context, app, hash)
      if (hash === null) throw new UsageError('which file? Give its hash, as "archive list" shows it')
      const sha256 = await fileNamed(app.db, hash)
      if (action === 'get') return await get(context, app, { sha256, out: options.out })
      const { supplier, source, publish } = options
      const progress = context.progress('Reading')
      const { ended, replaced } = await app
        .replay(
          { sha256, supplier, source, publish, pins, trigger: 'cli' },
          {
            signal: io.signal,
            onProgress: ({ rows, bytesRead, bytesTotal }) =>
              progress.update(bytesTotal === 0 ? null : bytesRead / bytesTotal, rows),
          },
        )
        .finally(() => progress.done())
      for (const id of replaced)
        printLine(io.stderr, `Import ${id}, an earlier replay of this list that was held, was given up.`)
      reportImport(context, ended, null)
      if (!context.json && ended.report !== null) printChanges(io.stdout, ended.report)
      return replayExitCode(ended)
    } finally {
      await app.close()
    }
  },
})

/** Which actions an option goes with. */
const optionActions = {
  supplier: ['list', 'replay'],
  source: ['list', 'replay'],
  since: ['list'],
  limit: ['list'],
  out: ['get'],
  publish: ['replay'],
} as const satisfies Record<string, readonly string[]>

function checkOptions(
  action: string,
  options: Record<keyof typeof optionActions, unknown>,
  says: boolean,
): void {
  for (const [name, actions] of Object.entries(optionActions)) {
    // The keys of the table are names of options.
    const value = options[name as keyof typeof optionActions]
    if (value !== null && value !== false && !actions.some((each) => each === action))
      throw new UsageError(
        `--${name} goes with "archive ${actions.join('" and "archive ')}", not with "${action}"`,
      )
  }
  if (says && action !== 'replay')
    throw new UsageError(`options about reading go with "archive replay HASH", not with "${action}"`)
}

async function filterOf(
  app: App,
  { supplier, source, since }: { supplier: string | null; source: string | null; since: Date | null },
): Promise<ArchiveFilter> {
  const filter: ArchiveFilter = since === null ? {} : { since }
  if (supplier !== null) {
    const found = await supplierStore(app.db).find(supplier)
    if (found === null) throw new NotFoundError('unknown_supplier', `There is no supplier "${supplier}".`)
    filter.supplierId = found.id
  }
  if (source !== null) filter.sourceId = (await sourceNamed(app.db, source)).id
  return filter
}

async function list(
  context: Context,
  app: App,
  { filter, limit }: { filter: ArchiveFilter; limit: number },
): Promise<ExitCode> {
  const parts = { ...app.parts, sql: app.db }
  const files = []
  let after: ArchivePlace | null = null
  do {
    const page: Awaited<ReturnType<typeof listFiles>> = await listFiles(parts, filter, {
      limit: Math.min(200, limit - files.length),
      after,
    })
    files.push(...page.files)
    after = page.next
  } while (after !== null && files.length < limit && !context.io.signal.aborted)
  if (context.json) printJson(context.io, { files: files.map(archivedFileView) })
  else printArchived(context, files, after !== null)
  return exitCodes.done
}

async function get(
  { io, json }: Context,
  { parts }: App,
  { sha256, out }: { sha256: string; out: string | null },
): Promise<ExitCode> {
  if (out === null) {
    if (json) throw new UsageError('--json says what was written, so it needs --out')
    if (io.stdout.isTerminal)
      throw new UsageError("a supplier's file is nothing to send to a terminal; name a file with --out")
    for await (const piece of parts.archive.read(sha256, io.signal)) {
      if (io.stdout.isClosed) break
      io.stdout.write(piece)
    }
    return exitCodes.done
  }
  const path = resolve(io.cwd, out)
  let sizeBytes = 0
  await writeNewFile(path, async (to) => {
    for await (const piece of parts.archive.read(sha256, io.signal)) {
      await to.writeFile(piece)
      sizeBytes += piece.length
    }
  })
  if (json) printJson(io, { sha256, file: path, sizeBytes })
  else printLine(io.stdout, `${sizeBytes} bytes are in ${basename(path)}.`)
  return exitCodes.done
}

/** Most faults that are told as JSON; the counts are of all. */
const faultsShownMax = 10_000

async function verify(context: Context, app: App, hash: string | null): Promise<ExitCode> {
  const { io, json } = context
  const isWhole = /^[0-9a-f]{64}$/.test(hash ?? '')
  const only = hash === null || isWhole ? hash : await fileNamed(app.db, hash)
  const progress = context.progress('Reading')
  const faults: FileFault[] = []
  const verified = await verifyFiles(app.parts, only, {
    signal: io.signal,
    onFault(fault) {
      if (!json) printLine(io.stdout, `${fault.kind}: ${fault.sha256}: ${fault.message}`)
      else if (faults.length < faultsShownMax) faults.push(fault)
    },
    onFile: ({ files }) => progress.update(null, files),
  }).finally(() => progress.done())
  if (json) printJson(io, { ...verified, faults })
  else printVerified(io.stdout, verified)
  const { damaged, missing } = verified.counts
  return damaged + missing > 0 ? exitCodes.failed : exitCodes.done
}
