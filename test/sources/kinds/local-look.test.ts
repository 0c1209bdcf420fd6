import { expect, test } from 'bun:test'
import { appendFile, mkdir, utimes, writeFile } from 'node:fs/promises'
import { openArchive } from '../../../src/files/archive.ts'
import type { Origin } from '../../../src/imports/model.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { openWayOut } from '../../../src/lib/outbound/way-out.ts'
import { connectorOf, fetchSettingsDefault, type Looked } from '../../../src/sources/kinds/index.ts'
import { rejection } from '../../helpers/open-database.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'

const local = connectorOf('local')

interface Fixture extends AsyncDisposable {
  lists: string
  /** Fetches, and says what was said of the file. */
  fetch(config: object): Promise<Origin>
  look(config: object, last: Origin): Promise<Looked>
}

async function open(): Promise<Fixture> {
  const directory = await temporaryDirectory()
  const lists = directory.file('lists')
  await mkdir(lists)
  const context = {
    clock: systemClock,
    settings: { ...fetchSettingsDefault, localFolders: [lists] },
    sizeBytesMax: 1000,
    learned: null,
    learn: async () => {},
    out: openWayOut({ allow: [], clock: systemClock, userAgent: 'test' }),
    signal: new AbortController().signal,
  }
  return {
    lists,
    async fetch(config) {
      const fetched = await local.fetch!(
        { settle_seconds: 0.1, ...config },
        {
          ...context,
          archive: openArchive(directory.file('raw')),
          last: null,
          bytesEnough: null,
          onProgress: () => {},
        },
      )
      if (fetched.received === null) throw new Error('It was not read.')
      await fetched.received.discard()
      return fetched.origin
    },
    look: (config, last) => local.look!(config, { ...context, last }),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  }
}

test('a look finds a file the same until it is longer or was written anew', async () => {
  await using fixture = await open()
  const path = `${fixture.lists}/a.csv`
  await writeFile(path, 'a;b')
  const last = await fixture.fetch({ path })
  expect(await fixture.look({ path }, last)).toBe('same')
  const later = new Date(Date.now() + 5000)
  await utimes(path, later, later)
  expect(await fixture.look({ path }, last)).toBe('changed')
  const touched = await fixture.fetch({ path })
  await appendFile(path, '\n')
  await utimes(path, later, later)
  expect(await fixture.look({ path }, touched)).toBe('changed')
})

test('a newer file of a folder is seen, and not before it is marked as complete', async () => {
  await using fixture = await open()
  const config = { path: fixture.lists, done_file: '.done' }
  await writeFile(`${fixture.lists}/a.csv`, 'a;b')
  await writeFile(`${fixture.lists}/a.csv.done`, '')
  const last = await fixture.fetch(config)
  const later = new Date(Date.now() + 5000)
  await writeFile(`${fixture.lists}/b.csv`, 'a;c')
  await utimes(`${fixture.lists}/b.csv`, later, later)
  expect(await fixture.look(config, last)).toBe('same')
  await writeFile(`${fixture.lists}/b.csv.done`, '')
  expect(await fixture.look(config, last)).toBe('changed')
  await writeFile(`${fixture.lists}/c.csv`, 'a;d')
  expect(await fixture.look({ path: `${fixture.lists}/c.csv`, done_file: '.done' }, last)).toBe('same')
})

test('a look at what is gone or may not be read says so', async () => {
  await using fixture = await open()
  const path = `${fixture.lists}/a.csv`
  await writeFile(path, 'a;b')
  const last = await fixture.fetch({ path })
  expect(await rejection(fixture.look({ path: `${fixture.lists}/none.csv` }, last))).toMatchObject({
    code: 'no_such_file',
  })
  expect(await rejection(fixture.look({ path: '/etc/passwd' }, last))).toMatchObject({
    code: 'folder_not_allowed',
  })
})

test('a kind whose files are handed in has nothing to look at', () => {
  expect(connectorOf('upload').look).toBeNull()
})
