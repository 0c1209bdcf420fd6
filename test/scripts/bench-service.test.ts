import { expect, test } from 'bun:test'
import { followPhases } from '../../scripts/lib/bench/service.ts'

/** Answers like `GET /api/v1/imports/{id}`: one after the other, then the last again and again. */
function importServer(answers: unknown[]) {
  let asked = 0
  return Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => Response.json(answers[Math.min(asked++, answers.length - 1)]),
  })
}

const running = (phase: string) => ({ status: 'running', progress: { phase } })
const signal = new AbortController().signal

test('an import is followed through its phases, each named once as it begins', async () => {
  await using server = importServer([
    ...[{ status: 'pending', progress: null }, running('waiting'), running('reading'), running('reading')],
    ...[running('writing'), { status: 'completed', progress: null }],
  ])
  const phases: string[] = []
  const durations = await followPhases(server.url.href, { signal, begin: (phase) => phases.push(phase) })
  expect(phases).toEqual(['waiting', 'parsing', 'publishing', 'after'])
  expect(Object.keys(durations)).toEqual(['waiting', 'parsing', 'publishing'])
  for (const duration of Object.values(durations)) expect(duration).toBeGreaterThan(0)
})

test('an import that ends otherwise ends the benchmark', async () => {
  await using server = importServer([running('reading'), { status: 'held' }])
  await expect(followPhases(server.url.href, { signal, begin: () => {} })).rejects.toThrow(
    'The import ended as held.',
  )
})
