import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listServer } from './fetch-kills.ts'
import { atLeastOne, type Figure, never } from './figure.ts'

/** What has to happen one after the other for each list that is taken in. */
export const orderedSteps = [
  'bytes written',
  'file synced',
  'file in its place',
  'its folder synced',
  'the folder of a new folder synced',
  'note in its place',
  'its folder synced again',
  'commit written',
  'answer',
] as const

const child = join(import.meta.dir, 'children/fetcher.ts')
const calls = 'openat,write,pwrite64,fsync,fdatasync,link,linkat,rename,renameat,renameat2,close'

/**
 * Follows the system calls of a process that takes lists in, and sees that nothing is answered before it is safe.
 * @returns null: system calls cannot be followed here
 */
export async function order({ lists }: { lists: number }): Promise<Figure[] | null> {
  const folder = await mkdtemp(join(tmpdir(), 'tallyman-order-'))
  await using ends = new AsyncDisposableStack()
  ends.defer(() => rm(folder, { recursive: true, force: true }))
  const server = ends.adopt(listServer(), (each) => each.stop(true))
  const traced = await tracedCalls(
    [process.execPath, child, join(folder, 'data'), server.url.origin, String(lists)],
    { trace: join(folder, 'trace') },
  )
  if (traced === null) return null
  const hashes = traced.output.split('\n').filter((line) => line.length === 64)
  const found = outOfOrder(traced.calls, hashes)
  for (const fault of found) console.error(fault)
  return [
    {
      scenario: 'order',
      where: 'system calls, a folder, SQLite',
      facts: { lists: hashes.length, steps: orderedSteps.join(' → ') },
      goals: [never('out of order', found.length), atLeastOne('lists', hashes.length)],
    },
  ]
}

/** A system call that has ended, as strace writes it with `-y`: descriptors are followed by their path. */
export interface Call {
  name: string
  /** All that stands between its parentheses. */
  said: string
}

/**
 * Runs a program to its end, and follows its calls.
 * @param options.trace a path for what strace writes
 * @returns null: system calls cannot be followed here
 */
export async function tracedCalls(
  program: string[],
  { trace }: { trace: string },
): Promise<{ calls: Call[]; output: string } | null> {
  const trial =
    Bun.which('strace') === null ? null : Bun.spawnSync(['strace', '-f', '-o', '/dev/null', 'true'])
  if (trial?.exitCode !== 0) return null
  const command = ['strace', '-f', '-y', '-s', '100', '-e', `trace=${calls}`, '-o', trace]
  const traced = Bun.spawn([...command, ...program], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = await new Response(traced.stdout).text()
  if ((await traced.exited) !== 0) throw new Error('The process that was followed failed.')
  return { calls: callsIn(await Bun.file(trace).text()), output }
}

/** @param trace of several threads; a call that another one interrupts stands in two lines, and counts at its end */
function callsIn(trace: string): Call[] {
  const begun = new Map<string, string>()
  const found: Call[] = []
  for (const line of trace.split('\n')) {
    const [, thread = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
    const unfinished = /^(.*) <unfinished \.\.\.>$/.exec(text)?.[1]
    if (unfinished !== undefined) {
      begun.set(thread, unfinished)
      continue
    }
    const rest = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1]
    const whole = rest === undefined ? text : `${begun.get(thread) ?? ''}${rest}`
    const [, name, said, result] = /^(\w+)\((.*)\)\s+= (-?\d+)/.exec(whole) ?? []
    if (name !== undefined && said !== undefined && !result?.startsWith('-')) found.push({ name, said })
  }
  return found
}

/** Lists for which a step is missing, or comes before the one that has to come first; in words. */
export function outOfOrder(found: readonly Call[], hashes: readonly string[]): string[] {
  const faults: string[] = []
  const made = new Set<string>()
  let from = 0
  for (const sha256 of hashes) {
    const answered = found.findIndex(({ name, said }) => name === 'write' && said.includes(`"${sha256}`))
    const ofList = found.slice(from, answered + 1)
    from = answered + 1
    const placed = ofList.find(({ name, said }) => name.startsWith('link') && said.includes(`/${sha256}"`))
    const temporary = /"([^"]*\/incoming\/[^"]*)"/.exec(placed?.said ?? '')?.[1] ?? 'no file'
    const folder = `/raw/${sha256.slice(0, 2)}>`
    const is: (((call: Call) => boolean) | null)[] = [
      ({ name, said }) => /write/.test(name) && said.includes(temporary),
      ({ name, said }) => name === 'fsync' && said.includes(temporary),
      (call) => call === placed,
      ({ name, said }) => name === 'fsync' && said.includes(folder),
      // One that was there has its name already.
      made.has(folder) ? null : ({ name, said }) => name === 'fsync' && said.endsWith('/raw>'),
      ({ name, said }) => name.startsWith('rename') && said.includes(`/${sha256}.meta.json"`),
      ({ name, said }) => name === 'fsync' && said.includes(folder),
      ({ name, said }) => /sync|write/.test(name) && /tallyman\.db(-wal)?>/.test(said),
      ({ name, said }) => name === 'write' && said.includes(`"${sha256}`),
    ]
    made.add(folder)
    let at = 0
    for (const [step, isStep] of is.entries()) {
      if (isStep === null) continue
      const next = ofList.findIndex((call, index) => index >= at && isStep(call))
      if (next < 0) {
        faults.push(`${sha256}: "${orderedSteps[step]}" is missing where it belongs`)
        break
      }
      at = next + 1
    }
    // Nothing of the file may be written once it was synced.
    const synced = ofList.findIndex(({ name, said }) => name === 'fsync' && said.includes(temporary))
    if (ofList.slice(synced + 1).some(({ name, said }) => /write/.test(name) && said.includes(temporary)))
      faults.push(`${sha256}: it is written to after it was synced`)
  }
  return faults
}
