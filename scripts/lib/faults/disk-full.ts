import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type App, openApp } from '../../../src/app.ts'
import { loadConfig } from '../../../src/config.ts'
import { type IntakeParts, takeInReceived } from '../../../src/courier/intake.ts'
import type { Database } from '../../../src/db/database.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { createLogger, parseLogLevels } from '../../../src/lib/log.ts'
import { noPins } from '../../../src/sources/pins.ts'
import { atLeastOne, type Figure, never } from './figure.ts'
import { fullFetches } from './full-fetches.ts'
import { mountSmallDisk, pageBytes } from './small-disk.ts'

/** SQLite's log of what is not yet in the database itself grows to a third of it. */
const diskBytes = 96 * 1024 ** 2
/** So many pages its note, its folders and its rows take besides the list itself. */
const otherPages = 26

/** Up to so many pages are left where lists are fetched; half of that is the list itself. */
const fetchedPages = 300
/** Of the disks that a fetch found full, every so manieth stays full for long. */
const heldEvery = 10

/**
 * Fills small disks up to a point, at one point after another, and has lists handed in and fetched. What finds no room
 * has to leave nothing behind, and the same list is taken in as soon as there is some, with nobody repairing anything.
 * The database lies on the same disk.
 * @param points.isHeld whether some of the disks that a fetch found full stay so for most of a minute
 * @returns null: this user may mount no disk
 */
export async function diskFull(points: {
  handedIn: number
  fetched: number
  isHeld: boolean
}): Promise<Figure[] | null> {
  const handedIn = await fullIntake(points.handedIn)
  if (handedIn === null || points.fetched === 0) return handedIn
  const pagesEach = Math.ceil(fetchedPages / points.fetched)
  const found = await fullFetches({
    points: points.fetched,
    pagesEach,
    heldEvery: points.isHeld ? heldEvery : 0,
  })
  if (found === null) return null
  return [
    ...handedIn,
    {
      scenario: 'full disk, fetched',
      where: 'disks of 48 MiB, SQLite on them too',
      facts: {
        points: points.fetched,
        'put off': found.putOff,
        'of them while the disk stayed full for 40 s': found.held,
      },
      goals: [never('repairs', found.repairs), atLeastOne('put off', found.putOff)],
    },
  ]
}

/**
 * Lists that are handed in: at the first point nothing at all is left, at each further one a page more.
 * @returns null: this user may mount no disk
 */
async function fullIntake(points: number): Promise<Figure[] | null> {
  await using ends = new AsyncDisposableStack()
  const disk = await mountSmallDisk(diskBytes)
  if (disk === null) return null
  ends.use(disk)
  const { folder } = disk
  // So that the last point is the last at which something is missing.
  const listBytes = Math.max(1, points - otherPages) * pageBytes
  const log = createLogger({
    thresholds: parseLogLevels('error'),
    format: 'json',
    isColoured: false,
    write: (line) => void process.stderr.write(line),
    clock: systemClock,
  })
  const config = loadConfig({ TALLYMAN_DATA_DIR: folder, TALLYMAN_DISK_FREE_MIN: '0' }, folder)
  const app = await openApp({ config, clock: systemClock, log, schema: 'write' })
  ends.defer(() => app.close())
  const found = { refused: 0, repairs: 0, unnamed: 0 }
  const said = new Map<string, number>()
  for (let point = 0; point < points; point++) {
    const text = `sku;price\n${point};1\n`.padEnd(listBytes, 'x;1\n')
    await disk.fill(point)
    const code = await takenIn(app.parts, text)
    const { faults, unnamed } = await leftBehind(app, folder)
    if (code !== null) found.unnamed += unnamed
    else faults.length = 0
    await disk.free()
    if (code !== null) {
      found.refused++
      said.set(code, (said.get(code) ?? 0) + 1)
      const again = await takenIn(app.parts, text)
      if (again !== null) faults.push(`with room again it is refused (${again})`)
    }
    faults.push(...(await damaged(app.db)))
    if (faults.length > 0) found.repairs++
    for (const fault of faults) console.error(`${point} pages left: ${fault}`)
    await emptied(app.db, folder)
  }
  return [
    {
      scenario: 'full disk',
      where: 'a disk of 96 MiB, SQLite on it too',
      facts: {
        points,
        refused: found.refused,
        'left to the clean-up': found.unnamed,
        said: [...said].map(([code, count]) => `${code} ${count}`).join(', '),
      },
      goals: [never('repairs', found.repairs), atLeastOne('refused', found.refused)],
    },
  ]
}

/** @returns the code of what it was refused with; null: it was taken in */
async function takenIn(parts: IntakeParts, text: string): Promise<string | null> {
  async function* pieces() {
    for (let at = 0; at < text.length; at += 64 * 1024) yield Buffer.from(text.slice(at, at + 64 * 1024))
  }
  const said = { fileName: 'list.csv', trigger: 'api', mayHold: true, force: false } as const
  try {
    const received = await parts.archive.receive(pieces(), { sizeBytesMax: 10_000_000 })
    await takeInReceived(parts, { ...noPins, ...said, supplier: 'Acme', source: 'upload' }, received)
    return null
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

/**
 * What a list that was refused has left, in words; and how many files there are that were kept when its rows found no
 * room, which a clean-up knows for ours.
 */
async function leftBehind(
  { db, parts }: App,
  folder: string,
): Promise<{ faults: string[]; unnamed: number }> {
  const faults: string[] = []
  const [rows] = await db.all<{ n: number }>(
    'select (select count(*) from imports) + (select count(*) from jobs) + (select count(*) from raw_files) as n',
  )
  if (rows?.n !== 0) faults.push(`${rows?.n} rows of it`)
  const names = await readdir(join(folder, 'raw'), { recursive: true })
  for (const name of names) if (/^(incoming|borrowed)\/./.test(name)) faults.push(`a file ${name}`)
  let unnamed = 0
  for await (const files of parts.archive.files({ withNotes: true }))
    for (const { sha256 } of files) {
      unnamed++
      const isOurs = await parts.archive.isOursAlone(sha256)
      const { state } = await parts.archive.check(sha256)
      if (!isOurs || state !== 'ok') faults.push(`a file ${sha256} that is ${isOurs ? state : 'nobody’s'}`)
    }
  return { faults, unnamed }
}

async function damaged(db: Database): Promise<string[]> {
  const [row] = await db.all<{ integrity_check: string }>('pragma integrity_check')
  return row?.integrity_check === 'ok' ? [] : [`the database is damaged: ${row?.integrity_check}`]
}

/** As it was before the first list. */
async function emptied(db: Database, folder: string): Promise<void> {
  await db.tx(async (tx) => {
    for (const table of ['jobs', 'imports', 'ingestion_runs', 'raw_files'])
      await tx.run(`delete from ${table}`)
  })
  const raw = join(folder, 'raw')
  for (const name of await readdir(raw))
    if (name !== 'place.id') await rm(join(raw, name), { recursive: true, force: true })
  await mkdir(join(raw, 'incoming'), { recursive: true })
}
