import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { descendants, processState } from '../helpers/processes.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'
import { until } from '../helpers/until.ts'
import { executable, firstMatch } from './child.ts'

const samples = join(import.meta.dir, '../../scripts/samples')

/** The executable alone: an empty folder, no environment, nothing else of the project but a price list. */
describe.skipIf(executable === null)('the executable', () => {
  test('says which version it is', async () => {
    await using folder = await temporaryDirectory()
    const { version } = await Bun.file(join(import.meta.dir, '../../package.json')).json()
    expect(await run(folder.path, 'version', '--json')).toMatchObject({ code: 0, json: { version } })
  })

  test('migrates, imports a list and its next version, lists the items and a history', async () => {
    await using folder = await temporaryDirectory()
    const ingest = (file: string) =>
      run(folder.path, 'ingest', join(samples, file), '--supplier', 'Brandt', '--full', '--json')
    expect(await run(folder.path, 'migrate', 'up', '--json')).toMatchObject({ code: 0 })

    const first = await ingest('werkzeug-brandt-2026-10.csv')
    expect(first).toMatchObject({ code: 3, json: { status: 'partial_success', counts: { rejected: 2 } } })
    const again = await ingest('werkzeug-brandt-2026-10.csv')
    expect(again).toMatchObject({ code: 0, json: { status: 'unchanged' } })
    const next = await ingest('werkzeug-brandt-2026-11.csv')
    expect(next).toMatchObject({ code: 3, json: { status: 'partial_success', counts: { accepted: 14 } } })

    const items = await run(folder.path, 'items', '--sku', '20-2015', '--json')
    expect(items).toMatchObject({
      code: 0,
      json: { items: [{ name: 'Kombizange 180 mm, isoliert 1000 V', price: '28.95', currency: 'EUR' }] },
    })
    const history = await run(folder.path, 'history', '20-2015', '--json')
    expect(prices(history.json)).toEqual(['27.95', '28.95'])
  }, 60_000)

  test('reads what is uploaded in processes of its own, which end with it even when it is killed', async () => {
    await using folder = await temporaryDirectory()
    const service = start(folder.path, ['serve'], { PORT: '0' })
    try {
      const url = await firstMatch(service.stdout, /"message":"listening","url":"(http:[^"]+)"/)
      const upload = await fetch(new URL('api/v1/uploads?supplier=Brandt', url), {
        method: 'POST',
        headers: { 'content-type': 'text/csv', 'content-disposition': 'attachment; filename="list.csv"' },
        body: Bun.file(join(samples, 'werkzeug-brandt-2026-10.csv')),
      })
      const { id } = (await upload.json()) as { id: string }
      const ended = await until(async () => {
        const found = (await (await fetch(new URL(`api/v1/imports/${id}`, url))).json()) as { status: string }
        return found.status === 'pending' || found.status === 'running' ? null : found
      })
      expect(ended).toMatchObject({
        status: 'partial_success',
        analyzed_by: 'analyzer',
        fallback_reason: null,
      })
      const processes = descendants(service.pid)
      expect(processes.map(({ command }) => command.split(' ').at(-1)).sort()).toEqual(
        expect.arrayContaining(['analyze-child', 'analyzer']),
      )
      service.kill('SIGKILL')
      for (const { pid } of processes) await until(() => processState(pid) === 'gone')
    } finally {
      service.kill('SIGKILL')
    }
  }, 60_000)

  test('serves, and stops when it is told to', async () => {
    await using folder = await temporaryDirectory()
    const service = start(folder.path, ['serve'], { PORT: '0' })
    try {
      const url = await firstMatch(service.stdout, /"url":"(http:[^"]+)"/)
      // A search has a thread of its own, and the page is embedded: both are easily left out of an executable.
      for (const path of [
        'livez',
        'readyz',
        'api/v1/items',
        'api/v1/items?search=x',
        'swagger/swagger-ui-bundle.js',
      ]) {
        const response = await fetch(new URL(path, url))
        expect([path, response.status]).toEqual([path, 200])
      }
      // What a query may say is checked by code that looks at names, which a build can take away.
      for (const query of ['limit=0', 'limit=-5', 'limit=1001', 'limit=1e20', 'limit=x', 'with_gone=x']) {
        const response = await fetch(new URL(`api/v1/items?${query}`, url))
        expect([query, response.status]).toEqual([query, 422])
      }
      service.kill('SIGTERM')
      expect(await service.exited).toBe(0)
    } finally {
      service.kill('SIGKILL')
    }
  }, 60_000)
})

interface Outcome {
  code: number
  /** What it printed; null where it printed nothing. */
  json: unknown
  stderr: string
}

async function run(cwd: string, ...args: string[]): Promise<Outcome> {
  const child = start(cwd, args, {})
  const [code, stdout, stderr] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code, json: stdout === '' ? null : JSON.parse(stdout), stderr }
}

function start(cwd: string, args: string[], env: Record<string, string>) {
  if (executable === null) throw new Error('There is no executable to start.')
  return Bun.spawn([executable, ...args], { cwd, env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
}

/** Of `history --json`, oldest first. */
function prices(json: unknown): string[] {
  const { items } = json as { items: { history: { price: string; recorded_at: string }[] }[] }
  return items.flatMap(({ history }) =>
    history.toSorted((a, b) => (a.recorded_at < b.recorded_at ? -1 : 1)).map(({ price }) => price),
  )
}
