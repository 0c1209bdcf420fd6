import { type App, openApp } from '../app.ts'
import { pinnedSettings } from '../courier/pins.ts'
import { limitHelp, parseLimits } from '../courier/reading-options.ts'
import { ConflictError } from '../lib/errors.ts'
import { runStore } from '../runs/store.ts'
import { requireStarted } from '../runs/triggered.ts'
import { deleteSource, historyText, sourceHistory } from '../sources/delete-source.ts'
import { type SourceFilter, sourceFinder } from '../sources/find.ts'
import { changeSource, makeSource, type SourceDraft, setSourcePaused } from '../sources/make-source.ts'
import { sourceNamed } from '../sources/named.ts'
import { type Source, sourceStore } from '../sources/store.ts'
import { type SourceView, sourceView } from '../sources/view.ts'
import { supplierStore } from '../suppliers/store.ts'
import { testOfDraft, testOfSource } from '../trials/test-request.ts'
import { UsageError } from './arguments.ts'
import { type Context, defineCommand, type ExitCode, exitCodes } from './command.ts'
import { followRun } from './follow-run.ts'
import { orUsage, type ReadingValues, readingPins, saysReading } from './handover.ts'
import { printJson, printLine } from './output.ts'
import { readingHelp, readingOptions } from './reading-options.ts'
import { printRun } from './run-report.ts'
import { configPairs, seenSecrets } from './source-config.ts'
import { editOf, kindsHelp, type SourceValues, saysAnything, sourceOptions } from './source-options.ts'
import { printSource, printSources } from './source-report.ts'
import { printTest } from './source-test.ts'
import { applyFile, printSchema } from './sources-file.ts'

const actions = [
  'list',
  'show',
  'add',
  'edit',
  'pause',
  'resume',
  'delete',
  'run',
  'test',
  'apply',
  'schema',
] as const
type Action = (typeof actions)[number]

/** How its lists are read; their currency is said with the rest. */
const { currency: _, ...editOptions } = readingOptions

/** Most sources that are listed or run. */
const sourcesMax = 10_000

/** `tallyman sources`. */
export const sources = defineCommand({
  name: 'sources',
  summary:
    'List sources, show one, add, edit, pause, resume, delete it, test it, fetch it now; apply a file of them',
  description:
    'A source says where lists of one supplier come from, and when. It is named as SUPPLIER/NAME, or by its id.\n' +
    '"run" has it fetched by whoever works on jobs ("tallyman serve" or a worker); with --wait it shows how far that is,\n' +
    'and the exit code says how it ended: 0 done, 1 failed, 3 some rows or sources not, or held.\n' +
    '"test" fetches a little and shows how it would be read, without keeping anything; with --kind and --set it does so for a\n' +
    'source that is not there yet. It exits with 1 for what is no price list, and with 3 where rows would be rejected.\n' +
    '"apply" makes sources what a file says (TALLYMAN_CONFIG, or tallyman.yaml here), as "serve" does when it starts; with\n' +
    '--dry-run it only shows what would change, and exits with 3 if anything would. A wrong file is 2. "schema" prints its\n' +
    'JSON Schema, for editors.\n' +
    `${kindsHelp}\n` +
    'With "edit", the options of "ingest" about reading are remembered for the lists to come; auto leaves it to them again.\n' +
    readingHelp,
  options: {
    ...sourceOptions,
    ...editOptions,
    supplier: { kind: 'text', placeholder: 'NAME', summary: 'With list: only sources of this supplier' },
    limit: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: sourcesMax,
      summary: 'With list: how many (default 200)',
    },
    limits: {
      kind: 'text',
      placeholder: 'NAME=SHARE,…',
      summary: `With edit: when its lists are held, or off: ${limitHelp}`,
    },
    all: { kind: 'flag', summary: 'With run: every source that can be fetched and is not paused' },
    force: { kind: 'flag', summary: 'With run: fetch and read also what has not changed' },
    wait: { kind: 'flag', summary: 'With run: wait until it has ended; Ctrl-C ends only the waiting' },
    yes: { kind: 'flag', summary: 'With delete: although it has a history' },
    dryRun: { kind: 'flag', summary: 'With apply: only show what would change' },
  },
  positionals: {
    action: { placeholder: 'ACTION', summary: 'list (default), show, add, …', choices: actions },
    source: { placeholder: 'SOURCE', summary: 'SUPPLIER/NAME, or an id; with apply: the file' },
  },
  examples: [
    {
      line: 'tallyman sources add "Acme Ltd/weekly" --kind local --set path=/srv/prices/acme --schedule "0 6 * * 1"',
      summary: 'the newest file of a folder, Mondays at 06:00',
    },
    { line: 'tallyman sources run "Acme Ltd/weekly" --wait', summary: 'fetch it now, and see how it ends' },
    {
      line: 'tallyman sources show "Acme Ltd/weekly"',
      summary: 'its next runs, and what it remembers for its lists',
    },
  ],
  async run({ options, positionals }, context) {
    const { config, log, io } = context
    const action = positionals.action ?? 'list'
    checkLine(action, positionals.source, options)
    const file = { file: positionals.source, isDry: options.dryRun }
    if (action === 'apply') return applyFile(context, file, (app) => partsOf(context, app).rules)
    if (action === 'schema') return printSchema(context)
    const isRead = ['list', 'show', 'test'].includes(action)
    const app = await openApp({ config, clock: io.clock, log, schema: isRead ? 'read' : 'write' })
    const given = positionals.source ?? ''
    try {
      if (action === 'list') return await list(context, app, options.supplier, options.limit ?? 200)
      if (action === 'add') return await add(context, app, given, options)
      if (action === 'run' && options.all) return await run(context, app, await fetchable(app), options)
      if (action === 'test' && options.kind !== null) return await testDraft(context, app, given, options)
      const source = await sourceNamed(app.db, given)
      if (action === 'test')
        return await printTest(context, app, await testOfSource(testParts(context, app), source))
      if (action === 'run') return await run(context, app, source, options)
      if (action === 'delete') return await remove(context, app, source, options.yes)
      if (action === 'edit') await edit(context, app, source, options)
      if (action === 'pause') await setPaused(app, source.id, true)
      if (action === 'resume') await setPaused(app, source.id, false)
      return printSource(context, await viewOf(context, app, source.id))
    } finally {
      await app.close()
    }
  },
})

