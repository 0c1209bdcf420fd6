import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { findBrowser } from '../../browser.ts'
import { buildExecutable, root } from '../../build.ts'
import { startPostgres } from '../../postgres.ts'
import { ArgumentError } from '../arguments.ts'
import { describeMachine, machineText } from '../machine.ts'
import { postgresPlaces, serverVersion, sqlitePlaces } from '../places.ts'
import { help, parseArguments } from './arguments.ts'
import { measureAdminPage } from './pages.ts'
import { reportText } from './table.ts'

try {
  const options = parseArguments(Bun.argv.slice(2))
  if (options === null) console.log(help)
  else await run(options)
} catch (error) {
  if (!(error instanceof ArgumentError)) throw error
  console.error(`${error.message} See scripts/pages --help.`)
  process.exitCode = 2
}

async function run(options: NonNullable<ReturnType<typeof parseArguments>>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tallyman-pages-'))
  try {
    const browser = await findBrowser(process.env.TALLYMAN_TEST_BROWSER || null)
    const program = options.program === null ? join(folder, 'tallyman') : resolve(options.program)
    if (options.program === null) await buildExecutable(program)
    await using server = options.postgres ? await startPostgres(root) : null
    const places = server === null ? sqlitePlaces(folder) : postgresPlaces(folder, server.url)
    const place = await places.fresh()
    if (options.db !== null) await cp(resolve(options.db), place.database)
    const report = await measureAdminPage(options, {
      ...{ program: [program], browser, places, place, folder },
      say: (line) => console.error(line),
    })
    const version = server === null ? null : await serverVersion(server.url)
    const machine = await describeMachine(
      { sqlite3: null, psql: null, python: null, time: null, leftOut: [] },
      version,
    )
    const about = `${report.about}; ${machineText(machine)}`
    console.log(reportText({ ...report, about }))
    if (options.json !== null)
      await writeFile(options.json, `${JSON.stringify({ ...report, about, machine }, null, 2)}\n`)
    await places.remove(place)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
