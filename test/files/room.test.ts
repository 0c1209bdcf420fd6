import { expect, test } from 'bun:test'
import { openRoom } from '../../src/files/room.ts'
import { rejection } from '../helpers/open-database.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

/** No disk has that much room. */
const tooMuch = Number.MAX_SAFE_INTEGER

test('there is room where so much is free, and where the folder is not there yet', async () => {
  await using folder = await temporaryDirectory()
  expect(await openRoom({ folder: folder.path, freeBytesMin: 1 }).lack()).toBe(null)
  expect(await openRoom({ folder: folder.file('nowhere'), freeBytesMin: tooMuch }).lack()).toBe(null)
})

test('with too little room nothing is taken in, and it is said what to do', async () => {
  await using folder = await temporaryDirectory()
  const room = openRoom({ folder: folder.path, freeBytesMin: tooMuch })
  expect(await room.lack()).toContain('TALLYMAN_DISK_FREE_MIN')
  expect(await rejection(room.require())).toMatchObject({
    name: 'UnavailableError',
    code: 'disk_full',
    retryAfterMs: 10_000,
  })
})

test('after a write that found no room there is none for a while, whatever the disk says', async () => {
  await using folder = await temporaryDirectory()
  let now = 0
  const room = openRoom({ folder: folder.path, freeBytesMin: 0, now: () => now })
  expect(await room.lack()).toBe(null)
  room.wasFull()
  expect(await room.lack()).toContain(folder.path)
  now = 9999
  expect(await room.lack()).not.toBe(null)
  now = 10_000
  expect(await room.lack()).toBe(null)
})

test('the disk is looked at again after a while', async () => {
  await using folder = await temporaryDirectory()
  let now = 0
  const room = openRoom({ folder: folder.file('later'), freeBytesMin: tooMuch, now: () => now })
  expect(await room.lack()).toBe(null)
  await Bun.write(folder.file('later/file'), '')
  now = 1999
  expect(await room.lack()).toBe(null)
  now = 2000
  expect(await room.lack()).not.toBe(null)
})

test('whoever waits for room is let go as soon as there is some, or with the signal', async () => {
  await using folder = await temporaryDirectory()
  let now = 0
  const room = openRoom({ folder: folder.path, freeBytesMin: 0, now: () => now })
  const never = new AbortController()
  await room.wait(never.signal)
  room.wasFull()
  const stopped = new AbortController()
  const stopping = room.wait(stopped.signal)
  stopped.abort()
  await stopping
  const waiting = room.wait(never.signal)
  now = 20_000
  await waiting
})