type EditValues = SourceValues & ReadingValues & { limits: string | null }

/** @throws UsageError for what does not go together */
function checkLine(
  action: Action,
  source: string | null,
  options: EditValues & {
    all: boolean
    wait: boolean
    force: boolean
    yes: boolean
    dryRun: boolean
    supplier: string | null
  },
): void {
  if (options.dryRun && action !== 'apply') throw new UsageError('--dry-run goes with "sources apply"')
  const takesSource = !['list', 'schema', 'apply'].includes(action) && !(action === 'run' && options.all)
  if (takesSource && source === null) throw new UsageError(`which source? "sources ${action} SUPPLIER/NAME"`)
  if (!takesSource && source !== null && action !== 'apply')
    throw new UsageError(
      action === 'run'
        ? 'either a source or --all'
        : `sources ${action} takes no source; "sources show" does`,
    )
  const isDraft = action === 'test' && options.kind !== null
  if (saysAnything(options) && action !== 'add' && action !== 'edit' && !isDraft)
    throw new UsageError(
      `what a source is like is said with "sources add" or "sources edit", not with "${action}"`,
    )
  const saysHow = saysReading(options) || options.limits !== null
  if (saysHow && action !== 'edit')
    throw new UsageError('how lists are read is said with "sources edit", or with "ingest"')
  if (action === 'edit' && !saysAnything(options) && !saysHow)
    throw new UsageError('what is to be changed? Say it with --schedule, --set, …')
  if (action === 'add' && options.kind === null)
    throw new UsageError('where do its lists come from? Say --kind')
  if ((action === 'add' || isDraft) && options.name !== null)
    throw new UsageError('--name goes with "sources edit"; a new source is named as SUPPLIER/NAME')
  for (const flag of ['all', 'wait', 'force'] as const)
    if (options[flag] && action !== 'run') throw new UsageError(`--${flag} goes with "sources run"`)
  if (options.yes && action !== 'delete') throw new UsageError('--yes goes with "sources delete"')
  if (options.supplier !== null && action !== 'list')
    throw new UsageError('--supplier goes with "sources list"')
}

const partsOf = ({ config }: Context, app: App) => ({
  db: app.db,
  actor: app.parts.actor,
  clock: app.parts.clock,
  rules: {
    fetchSettings: app.parts.fetchSettings,
    sealer: app.parts.sealer,
    timeZone: config.timeZone,
  },
})

async function list(context: Context, app: App, supplier: string | null, limit: number): Promise<ExitCode> {
  const filter: SourceFilter = {}
  if (supplier !== null) {
    const found = await supplierStore(app.db).find(supplier)
    if (found === null) return printSources(context, [])
    filter.supplierId = found.id
  }
  const found = await sourceFinder(app.db).sources(filter, limit)
  const views = await viewsOf(
    context,
    app,
    found.map(({ id }) => id),
  )
  return printSources(context, views)
}

async function add(context: Context, app: App, given: string, options: SourceValues): Promise<ExitCode> {
  const { pairs, draft } = await draftOf(context, given, options)
  const { id } = await makeSource(partsOf(context, app), draft)
  sayWhatWasSeen(context, seenSecrets(pairs, options.kind ?? 'upload'))
  return printSource(context, await viewOf(context, app, id))
}

async function testDraft(
  context: Context,
  app: App,
  given: string,
  options: SourceValues,
): Promise<ExitCode> {
  const { draft } = await draftOf(context, given, options)
  return printTest(context, app, await testOfDraft(testParts(context, app), draft))
}

const testParts = (context: Context, app: App) => ({
  ...partsOf(context, app),
  defaultCurrency: app.parts.defaultCurrency,
})

