import type { BenchOptions } from './arguments.ts'
import type { Case, Contender } from './contender.ts'
import {
  type Expectation,
  type Loaded,
  type LoadOptions,
  ours,
  pipeline,
  postgresCopy,
  sqliteImport,
} from './contenders.ts'
import type { ListFile, ListFiles } from './files.ts'
import type { Peers } from './peers.ts'
import type { Places } from './places.ts'
import { cellReader, inflate, tryFile } from './workbook-contenders.ts'
import { workloads } from './workloads.ts'

/** What every case is made of. */
export interface Parts {
  /** The executable that is measured, and arguments that come before ours. */
  program: readonly string[]
  peers: Peers
  without: BenchOptions['without']
  env: Record<string, string>
  /** Runs a case and adds its result to the report. */
  run(given: Case): Promise<void>
}

/**
 * One catalog engine with lists of one size: a load, then every reload from what it left behind. The bound is
 * always a plain load of the same file; the Python pipeline reloads like us.
 */
export async function engineCases(parts: Parts, places: Places, files: ListFiles): Promise<void> {
  const { peers, env, run } = parts
  const loaded: Loaded = { place: null }
  const loadedByPipeline: Loaded = { place: null }
  const base = await files.csv('base')

  const measure = async (
    workload: string,
    file: ListFile,
    from: ListFile | null,
    own: { expected: Expectation; flags?: string[]; isAlone?: boolean },
  ) => {
    const load: LoadOptions = { places, env, file, from, loaded }
    const contenders: Contender[] = [
      ours(parts.program, load, { expected: own.expected, flags: own.flags ?? [] }),
    ]
    if (places.engine === 'sqlite' && peers.sqlite3 !== null)
      contenders.push(sqliteImport(peers.sqlite3, load))
    if (places.engine === 'postgres' && peers.psql !== null) contenders.push(postgresCopy(peers.psql, load))
    if (peers.python !== null && !own.isAlone)
      contenders.push(pipeline(peers.python, { ...load, loaded: loadedByPipeline }))
    await run({
      ...{ group: places.engine, workload, rows: files.rows, inputs: [file.path], contenders },
      settle: () => places.settle(),
    })
  }

  try {
    const { rows } = base.facts
    const [rewritten, onePercent, allPrices, shuffled] = await Promise.all([
      files.csv('rewritten'),
      files.csv('one-percent'),
      files.csv('all-prices'),
      files.csv('shuffled'),
    ])
    const read = (recognised: number): Expectation => ({ status: 'completed', recognised })
    await measure(workloads.load, base, null, { expected: read(0) })
    // Told by its hash and not read at all, which no peer does: they have no such case.
    await measure(workloads.sameFile, base, base, {
      expected: { status: 'unchanged', recognised: 0 },
      isAlone: true,
    })
    await measure(workloads.sameRows, rewritten, base, { expected: read(rows) })
    await measure(workloads.forced, base, base, { expected: read(0), flags: ['--force'], isAlone: true })
    await measure(workloads.onePercent, onePercent, base, { expected: read(rows - onePercent.facts.changed) })
    await measure(workloads.allPrices, allPrices, base, { expected: read(0) })
    await measure(workloads.shuffled, shuffled, base, { expected: read(rows) })
  } finally {
    for (const { place } of [loaded, loadedByPipeline]) if (place !== null) await places.remove(place)
  }
}

/** Above this the pipeline's reading of workbooks is left out: openpyxl takes minutes. */
const pipelineWorkbookRowsMax = 200_000

/** Reading workbooks, and loading them into SQLite. */
export async function workbookCases(parts: Parts, places: Places, files: ListFiles): Promise<void> {
  const { program, peers, without, env, run } = parts
  for (const style of ['shared', 'inline'] as const) {
    const file = await files.workbook(style)
    const input = { file, env }
    const common = {
      group: 'xlsx',
      rows: files.rows,
      inputs: [file.path],
      settle: () => places.settle(),
    }
    const readers: Contender[] = [
      cellReader({ id: 'reader', name: 'our reader', role: 'subject' }, input),
      tryFile(program, input),
      inflate(input),
    ]
    if (!without.includes('exceljs'))
      readers.push(cellReader({ id: 'exceljs', name: 'exceljs (streaming)', role: 'rival' }, input))
    if (!without.includes('sheetjs'))
      readers.push(cellReader({ id: 'sheetjs', name: 'SheetJS', role: 'rival' }, input))
    const isShared = style === 'shared'
    await run({
      ...common,
      workload: isShared ? workloads.readShared : workloads.readInline,
      contenders: readers,
    })

    const load: LoadOptions = { places, env, file, from: null, loaded: null }
    const loaders = [
      ours(program, load, { expected: { status: 'completed', recognised: 0 }, flags: [] }),
      inflate(input),
    ]
    if (peers.python !== null && files.rows <= pipelineWorkbookRowsMax)
      loaders.push(pipeline(peers.python, load))
    await run({
      ...common,
      workload: isShared ? workloads.loadShared : workloads.loadInline,
      contenders: loaders,
    })
  }
}

/** One load, for the memory that it takes. */
export async function memoryCase(parts: Parts, places: Places, files: ListFiles): Promise<void> {
  const file = await files.csv('base')
  const load: LoadOptions = { places, env: parts.env, file, from: null, loaded: null }
  await parts.run({
    ...{ group: 'memory', workload: workloads.load, rows: files.rows, inputs: [file.path] },
    contenders: [ours(parts.program, load, { expected: { status: 'completed', recognised: 0 }, flags: [] })],
    settle: () => places.settle(),
  })
}
