import { expect, test } from 'bun:test'
import { type EventKind, openEventFeed, type Sighting } from '../../src/events/feed.ts'
import { AppError } from '../../src/lib/errors.ts'
import { until } from '../helpers/until.ts'

/** A feed of jobs that a test changes. */
function openJobs(options: {
  backlogMax?: number
  listenersMax?: number
  rememberedMax?: number
  lingerMs?: number
}) {
  const jobs = new Map<string, number>()
  let looks = 0
  const feed = openEventFeed({
    lookMs: 1,
    ...options,
    onError: (error) => {
      throw error
    },
    async look() {
      looks++
      return [...jobs].map(
        ([id, revision]): Sighting => ({
          kind: 'job',
          id,
          signature: String(revision),
          isActive: false,
        }),
      )
    },
    async show(_kind: EventKind, ids) {
      return new Map(ids.map((id) => [id, JSON.stringify({ id, revision: jobs.get(id) })]))
    },
  })
  return {
    feed,
    looks: () => looks,
    change: (id: string) => void jobs.set(id, (jobs.get(id) ?? 0) + 1),
  }
}

const all = new Set<EventKind>(['job'])
const read = async (stream: ReadableStream<Uint8Array>) => new Response(stream).text()

test('a listener that reads too slowly hears so, and no more', async () => {
  const { feed, change, looks } = openJobs({ backlogMax: 5 })
  const slow = feed.open(all, null)
  await until(() => looks() > 1)
  for (let n = 0; n < 20; n++) {
    change('a')
    const before = looks()
    await until(() => looks() > before + 1)
  }
  const text = await read(slow)
  expect(text).toEndWith('event: dropped\ndata: {"reason":"too_slow"}\n\n')
  expect(text.split('event: job').length).toBeLessThan(7)
})

test('so many may listen, and no more', async () => {
  const { feed } = openJobs({ listenersMax: 2 })
  const [first, second] = [feed.open(all, null), feed.open(all, null)]
  const refusal = (() => {
    try {
      feed.open(all, null)
      return null
    } catch (error) {
      return error
    }
  })()
  expect(refusal).toBeInstanceOf(AppError)
  expect(refusal).toMatchObject({ code: 'too_many_listeners' })
  await first.cancel()
  const third = feed.open(all, null)
  await Promise.all([second.cancel(), third.cancel()])
})

test('nothing is looked at when nobody has listened for a while, and what was missed then is not made up', async () => {
  const { feed, change, looks } = openJobs({ lingerMs: 0 })
  const listener = feed.open(all, null)
  const reader = listener.getReader()
  await until(() => looks() > 0)
  change('a')
  let heard = ''
  while (!heard.includes('event: job')) heard += new TextDecoder().decode((await reader.read()).value)
  const last = /id: (\S+)\nevent: job/.exec(heard)![1]!
  await reader.cancel()
  await until(async () => {
    const before = looks()
    await new Promise((resolve) => setTimeout(resolve, 20))
    return looks() === before
  })
  change('a')
  const again = feed.open(all, last).getReader()
  let text = ''
  while (!text.includes('event: ')) text += new TextDecoder().decode((await again.read()).value)
  expect(text).toContain('event: reset')
  await again.cancel()
})