/** A new source, as the line says. */
async function draftOf(context: Context, given: string, options: SourceValues) {
  // A supplier's name may have a slash in it; the API takes names that have one themselves.
  const slash = given.lastIndexOf('/')
  if (slash <= 0 || slash === given.length - 1)
    throw new UsageError(`a new source is named as SUPPLIER/NAME, such as "Acme Ltd/weekly", not "${given}"`)
  const pairs = await configPairs(context.io, options)
  const draft: SourceDraft = {
    kind: 'upload',
    config: {},
    schedule: null,
    timeZone: null,
    listMode: 'partial',
    currency: null,
    retryDelaysMs: null,
    ...editOf({ ...options, pairs }, null),
    supplier: given.slice(0, slash),
    name: given.slice(slash + 1),
  }
  return { pairs, draft }
}

async function edit(context: Context, app: App, { id, kind }: Source, options: EditValues): Promise<void> {
  const given = options.limits?.split(',') ?? []
  const limits = orUsage(() => parseLimits(given, '--limits'))
  const pins =
    saysReading(options) || options.limits !== null
      ? { ...readingPins({ ...options, currency: null }), limits }
      : null
  const pairs = await configPairs(context.io, options)
  await changeSource(partsOf(context, app), id, (now) => ({
    ...(pins !== null && pinnedSettings(now, pins)),
    ...editOf({ ...options, pairs }, now),
  }))
  sayWhatWasSeen(context, seenSecrets(pairs, options.kind ?? kind))
}

function sayWhatWasSeen({ io }: Context, keys: string[]): void {
  if (keys.length === 0) return
  printLine(
    io.stderr,
    `tallyman: ${keys.join(' and ')} stood on the command line, where others on this machine may have seen it, and may ` +
      `be in the history of the shell. --set-file ${keys[0]}=PATH, or ${keys[0]}=- for standard input, shows it to nobody.`,
  )
}

async function setPaused(app: App, id: string, isPaused: boolean): Promise<void> {
  await setSourcePaused(app.parts, id, isPaused)
  // What waited may be due, and whoever works on jobs does not know it yet.
  await app.announce(null)
}

async function remove(context: Context, app: App, source: Source, isSure: boolean): Promise<ExitCode> {
  const { io, json } = context
  const history = await sourceHistory(app.db, source.id)
  if (history.imports > 0 && !isSure)
    throw new ConflictError(
      'source_has_history',
      `Source "${source.name}" has a history: ${historyText(history)} Say --yes if that is right.`,
    )
  await app.announce(await deleteSource(app.parts, source.id))
  // Others may have waited for one of them.
  await app.announce(null)
  if (json) printJson(io, { id: source.id, imports: history.imports, itemsKept: history.items })
  else
    printLine(
      io.stdout,
      `Source "${source.name}" is deleted, with ${history.imports} imports; ${history.items} items stay without a source.`,
    )
  return exitCodes.done
}

async function fetchable(app: App): Promise<{ id: string }[]> {
  return sourceFinder(app.db).sources({ isPaused: false, isFetchable: true }, sourcesMax)
}

/** @param what one source, or all of them: then it is no error that one is under way already */
async function run(
  context: Context,
  app: App,
  what: { id: string } | { id: string }[],
  { wait: isWaiting, force }: { wait: boolean; force: boolean },
): Promise<ExitCode> {
  const { io, json } = context
  const ids = Array.isArray(what) ? what.map(({ id }) => id) : [what.id]
  const triggered = await app.trigger({ sources: ids, trigger: 'cli', force, now: io.clock.now() })
  if (!Array.isArray(what)) requireStarted(triggered)
  for (const { message } of triggered.skipped) printLine(io.stderr, `tallyman: ${message}`)
  const { runId } = triggered
  if (runId === null) {
    if (json) printJson(io, { run: null })
    else
      printLine(
        io.stdout,
        ids.length === 0 ? 'There is no source that could be fetched.' : 'Nothing was started.',
      )
    return triggered.skipped.length > 0 ? exitCodes.partial : exitCodes.done
  }
  if (!isWaiting) {
    const store = runStore(app.db)
    printRun(context, await store.get(runId), await store.sources(runId, { limit: sourcesMax }))
    if (!json)
      printLine(
        io.stdout,
        `Whoever works on jobs takes it up; tallyman runs show ${runId} tells how it goes.`,
      )
    return triggered.skipped.length > 0 ? exitCodes.partial : exitCodes.done
  }
  const code = await followRun(context, app, runId)
  return code === exitCodes.done && triggered.skipped.length > 0 ? exitCodes.partial : code
}

async function viewOf(context: Context, app: App, id: string): Promise<SourceView> {
  const [view] = await viewsOf(context, app, [id])
  if (view === undefined) throw new ConflictError('source_deleted', 'The source was deleted meanwhile.')
  return view
}

async function viewsOf({ config, io }: Context, app: App, ids: string[]): Promise<SourceView[]> {
  const found = await sourceStore(app.db).byIds(ids)
  const byId = new Map(found.map((source) => [source.id, source]))
  const contexts = await sourceFinder(app.db).context(ids)
  const at = { now: io.clock.now(), timeZone: config.timeZone }
  return ids.flatMap((id) => {
    const [source, own] = [byId.get(id), contexts.get(id)]
    return source === undefined || own === undefined ? [] : [sourceView(source, own, at)]
  })
}
