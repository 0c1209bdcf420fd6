import { describe, expect, test } from 'bun:test'
import { hostname } from 'node:os'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'
import { descendants, processState } from '../helpers/processes.ts'
import { type Serving, startServe } from '../helpers/serve.ts'
import { until } from '../helpers/until.ts'

const longList = priceList(100_000)

interface ImportJson {
  id: string
  status: string
  analyzed_by: string | null
  progress: { rows: number } | null
  counts: { accepted: number }
}

async function upload({ url }: Serving, list: string, supplier = 'Acme'): Promise<ImportJson> {
  const response = await fetch(new URL(`/api/v1/uploads?supplier=${supplier}`, url), {
    method: 'POST',
    // A connection that an earlier service had under the same port is of no use.
    keepalive: false,
    headers: { 'content-type': 'text/csv', 'content-disposition': 'attachment; filename="list.csv"' },
    body: list,
  })
  expect(response.status).toBe(202)
  return (await response.json()) as ImportJson
}

async function importOf({ url }: Serving, id: string): Promise<ImportJson> {
  return (await (
    await fetch(new URL(`/api/v1/imports/${id}`, url), { keepalive: false })
  ).json()) as ImportJson
}

const ended = (serving: Serving, id: string) =>
  until(async () => {
    const found = await importOf(serving, id)
    return found.status === 'pending' || found.status === 'running' ? null : found
  })

const isBeingRead = (serving: Serving, id: string) =>
  until(async () => ((await importOf(serving, id)).progress?.rows ?? 0) > 0)

const states = (program: TestProgram) =>
  program.rows('select i.status, j.state from imports i join jobs j on j.import_id = i.id order by i.id')

for (const engine of engines) {
  describe(engine, () => {
    test('an upload is read by the analyzer; SIGTERM in the middle loses nothing and leaves nothing', async () => {
      await using program = await openProgram(engine)
      const first = await startServe(program)
      let id: string
      try {
        const small = await upload(first, priceList(3))
        expect(await ended(first, small.id)).toMatchObject({ status: 'completed', analyzed_by: 'analyzer' })
        id = (await upload(first, longList, 'Other')).id
        await isBeingRead(first, id)
        const processes = descendants(first.child.pid)
        expect(processes.length).toBeGreaterThan(1)
        first.child.kill('SIGTERM')
        // As a service manager or a terminal does it: to everyone.
        for (const { pid } of processes) process.kill(pid, 'SIGTERM')
        const { code, messages, stderr } = await first.ended()
        expect([code, stderr]).toEqual([0, ''])
        expect(messages).toContain('stopping')
        for (const { pid } of processes) expect(processState(pid)).toBe('gone')
      } finally {
        first.child.kill('SIGKILL')
      }
      // On a quick machine it was done within the grace.
      expect([
        { status: 'pending', state: 'queued' },
        { status: 'completed', state: 'succeeded' },
      ]).toContainEqual((await states(program))[1] as { status: string; state: string })
      expect(await program.leftovers()).toEqual([])
      const second = await startServe(program)
      try {
        expect(await ended(second, id)).toMatchObject({ status: 'completed', counts: { accepted: 100_000 } })
      } finally {
        second.child.kill('SIGTERM')
        await second.ended()
      }
    }, 120_000)

    test('kill -9 leaves no process behind, and the next start reads the file to its end', async () => {
      await using program = await openProgram(engine)
      const first = await startServe(program)
      const { id } = await upload(first, longList)
      const waiting = await upload(first, priceList(3))
      await isBeingRead(first, id)
      const processes = descendants(first.child.pid)
      first.child.kill('SIGKILL')
      await first.ended()
      for (const { pid } of processes) await until(() => processState(pid) === 'gone')
      expect(await states(program)).toEqual([
        { status: 'running', state: 'running' },
        { status: 'pending', state: 'queued' },
      ])
      const second = await startServe(program)
      try {
        expect(await ended(second, id)).toMatchObject({ status: 'completed', counts: { accepted: 100_000 } })
        expect(await ended(second, waiting.id)).toMatchObject({ status: 'completed' })
      } finally {
        second.child.kill('SIGTERM')
        await second.ended()
      }
      expect(await program.leftovers()).toEqual([])
    }, 120_000)
  })
}

test('a second one on the same folder is refused, and told by whom; the first one goes on', async () => {
  await using program = await openProgram('sqlite')
  const first = await startServe(program)
  try {
    const refused = await startServe(program).catch((error: Error) => error)
    expect(String(refused)).toContain(
      `${program.dataFolder} is served already by process ${first.child.pid} on ${hostname()} since `,
    )
    expect(String(refused)).toContain(`at ${first.url}. Stop that one first`)
    expect((await fetch(new URL('/readyz', first.url))).status).toBe(200)
  } finally {
    first.child.kill('SIGKILL')
    await first.ended()
  }
  // The lock went with the process.
  const next = await startServe(program)
  next.child.kill('SIGTERM')
  expect(await next.ended()).toMatchObject({ code: 0 })
}, 60_000)

test('of several that start at the same moment exactly one wins', async () => {
  await using program = await openProgram('sqlite')
  const started = await Promise.allSettled([1, 2, 3].map(() => startServe(program)))
  const winners = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const losers = started.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []))
  for (const { child, ended } of winners) {
    child.kill('SIGTERM')
    await ended()
  }
  expect(winners).toHaveLength(1)
  for (const reason of losers) expect(reason).toContain('is served already by')
}, 60_000)
