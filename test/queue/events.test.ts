import { expect, test } from 'bun:test'
import { openJobEvents, type ToldJob } from '../../src/queue/events.ts'
import { until } from '../helpers/until.ts'

/** Jobs as a test wants them, and how often they were looked at. */
function openTestEvents(options: { heartbeatMs?: number; listenersMax?: number; backlogMax?: number } = {}) {
  let jobs: ToldJob[] = []
  let gone: string[] = []
  let looks = 0
  const events = openJobEvents({
    async read() {
      looks++
      const told = { jobs, gone }
      gone = []
      return told
    },
    onError: () => {},
    lookMs: 5,
    ...options,
  })
  return {
    events,
    looks: () => looks,
    tell(told: ToldJob[], deleted: string[] = []) {
      jobs = told
      gone = deleted
    },
  }
}

test('a listener is told that the connection lives, and nobody is looked after when all have gone', async () => {
  const { events, looks } = openTestEvents({ heartbeatMs: 5 })
  const reader = events.open(null).getReader()
  let text = ''
  while (!text.includes(':\n\n')) text += new TextDecoder().decode((await reader.read()).value)
  expect(looks()).toBeGreaterThan(0)
  await reader.cancel()
  const before = looks()
  const again = events.open(null).getReader()
  await until(() => looks() > before + 3)
  await again.cancel()
  // One look may have been under way.
  const atEnd = looks()
  const other = openTestEvents()
  const clock = other.events.open(null).getReader()
  await until(() => other.looks() > 20)
  await clock.cancel()
  expect(looks()).toBeLessThanOrEqual(atEnd + 1)
})

test('there are only so many listeners, and one that goes makes room', async () => {
  const { events } = openTestEvents({ listenersMax: 2 })
  const first = events.open(null)
  const second = events.open('a')
  expect(() => events.open(null)).toThrow(expect.objectContaining({ code: 'too_many_listeners' }))
  await first.cancel()
  const third = events.open(null)
  await Promise.all([second.cancel(), third.cancel()])
})

test('one that does not read what it is told is let go', async () => {
  const { events, tell } = openTestEvents({ listenersMax: 1, backlogMax: 20 })
  const slow = events.open('a')
  let n = 0
  const next = await until(() => {
    tell([{ id: 'a', text: String(n++), isActive: true }])
    try {
      return events.open('b')
    } catch {
      // There is no room yet.
      return null
    }
  })
  // What had been told is still there, and then it ends.
  let told = 0
  for await (const _ of slow) told++
  expect(told).toBeLessThanOrEqual(20)
  await next.cancel()
})

test('that a job was deleted is told to whoever was told of it, and ends what listens to it alone', async () => {
  const { events, tell } = openTestEvents()
  const job = { id: 'a', text: '{"job_id":"a"}', isActive: true }
  tell([job, { ...job, id: 'b' }])
  const [one, all] = [events.open('a'), events.open(null).getReader()]
  let told = ''
  while (told.split('event: job').length < 3) told += new TextDecoder().decode((await all.read()).value)
  tell([{ ...job, id: 'b' }], ['a'])
  // It ends by itself.
  expect(await new Response(one).text()).toEndWith(
    'event: job\ndata: {"job_id":"a"}\n\nevent: gone\ndata: {"job_id":"a"}\n\n',
  )
  while (!told.includes('gone')) told += new TextDecoder().decode((await all.read()).value)
  expect(told).toEndWith('event: gone\ndata: {"job_id":"a"}\n\n')
  await all.cancel()
})

test('more changes at once than may wait for a listener are told to one that reads them', async () => {
  const { events, tell } = openTestEvents({ backlogMax: 150 })
  const jobs = Array.from({ length: 1000 }, (_, n) => ({ id: `job-${n}`, text: `${n}`, isActive: false }))
  tell(jobs)
  const reader = events.open(null).getReader()
  let text = ''
  while (!text.includes('data: 999\n')) {
    const { value, done } = await reader.read()
    if (done) break
    text += new TextDecoder().decode(value)
  }
  // Each of them once.
  expect([...(text.match(/^data: .+$/gm) ?? [])]).toEqual(jobs.map((job) => `data: ${job.text}`))
  await reader.cancel()
})
