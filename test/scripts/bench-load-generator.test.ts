import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { LoadPlan, LoadReport } from '../../scripts/lib/bench/load-generator.ts'

test('requests are counted in the phase in which they were sent, pages follow their cursor, errors are told', async () => {
  const asked: string[] = []
  let isFailing = false
  const counted = { first: Promise.withResolvers<void>(), second: Promise.withResolvers<void>() }
  let seen = 0
  await using server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const { pathname, search } = new URL(request.url)
      asked.push(pathname + search)
      if (++seen === 300) counted.first.resolve()
      if (isFailing && seen >= 600) counted.second.resolve()
      if (isFailing) return new Response('no', { status: 500 })
      if (pathname === '/livez') return Response.json({})
      return Response.json({ items: [], next_cursor: search.includes('cursor=b') ? null : 'b' })
    },
  })
  const plan: LoadPlan = {
    origin: server.url.origin,
    ratePerSecond: 500,
    closedLoops: 1,
    itemsPerPage: 7,
  }
  const script = join(import.meta.dir, '../../scripts/lib/bench/load-generator.ts')
  const child = Bun.spawn([process.execPath, script, JSON.stringify(plan)], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const begin = (phase: string) => {
    child.stdin.write(`${phase}\n`)
    child.stdin.flush()
  }
  begin('calm')
  await Promise.race([counted.first.promise, child.exited])
  isFailing = true
  seen = 0
  begin('stormy')
  await Promise.race([counted.second.promise, child.exited])
  child.stdin.end()
  // What the script prints.
  const report = (await new Response(child.stdout).json()) as LoadReport

  expect(await child.exited).toBe(0)
  expect(Object.keys(report)).toEqual(['calm', 'stormy'])
  for (const kind of ['items', 'livez', 'loop'] as const) {
    expect(report.calm![kind].count).toBeGreaterThan(0)
    expect(report.stormy![kind].errors).toBeGreaterThan(0)
    const { p50, p99, max } = report.calm![kind]
    expect([0, p50, p99, max].toSorted((a, b) => a - b)).toEqual([0, p50, p99, max])
  }
  expect(new Set(asked)).toEqual(
    new Set(['/livez', '/api/v1/items?limit=7', '/api/v1/items?limit=7&cursor=b']),
  )
}, 60_000)
