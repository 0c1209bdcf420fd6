import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, openApp } from '../../../src/app.ts'
import { loadConfig } from '../../../src/config.ts'
import { createLogger, parseLogLevels } from '../../../src/lib/log.ts'
import { atLeastOne, type Figure, never } from './figure.ts'

/** Where a process that fetches is killed, in the order in which it comes there. */
export const fetchSteps = [
  'half downloaded',
  'downloaded',
  'note written',
  'file in its place',
  'note in its place',
  'before the commit',
  'committed',
] as const
export type FetchStep = (typeof fetchSteps)[number]

/** What a child that is to kill itself fetches at most. */
const listsMax = 3
/** Most milliseconds until a child is killed at any moment. */
const pauseMs = 60
/** So often everything is looked at; at the end, too. */
const killsPerLook = 100
const listBytes = 20_000
const dayMs = 24 * 60 * 60 * 1000
/** What is younger may belong to work that is under way. */
const aheadMs = 2 * dayMs
/** What no row tells of stays as long as any raw file. */
const orphansAheadMs = 40 * dayMs

const child = join(import.meta.dir, 'children/fetcher.ts')

/** Kills processes that download lists and take them in: half of them at a step, half at any moment. */
export async function fetchKills({ kills }: { kills: number }): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tallyman-fetch-'))
  await using ends = new AsyncDisposableStack()
  ends.defer(() => rm(folder, { recursive: true, force: true }))
  const server = ends.adopt(listServer(), (each) => each.stop(true))
  const accepted = new Set<string>()
  let [half, met] = [0, 0]
  for (let n = 0; n < kills; n++) {
    const step = n % 2 === 0 ? fetchSteps[(n / 2) % fetchSteps.length] : null
    const { hashes, isKilled } = await killedFetch(folder, { url: server.url.origin, step: step ?? null })
    for (const sha256 of hashes) accepted.add(sha256)
    if (isKilled) met++
    if ((n + 1) % killsPerLook === 0) half += await halfFiles(folder)
  }
  const found = await afterwards(folder, accepted)
  return [
    {
      scenario: 'fetch, kill -9',
      where: 'a folder, SQLite',
      facts: {
        kills: met,
        'lists accepted': accepted.size,
        'left behind before the clean-up': found.leftBefore,
      },
      goals: [
        never('lost', found.lost),
        never('half files', half + found.half),
        never('orphans', found.orphans),
        atLeastOne('accepted', accepted.size),
        atLeastOne('left behind', found.leftBefore),
      ],
    },
  ]
}

/** Lists of which no two are alike; each comes in two pieces. */
export function listServer() {
  return Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const text = `sku;price\n${new URL(request.url).pathname};1\n`.padEnd(listBytes, 'x;1\n')
      return new Response(
        new ReadableStream({
          async start(to) {
            to.enqueue(Buffer.from(text.slice(0, listBytes / 2)))
            await new Promise((resolve) => setImmediate(resolve))
            to.enqueue(Buffer.from(text.slice(listBytes / 2)))
            to.close()
          },
        }),
      )
    },
  })
}

/** @param step null: it is killed at any moment */
async function killedFetch(
  folder: string,
  { url, step }: { url: string; step: FetchStep | null },
): Promise<{ hashes: string[]; isKilled: boolean }> {
  const at = Math.floor(Math.random() * listsMax)
  const lists = step === null ? Number.MAX_SAFE_INTEGER : listsMax
  const fetcher = Bun.spawn([process.execPath, child, folder, url, String(lists), step ?? '', String(at)], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  let killing: Promise<void> | null = null
  for await (const piece of fetcher.stdout) {
    text += new TextDecoder().decode(piece)
    if (step === null && text.startsWith('ready\n'))
      killing ??= Bun.sleep(Math.random() * pauseMs).then(() => fetcher.kill('SIGKILL'))
  }
  await killing
  await fetcher.exited
  if (fetcher.signalCode !== 'SIGKILL')
    throw new Error(`A process that fetches ended with ${fetcher.exitCode}.`)
  // The last line may be cut short.
  return {
    hashes: text
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.length === 64),
    isKilled: true,
  }
}

/** Files in the archive whose bytes are not those of their name. */
async function halfFiles(folder: string, app?: App): Promise<number> {
  let half = 0
  const raw = join(folder, 'raw')
  for (const name of await readdir(raw, { recursive: true })) {
    const sha256 = /^[0-9a-f]{2}\/([0-9a-f]{64})$/.exec(name)?.[1]
    if (sha256 === undefined) continue
    const bytes = await Bun.file(join(raw, name)).bytes()
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) half++
    else if (app !== undefined && (await app.parts.archive.check(sha256)).state !== 'ok') half++
  }
  return half
}

/** What is there once everybody has ended, before and after a clean-up. */
async function afterwards(folder: string, accepted: Set<string>) {
  const leftBefore = (await leftOver(folder)).length
  const log = createLogger({
    thresholds: parseLogLevels('error'),
    format: 'json',
    isColoured: false,
    write: (line) => void process.stderr.write(line),
    clock: { now: () => new Date() },
  })
  let ahead = aheadMs
  const clock = { now: () => new Date(Date.now() + ahead) }
  const env = { TALLYMAN_DATA_DIR: folder, TALLYMAN_PACK_DAYS: 'off' }
  const app = await openApp({ config: loadConfig(env, folder), clock, log, schema: 'write' })
  try {
    const { signal } = new AbortController()
    for (const { name } of app.cleanups.tasks) {
      ahead = name === 'orphans' ? orphansAheadMs : aheadMs
      await app.cleanups.run(name, { dryRun: false, signal, by: null })
    }
    const half = await halfFiles(folder, app)
    const named = await app.db.all<{ sha256: string }>('select distinct sha256 from imports')
    for (const { sha256 } of named) accepted.add(sha256)
    let lost = 0
    for (const sha256 of accepted) if ((await app.parts.archive.check(sha256)).state !== 'ok') lost++
    // Somebody whose answer was cut off was told nothing, and yet nothing of theirs is lost.
    const unknown = (await storedHashes(folder)).filter((sha256) => !accepted.has(sha256))
    const orphans = new Set([...unknown, ...(await leftOver(folder))])
    for (const orphan of orphans) console.error(`an orphan: ${orphan}`)
    return { leftBefore, half, lost, orphans: orphans.size }
  } finally {
    await app.close()
  }
}

async function storedHashes(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'raw'), { recursive: true })
  return names.flatMap((name) => /^[0-9a-f]{2}\/([0-9a-f]{64})/.exec(name)?.[1] ?? [])
}

/** Files that came only in part, or were being read. */
async function leftOver(folder: string): Promise<string[]> {
  const names: string[] = []
  for (const name of ['incoming', 'borrowed'])
    names.push(...(await readdir(join(folder, 'raw', name)).catch(() => [])))
  return names
}
