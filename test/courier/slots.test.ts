import { expect, test } from 'bun:test'
import { openSlots, type Slots, type Turn } from '../../src/courier/slots.ts'
import { rejection } from '../helpers/open-database.ts'

const patient = new AbortController().signal

/** A turn at work. */
async function working(slots: Slots): Promise<Turn> {
  const turn = slots.begin()
  await turn.take(patient)
  return turn
}

/** A turn whose download goes on until it is told to end. */
async function fetching(slots: Slots) {
  const turn = await working(slots)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const fetched = turn.fetching(() => promise, patient)
  return { turn, fetched, end: () => resolve('the file'), fail: reject }
}

/** Waits until it has come to pass, at the slots' own word. */
async function changedUntil(slots: Slots, isSo: () => boolean): Promise<void> {
  while (!isSo()) await slots.changed(patient)
}

test('a job that has begun takes room at once, and gives it back at its end, once', async () => {
  const slots = openSlots({ count: 2 })
  const turn = slots.begin()
  expect(slots.room).toBe(1)
  await turn.take(patient)
  await turn.take(patient)
  expect(slots.room).toBe(1)
  const never = slots.begin()
  expect(slots.room).toBe(0)
  never.end()
  turn.end()
  turn.end()
  expect(slots.room).toBe(2)
})

test('a download that takes long leaves its slot to others', async () => {
  const slots = openSlots({ count: 1, slowAfterMs: 1 })
  const slow = await fetching(slots)
  expect(slots.room).toBe(0)
  await changedUntil(slots, () => slots.room === 1)
  expect(slow.turn.isSlow).toBe(true)
  const other = await working(slots)
  expect(slots.room).toBe(0)
  slow.end()
  expect(await slow.fetched).toBe('the file')
  other.end()
  await slow.turn.take(patient)
  expect(slow.turn.isSlow).toBe(false)
  expect(slots.room).toBe(0)
  slow.turn.end()
  expect(slots.room).toBe(1)
})

test('a download that is over soon keeps its slot', async () => {
  const slots = openSlots({ count: 1, slowAfterMs: 60_000 })
  const quick = await fetching(slots)
  quick.end()
  await quick.fetched
  expect(quick.turn.isSlow).toBe(false)
  expect(slots.room).toBe(0)
})

test('what comes back goes before what has not begun, in the order in which it came', async () => {
  let shrunk = 0
  const slots = openSlots({ count: 1, slowAfterMs: 1, onShrink: () => shrunk++ })
  const order: string[] = []
  const slow = [await fetching(slots)]
  await changedUntil(slots, () => slots.room === 1)
  slow.push(await fetching(slots))
  await changedUntil(slots, () => slots.room === 1)
  const other = await working(slots)
  const back = slow.map(async ({ turn }, index) => {
    await turn.take(patient)
    order.push(`slow ${index}`)
  })
  expect(shrunk).toBe(2)
  // Nobody is to be taken from the queue for a slot that two others wait for.
  other.end()
  expect(slots.room).toBe(0)
  await back[0]
  expect(order).toEqual(['slow 0'])
  slow[0]!.turn.end()
  await back[1]
  slow[1]!.turn.end()
  expect(slots.room).toBe(1)
})

test('slow downloads are bounded: one more keeps its slot until there is room', async () => {
  const slots = openSlots({ count: 1, slowAfterMs: 1, slowBytesPerSecond: 1024 ** 4 })
  const slow: Awaited<ReturnType<typeof fetching>>[] = []
  for (let n = 0; n < 4; n++) {
    slow.push(await fetching(slots))
    await changedUntil(slots, () => slots.room === 1)
  }
  const fifth = await working(slots)
  const { promise, resolve } = Promise.withResolvers<void>()
  // By its size, so that nothing has to be waited for.
  const fetched = fifth.fetching(async (pace) => {
    await pace(1024 ** 3)
    await promise
  }, patient)
  expect(fifth.isSlow).toBe(false)
  expect(slots.room).toBe(0)
  slow[0]!.turn.end()
  expect(fifth.isSlow).toBe(true)
  expect(slots.room).toBe(1)
  resolve()
  await fetched
})

test('who is told to stop waits no longer, and the slot goes to the next', async () => {
  const slots = openSlots({ count: 1 })
  const first = await working(slots)
  const [stopped, next] = [slots.begin(), slots.begin()]
  const stopping = new AbortController()
  const waits = rejection(stopped.take(stopping.signal))
  const served = next.take(patient)
  stopping.abort(new Error('enough'))
  expect(await waits).toMatchObject({ message: 'enough' })
  stopped.end()
  first.end()
  await served
  next.end()
  expect(slots.room).toBe(1)
})

test('one that has ended takes no slot any more, whatever it still does', async () => {
  const slots = openSlots({ count: 1, slowAfterMs: 1 })
  const slow = await fetching(slots)
  await changedUntil(slots, () => slots.room === 1)
  const other = await working(slots)
  const back = slow.turn.take(patient)
  slow.turn.end()
  slow.end()
  await slow.fetched
  other.end()
  await back
  expect(slots.room).toBe(1)
})

test('a large download steps back while others are at work, and not on an idle machine', async () => {
  const slots = openSlots({ count: 2, quickBytesMax: 1000, slowBytesPerSecond: 10_000 })
  const large = await working(slots)
  let came = 0
  const downloading = large.fetching(async (pace) => {
    for (; came < 1_000_000; came += 1000) await pace(1000)
  }, patient)
  const other = await working(slots)
  // What waits for nothing would be over by then.
  await new Promise((resolve) => setImmediate(resolve))
  // At the rate it would take minutes.
  expect(came).toBeLessThan(1_000_000)
  expect(large.isSlow).toBe(true)
  other.end()
  await downloading
  expect(came).toBe(1_000_000)
})
