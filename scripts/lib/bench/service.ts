import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Parts } from './cases.ts'
import { expectFigures, WrongResult } from './contender.ts'
import type { ListFile, ListFiles } from './files.ts'
import type { LoadPlan, LoadReport } from './load-generator.ts'
import type { Place, Places } from './places.ts'

/** How the API answered while nothing happened, and while a list was imported. */
export interface ServiceResult {
  rows: number
  plan: Omit<LoadPlan, 'origin'>
  phases: LoadReport
  /** How long each phase of the import lasted. */
  durationsMs: Record<string, number>
}

/** Pages at a rate that a busy office does not reach; and, by itself, a client that asks as fast as it can. */
const plans = [
  { ratePerSecond: 100, closedLoops: 0, itemsPerPage: 50 },
  { ratePerSecond: 0, closedLoops: 1, itemsPerPage: 50 },
]
const warmUpMs = 2000
const idleMs = 15_000
/** An import of that size takes a minute at most on any machine; twenty mean that it hangs. */
const importMsMax = 20 * 60_000
const pollMs = 20

export type ImportPhase = 'waiting' | 'parsing' | 'publishing'

export interface ServiceOptions {
  places: Places
  files: ListFiles
  signal: AbortSignal
  say: (line: string) => void
}

/** @returns a result for each way to load the API, or null when this version takes no uploads */
export async function measureService(parts: Parts, options: ServiceOptions): Promise<ServiceResult[] | null> {
  const results: ServiceResult[] = []
  for (const plan of plans) {
    const result = await measureImport(parts, options, plan)
    if (result === null) return null
    results.push(result)
  }
  return results
}

/**
 * Starts the service on a catalog with one list of a supplier, and has another supplier's list of the same size
 * uploaded while a process of its own keeps asking for items.
 */
async function measureImport(
  parts: Parts,
  { places, files, signal, say }: ServiceOptions,
  plan: Omit<LoadPlan, 'origin'>,
): Promise<ServiceResult | null> {
  const [base, uploaded] = [await files.csv('base'), await files.csv('all-prices')]
  const place = await places.fresh()
  try {
    const env = { ...parts.env, ...placeEnvironment(places, place) }
    await loadFirst([...parts.program, 'ingest', base.path, '--supplier', 'Resident', '--full'], env)
    await places.settle()
    await using service = await startService([...parts.program, 'serve'], env)
    await using load = await startLoad({ ...plan, origin: service.origin }, parts.env)
    await delay(warmUpMs, undefined, { signal })
    load.begin('idle')
    await delay(idleMs, undefined, { signal })
    const importUrl = await upload(service.origin, uploaded)
    if (importUrl === null) return null
    const durationsMs = await followPhases(importUrl, { signal, begin: load.begin })
    const phases = await load.end()
    refuseErrors(phases)
    const totals = await places.look(
      place,
      'select count(*) as items, sum(price_e4) as price_sum from supplier_items where gone_at is null',
    )
    expectFigures('the service', totals, {
      items: base.facts.rows + uploaded.facts.rows,
      price_sum: (base.facts.priceSumCents + uploaded.facts.priceSumCents) * 100,
    })
    const lasted = Object.entries(durationsMs).map(([phase, ms]) => `${phase} ${(ms / 1000).toFixed(1)} s`)
    say(`api, ${files.rows.toLocaleString('en')} rows: ${lasted.join(', ')}`)
    return { rows: files.rows, plan, phases, durationsMs }
  } finally {
    await places.remove(place)
  }
}

/** Answers that are errors are quick, and a table of them would look good. A few are shown beside the figures. */
const errorShareMax = 0.01

function refuseErrors(phases: LoadReport): void {
  for (const [kind, { count, errors }] of Object.entries(phases.idle ?? {}))
    if (errors > count * errorShareMax)
      throw new WrongResult(`The idle API answered ${errors} of ${count} requests (${kind}) with errors.`)
}

function placeEnvironment(places: Places, place: Place): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    PORT: '0',
    TALLYMAN_DATA_DIR: place.folder,
    DATABASE_URL: places.engine === 'sqlite' ? `sqlite:${place.database}` : place.database,
    TALLYMAN_LOG_LEVEL: 'info',
    TALLYMAN_LOG_FORMAT: 'json',
  }
}

