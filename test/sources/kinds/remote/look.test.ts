import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { lookAt } from '../../../../src/sources/kinds/remote/look.ts'
import type { RemoteEntry, RemoteFile, RemoteSession } from '../../../../src/sources/kinds/remote/session.ts'

const minute = 60_000

interface Known {
  name: string
  at: number
  /** How coarsely the listing tells its time, in milliseconds; null: not at all. */
  grain: number | null
  isThere: boolean
}

/** A server whose listing is coarse, and how often it was asked about one file. */
function session(files: readonly Known[]): { session: RemoteSession; asked: () => number } {
  let asked = 0
  const fileOf = ({ name, at }: Known): RemoteFile => ({
    folder: '/',
    name,
    shownName: name,
    path: name,
    url: name,
    sizeBytes: 1,
    modifiedAt: new Date(at),
  })
  const entries = files.map(
    ({ name, at, grain }): RemoteEntry => ({
      folder: '/',
      name,
      shownName: name,
      type: 'file',
      sizeBytes: 1,
      changed: grain === null ? null : { from: at - (at % grain), until: at - (at % grain) + grain - 1 },
      isExact: false,
    }),
  )
  return {
    asked: () => asked,
    session: {
      isOpen: true,
      folder: async () => ({ entries, leftOut: 0 }),
      fileAt: async () => null,
      async fileOf({ name }) {
        asked++
        const found = files.find((file) => file.name === name)!
        return found.isThere ? fileOf(found) : null
      },
      again: async (file) => file,
      async *read() {},
      close() {},
    },
  }
}

test('the newest file is found however coarsely a listing tells its time, by name among those as old', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc.record({
          name: fc.stringMatching(/^[a-z]{1,6}$/),
          at: fc.integer({ min: 0, max: 5000 }).map((seconds) => 1_790_000_000_000 + seconds * 1000),
          grain: fc.constantFrom(1, minute, 60 * minute),
          isThere: fc.boolean(),
        }),
        { selector: ({ name }) => name, minLength: 1, maxLength: 30 },
      ),
      async (files) => {
        const newest = files
          .filter(({ isThere }) => isThere)
          .toSorted((a, b) => b.at - a.at || (a.name < b.name ? 1 : -1))[0]
        const found = await lookAt(session(files).session, { path: '/' }).catch(() => null)
        expect(found?.name ?? null).toBe(newest?.name ?? null)
      },
    ),
  ))

test('of thousands of files only those are asked about that may be the newest', async () => {
  const files = Array.from({ length: 9000 }, (_, n) => ({
    name: `list-${String(n).padStart(4, '0')}.csv`,
    at: 1_790_000_000_000 + n * 10_000,
    grain: minute,
    isThere: true,
  }))
  const server = session(files)
  expect((await lookAt(server.session, { path: '/' })).name).toBe('list-8999.csv')
  expect(server.asked()).toBeLessThan(20)
  const untold = session(files.map((file) => ({ ...file, grain: null })))
  // By name, when nothing else is known; and not thousands of them.
  expect((await lookAt(untold.session, { path: '/' })).name).toBe('list-8999.csv')
  expect(untold.asked()).toBe(100)
})
