import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExitCode } from '../../src/cli/command.ts'
import { run } from '../../src/cli/index.ts'
import { writtenTables } from './bench.ts'
import { type Engine, freshDatabaseUrl } from './engines.ts'
import { type TestIoOptions, testIo } from './io.ts'
import { openUrl } from './open-database.ts'
import { temporaryDirectory } from './temporary.ts'

/** What a command left behind: its exit code and what it printed. */
export interface Outcome {
  code: ExitCode
  out: string
  err: string
}

/** The same, with what `--json` printed. @typeParam Json what the test expects it to be */
export interface JsonOutcome<Json> extends Outcome {
  json: Json
}

/** The whole command line on a database and a folder of its own. */
export interface TestProgram extends AsyncDisposable {
  /** Absolute; here the commands run, and here a test puts its lists. */
  folder: string
  /** Where the program keeps its own files. */
  dataFolder: string
  url: string
  env: Record<string, string>
  /** Writes a file and gives its absolute path. */
  write(name: string, content: string | Uint8Array): Promise<string>
  /** Runs a command in this process. Every one starts a minute after the one before it. */
  run(...argv: string[]): Promise<Outcome>
  /** The same with another signal or terminal. */
  runWith(options: TestIoOptions, ...argv: string[]): Promise<Outcome>
  /** Runs a command with `--json`. */
  json<Json = unknown>(...argv: string[]): Promise<JsonOutcome<Json>>
  /** Rows of one statement. */
  rows<Row = Record<string, unknown>>(text: string): Promise<Row[]>
  /** Every row of every table that an import may write. */
  contents(): Promise<Record<string, string[]>>
  /** What shoppers see: items, prices and their changes, without the records of imports and jobs. */
  catalog(): Promise<Record<string, string[]>>
  /** What lies below the data folder besides raw files, fingerprints and the lock, and in a PostgreSQL staging schema. */
  leftovers(): Promise<string[]>
}

/**
 * Opens a program. Nothing exists yet: neither database nor data folder.
 *
 *     await using program = await openProgram(engine)
 *     await program.json('ingest', await program.write('list.csv', 'sku;price\nA;1\n'), '--supplier', 'Acme')
 */
export async function openProgram(engine: Engine, env: Record<string, string> = {}): Promise<TestProgram> {
  const directory = await temporaryDirectory()
  const database = await freshDatabaseUrl(engine)
  const dataFolder = directory.file('data')
  const environment = { DATABASE_URL: database.url, TALLYMAN_DATA_DIR: dataFolder, ...env }
  let minutes = 0

  const program: TestProgram = {
    folder: directory.path,
    dataFolder,
    url: database.url,
    env: environment,
    async write(name, content) {
      await Bun.write(directory.file(name), content)
      return directory.file(name)
    },
    run: (...argv) => program.runWith({}, ...argv),
    async runWith(options, ...argv) {
      const io = testIo({ env: environment, cwd: directory.path, ...options })
      io.advance(minutes++ * 60_000)
      const code = await run(argv, io)
      return { code, out: io.out(), err: io.err() }
    },
    async json<Json>(...argv: string[]) {
      const outcome = await program.run(...argv, '--json')
      // What the test expects is what its assertions check.
      return { ...outcome, json: JSON.parse(outcome.out) as Json }
    },
    async rows<Row>(text: string) {
      const db = await openUrl(database.url)
      try {
        return await db.all<Row>(text)
      } finally {
        await db.close()
      }
    },
    contents: () => tableTexts(database.url, [...writtenTables, 'raw_files', 'ingestion_runs', 'counters']),
    catalog: () =>
      tableTexts(database.url, ['supplier_items', 'price_history', 'item_changes', 'categories', 'brands']),
    async leftovers() {
      const inStaging =
        engine === 'sqlite'
          ? []
          : await program.rows<{ tablename: string }>(
              `select tablename from pg_tables where schemaname = 'staging'`,
            )
      const files = await filesBelow(dataFolder)
      return [...files, ...inStaging.map(({ tablename }) => `staging.${tablename}`)].filter(
        (path) =>
          !/^(serve\.lock|place\.id|raw\/place\.id|raw\/borrowed\/.+|raw\/[0-9a-f]{2}\/[0-9a-f]{64}(\.meta\.json)?|fingerprints\/[0-9a-f-]{36})$/.test(
            path,
          ),
      )
    },
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      await directory[Symbol.asyncDispose]()
    },
  }
  return program
}

/** Every file below a folder with its content's hash, to be compared with itself. */
export async function filesWithHashes(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {}
  for (const path of await filesBelow(folder))
    hashes[path] = Bun.hash(await readFile(join(folder, path))).toString(36)
  return hashes
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort()
}

async function tableTexts(url: string, tables: readonly string[]): Promise<Record<string, string[]>> {
  const db = await openUrl(url)
  try {
    const texts: Record<string, string[]> = {}
    for (const table of tables)
      texts[table] = (await db.all(`select * from ${table}`)).map((row) => JSON.stringify(row)).sort()
    return texts
  } finally {
    await db.close()
  }
}
