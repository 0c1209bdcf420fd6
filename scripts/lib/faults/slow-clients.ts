import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Serving, startServe } from '../../../test/helpers/serve.ts'
import { temporaryDirectory } from '../../../test/helpers/temporary.ts'
import { median, percentile } from '../bench/statistics.ts'
import { drips } from './children/dripping.ts'
import { type Figure, never } from './figure.ts'
import { freshDatabase } from './ground.ts'
import { type Place, placeText, type Servers } from './place.ts'
import { heldPorts } from './sockets.ts'
import { startProcess } from './worker.ts'

const ratioMax = 2
/** How far the service may grow for all slow ones, in MB. */
const grownMaxMb = 300
const settleMs = 5000
/** Others at the same time. */
const others = 4
/** A silent connection is ended after a minute; busy machines take longer. */
const patienceMs = 180_000
/** A small list, which has to find room among all the slow ones. */
const uploadEvery = 20

const child = join(import.meta.dir, 'children/dripping.ts')

export interface SlowClients {
  connections: number
  pairs: number
  /** Of the others, in each half of a pair. */
  requests: number
}

/** What the others had. */
interface Round {
  times: number[]
  /** Requests that were not answered as they should be. */
  refused: number
}

/**
 * Connections on which everything comes, or is read, a byte a second: as many with headers, uploads, JSON and answers.
 * How long the small requests of others take is measured with them and without; both take turns. At the end the service
 * has to have ended each of those that were there first, by itself.
 */
export async function slowClients(
  place: Place,
  servers: Servers,
  { connections, pairs, requests }: SlowClients,
): Promise<Figure[]> {
  await using directory = await temporaryDirectory()
  await using database = await freshDatabase(place.engine, servers)
  const serving = await startServe({
    folder: directory.path,
    env: { DATABASE_URL: database.url, TALLYMAN_DATA_DIR: directory.file('data') },
  })
  try {
    const port = Number(new URL(serving.url).port)
    const alone: Round[] = []
    const among: Round[] = []
    const held: number[] = []
    // Everything is prepared once.
    await ask(serving, 200)
    const beforeMb = memoryMb(serving)
    let mostMb = beforeMb
    let isOver = false
    const watching = (async () => {
      while (!isOver) {
        mostMb = Math.max(mostMb, memoryMb(serving))
        await pause(200)
      }
    })()
    let endedMs = 0
    for (let n = 0; n < pairs; n++)
      // Each goes first in turn, since a machine may be slower at first.
      for (const isAlone of n % 2 === 0 ? [true, false] : [false, true]) {
        if (isAlone) {
          alone.push(await ask(serving, requests))
          continue
        }
        const startedMs = performance.now()
        await using dripping = startProcess([process.execPath, child, String(port), String(connections)], {
          env: process.env,
          cwd: import.meta.dir,
        })
        // What its last line is, by its own word.
        const first = JSON.parse(await dripping.said()) as number[]
        // Connecting all of them at once is another matter.
        await pause(settleMs)
        among.push(await ask(serving, requests))
        if (among.length < pairs) continue
        held.push(...(await stillHeld(port, first)))
        endedMs = performance.now() - startedMs
      }
    isOver = true
    await watching
    return [
      figureOf({ place, connections, alone, among, held: held.length, endedMs, grownMb: mostMb - beforeMb }),
    ]
  } finally {
    serving.child.kill('SIGTERM')
    await serving.ended()
  }
}

interface Found {
  place: Place
  connections: number
  alone: Round[]
  among: Round[]
  held: number
  endedMs: number
  grownMb: number
}

function figureOf({ place, connections, alone, among, held, endedMs, grownMb }: Found): Figure {
  const p95 = (rounds: Round[]) => rounds.map(({ times }) => percentile(times, 0.95))
  const ratios = p95(among).map((ms, n) => ms / p95(alone)[n]!)
  const rounds = [...alone, ...among]
  const ms = (value: number) => `${value.toFixed(1)} ms`
  return {
    scenario: 'slow clients',
    where: placeText(place),
    facts: {
      connections,
      kinds: drips.length,
      pairs: alone.length,
      requests: rounds.reduce((sum, { times }) => sum + times.length, 0),
      'p95 alone': ms(median(p95(alone))),
      'among slow ones': ms(median(p95(among))),
      'ratios from': `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
      'memory grown by': `${grownMb.toFixed(0)} MB`,
      'all ended after': `${(endedMs / 1000).toFixed(0)} s`,
    },
    goals: [
      never(
        'others refused',
        rounds.reduce((sum, { refused }) => sum + refused, 0),
      ),
      never('slow ones not ended', held),
      never(`MB beyond ${grownMaxMb}`, Math.max(0, Math.ceil(grownMb - grownMaxMb))),
      { name: 'p95', value: median(ratios), unit: '×', bound: { atMost: ratioMax } },
    ],
  }
}

let suppliers = 0

/** Small requests, so many at a time: reads, a supplier now and then, and a list. */
async function ask({ url }: Serving, requests: number): Promise<Round> {
  const round: Round = { times: [], refused: 0 }
  let next = 0
  const client = async () => {
    while (next < requests) {
      const { path, status, ...init } = requestOf(next++)
      const startedMs = performance.now()
      const response = await fetch(new URL(path, url), init)
      await response.arrayBuffer()
      // An upload is synced to the disk, which is no small thing.
      if (status !== 202) round.times.push(performance.now() - startedMs)
      if (response.status !== status) round.refused++
    }
  }
  await Promise.all(Array.from({ length: others }, client))
  return round
}

const reads = ['/api/v1/suppliers', '/api/v1/items?limit=10', '/api/v1/imports?limit=10', '/readyz']

function requestOf(n: number): RequestInit & { path: string; status: number } {
  if (n % uploadEvery === 0)
    return {
      path: '/api/v1/uploads?supplier=Quick',
      status: 202,
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: 'sku;name;price EUR\nA-1;An article;12.50\n',
    }
  if (n % uploadEvery === 5)
    return {
      path: '/api/v1/suppliers',
      status: 201,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: `Supplier ${++suppliers}` }),
    }
  return { path: reads[n % reads.length]!, status: 200 }
}

/** Waits until the service has ended all connections from these ports; gives those that it has not. */
async function stillHeld(port: number, from: number[]): Promise<number[]> {
  const deadline = performance.now() + patienceMs
  let held = from
  while (held.length > 0 && performance.now() < deadline) {
    const now = heldPorts(port)
    // A port may be taken anew by one that follows; it was ended once.
    held = held.filter((each) => now.has(each))
    await pause(500)
  }
  return held
}

function memoryMb({ child }: Serving): number {
  const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
  return Number(kb ?? 0) / 1024
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