async function loadFirst(command: string[], env: Record<string, string>): Promise<void> {
  const child = Bun.spawn(command, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const said = await new Response(child.stderr).text()
  if ((await child.exited) !== 0) throw new WrongResult(`The catalog could not be filled: ${said.trim()}`)
}

interface Service extends AsyncDisposable {
  origin: string
}

async function startService(command: string[], env: Record<string, string>): Promise<Service> {
  const child = Bun.spawn(command, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = async () => {
    child.kill('SIGTERM')
    await child.exited
  }
  try {
    return { origin: await listeningAt(child.stdout), [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The rest of the log is read and dropped, so that a full pipe never stops the service. */
async function listeningAt(stdout: ReadableStream<Uint8Array>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const read = async () => {
    const decoder = new TextDecoder()
    let text: string | null = ''
    for await (const chunk of stdout) {
      if (text === null) continue
      text += decoder.decode(chunk, { stream: true })
      const url = /"url":"(http:[^"]+)"/.exec(text)?.[1]
      if (url === undefined) continue
      resolve(new URL(url).origin)
      text = null
    }
    reject(new WrongResult(`The service ended before it listened: ${text}`))
  }
  read().catch(reject)
  return promise
}

interface Load extends AsyncDisposable {
  begin(phase: string): void
  end(): Promise<LoadReport>
}

async function startLoad(loadPlan: LoadPlan, env: Record<string, string>): Promise<Load> {
  const script = join(import.meta.dir, 'load-generator.ts')
  const child = Bun.spawn([process.execPath, script, JSON.stringify(loadPlan)], {
    env,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  return {
    begin(phase) {
      child.stdin.write(`${phase}\n`)
      child.stdin.flush()
    },
    async end() {
      child.stdin.end()
      // Printed by the script.
      return (await new Response(child.stdout).json()) as LoadReport
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}

/** @returns where the import can be asked for, or null when this version takes no uploads */
async function upload(origin: string, file: ListFile): Promise<string | null> {
  // Nothing is sent first: a version without uploads would hang up on a long body, and its answer would be lost.
  const probe = await fetch(`${origin}/api/v1/uploads`, { method: 'POST' })
  await probe.arrayBuffer()
  if (probe.status === 404 || probe.status === 405) return null
  const query = new URLSearchParams({ supplier: 'Newcomer', mode: 'full', file_name: 'list.csv' })
  const response = await fetch(`${origin}/api/v1/uploads?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: Bun.file(file.path),
  })
  const location = response.headers.get('location')
  if (response.status !== 202 || location === null)
    throw new WrongResult(`The upload was answered with ${response.status}: ${await response.text()}`)
  return new URL(location, origin).href
}

/**
 * Asks for the import until it is done, and names every phase as it begins, at last `after`.
 * @returns how long each one lasted, in milliseconds
 * @throws WrongResult when it does not end well
 */
export async function followPhases(
  importUrl: string,
  { signal, begin }: { signal: AbortSignal; begin: (phase: string) => void },
): Promise<Record<string, number>> {
  const durations: Record<string, number> = {}
  const startedAt = performance.now()
  let current: { phase: ImportPhase; since: number } | null = null
  const enter = (phase: ImportPhase | null) => {
    if (phase === (current?.phase ?? null)) return
    const now = performance.now()
    if (current !== null) durations[current.phase] = (durations[current.phase] ?? 0) + now - current.since
    current = phase === null ? null : { phase, since: now }
    begin(phase ?? 'after')
  }
  while (performance.now() - startedAt < importMsMax) {
    const phase = await phaseOf(importUrl)
    enter(phase)
    if (phase === null) return durations
    await delay(pollMs, undefined, { signal })
  }
  throw new WrongResult(`The import was not done within ${importMsMax / 60_000} minutes.`)
}

/** What the import is at. @returns null when it is done */
async function phaseOf(importUrl: string): Promise<ImportPhase | null> {
  const response = await fetch(importUrl)
  if (!response.ok)
    throw new WrongResult(`The import was answered with ${response.status}: ${await response.text()}`)
  // As far as it is looked at; a status that is not known here ends the benchmark.
  const said = (await response.json()) as { status: string; progress?: { phase?: string | null } | null }
  if (said.status === 'completed') return null
  if (said.status === 'pending') return 'waiting'
  if (said.status !== 'running') throw new WrongResult(`The import ended as ${said.status}.`)
  const phase = said.progress?.phase
  if (phase === 'writing') return 'publishing'
  return phase === 'reading' ? 'parsing' : 'waiting'
}
