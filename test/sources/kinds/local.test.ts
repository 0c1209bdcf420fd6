import { expect, test } from 'bun:test'
import { renameSync, symlinkSync, unlinkSync } from 'node:fs'
import { appendFile, mkdir, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises'
import { openArchive } from '../../../src/files/archive.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { openWayOut } from '../../../src/lib/outbound/way-out.ts'
import {
  connectorOf,
  type Fetched,
  type FetchProgress,
  fetchSettingsDefault,
} from '../../../src/sources/kinds/index.ts'
import { rejection } from '../../helpers/open-database.ts'
import { rawPath } from '../../helpers/raw-file.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'

const local = connectorOf('local')
/** As for the first fetch of a source. */
const nothingKnown = {
  last: null,
  learned: null,
  learn: async () => {},
  bytesEnough: null,
  out: openWayOut({ allow: [], clock: systemClock, userAgent: 'test' }),
}
const noted = new Date('2026-11-22T09:00:00.000Z')

interface Fixture extends AsyncDisposable {
  /** The folder that may be read. */
  lists: string
  path(name: string): string
  write(name: string, text: string, changedAt?: Date): Promise<string>
  fetch(config: object, options?: Partial<Given>): Promise<Fetched>
  /** What was fetched, as text; kept, since that is what its receiver does. */
  text(fetched: Fetched): Promise<string>
}

interface Given {
  folders: string[]
  sizeBytesMax: number
  signal: AbortSignal
  onProgress: (progress: FetchProgress) => void
}

async function open(): Promise<Fixture> {
  const directory = await temporaryDirectory()
  const lists = directory.file('lists')
  await mkdir(lists)
  const archive = openArchive(directory.file('raw'))
  const path = (name: string) => `${lists}/${name}`
  return {
    lists,
    path,
    async write(name, text, changedAt) {
      await writeFile(path(name), text)
      if (changedAt !== undefined) await utimes(path(name), changedAt, changedAt)
      return path(name)
    },
    fetch: async (config, { folders = [lists], ...options } = {}) => {
      const fetched = await local.fetch!(
        { settle_seconds: 0.1, ...config },
        {
          archive,
          clock: { now: () => noted },
          settings: { ...fetchSettingsDefault, localFolders: folders },
          sizeBytesMax: 1_000_000,
          ...nothingKnown,
          onProgress: () => {},
          signal: new AbortController().signal,
          ...options,
        },
      )
      // A file is read whole each time.
      if (fetched.received === null) throw new Error('It was not read.')
      return fetched
    },
    text: async ({ received }) => Bun.file(rawPath(archive, (await received.keep()).sha256)).text(),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  }
}

test('a file that does not change is fetched, with its name and when it was so', async () => {
  await using fixture = await open()
  const path = await fixture.write('Preise.csv', 'a;b')
  const told: FetchProgress[] = []
  const fetched = await fixture.fetch({ path }, { onProgress: (progress) => told.push(progress) })
  expect(fetched).toMatchObject({ fileName: 'Preise.csv', fetchedAt: noted })
  expect(await fixture.text(fetched)).toBe('a;b')
  expect(told.at(-1)).toEqual({ bytes: 3, bytesTotal: 3 })
})

test('a file that is still being written is waited for, and refused for now when that goes on', async () => {
  await using fixture = await open()
  const path = await fixture.write('list.csv', 'a')
  const writing = setInterval(() => void appendFile(path, 'more;'), 20)
  try {
    expect(await rejection(fixture.fetch({ path }))).toMatchObject({
      name: 'UnavailableError',
      code: 'file_not_settled',
      message: expect.stringContaining(path),
    })
  } finally {
    clearInterval(writing)
  }
}, 30_000)

test('a file with a mark is read when that is there, and not before, whether or not it changes', async () => {
  await using fixture = await open()
  const path = await fixture.write('list.csv', 'a;b')
  for (const [done_file, mark] of [
    ['.done', 'list.csv.done'],
    ['READY', 'READY'],
  ] as const) {
    const config = { path, done_file, settle_seconds: 600 }
    expect(await rejection(fixture.fetch(config))).toMatchObject({
      name: 'UnavailableError',
      code: 'file_not_complete',
      message: expect.stringContaining(mark),
    })
    await fixture.write(mark, '')
    expect(await fixture.text(await fixture.fetch(config))).toBe('a;b')
  }
})

test('of a folder the newest file that its pattern names is taken, by name where they are as old', async () => {
  await using fixture = await open()
  const hours = (count: number) => new Date(Date.UTC(2026, 10, 22, count))
  await fixture.write('prices-1.csv', 'one', hours(1))
  await fixture.write('prices-2.csv', 'two', hours(3))
  await fixture.write('prices-3.csv', 'three', hours(3))
  await fixture.write('stock.csv', 'stock', hours(5))
  await fixture.write('prices-4.csv.part', 'half', hours(6))
  await fixture.write('.prices-5.csv', 'hidden', hours(7))
  await mkdir(fixture.path('prices-9.csv'))
  const config = { path: fixture.lists, files: 'prices-*.csv' }
  expect(await fixture.fetch(config)).toMatchObject({ fileName: 'prices-3.csv' })
  expect(await fixture.fetch({ path: fixture.lists })).toMatchObject({ fileName: 'stock.csv' })
  expect(await fixture.fetch({ path: fixture.lists, files: '*.{csv,xlsx}' })).toMatchObject({
    fileName: 'stock.csv',
  })
  expect(await rejection(fixture.fetch({ ...config, files: '*.xlsx' }))).toMatchObject({
    code: 'no_such_file',
    message: expect.stringContaining('*.xlsx'),
  })
}, 30_000)

test('of a folder with marks the newest list that has one is taken', async () => {
  await using fixture = await open()
  const config = { path: fixture.lists, done_file: '.done' }
  await fixture.write('old.csv', 'old', new Date(Date.UTC(2026, 10, 1)))
  await fixture.write('new.csv', 'new', new Date(Date.UTC(2026, 10, 2)))
  expect(await rejection(fixture.fetch(config))).toMatchObject({ code: 'file_not_complete' })
  await fixture.write('old.csv.done', '')
  expect(await fixture.fetch(config)).toMatchObject({ fileName: 'old.csv' })
  await fixture.write('new.csv.done', '')
  expect(await fixture.fetch(config)).toMatchObject({ fileName: 'new.csv' })
})

test('nothing is read outside of the folders that the settings name, by whatever way', async () => {
  await using fixture = await open()
  const outside = `${fixture.lists}-private`
  await mkdir(outside)
  await writeFile(`${outside}/secret.csv`, 'secret')
  await symlink(`${outside}/secret.csv`, fixture.path('link.csv'))
  await symlink(outside, fixture.path('folder'))
  const refused = { name: 'ForbiddenError', code: 'folder_not_allowed' }
  for (const path of [
    `${outside}/secret.csv`,
    `${fixture.lists}/../lists-private/secret.csv`,
    fixture.path('link.csv'),
    fixture.path('folder/secret.csv'),
    fixture.path('folder'),
    '/etc/passwd',
    // Nobody learns what there is outside.
    '/etc/there-is-no-such-file',
  ])
    expect(await rejection(fixture.fetch({ path }))).toMatchObject(refused)
  // A list among others must not be a way out either.
  expect(await rejection(fixture.fetch({ path: fixture.lists }))).toMatchObject(refused)
  const none = await rejection(fixture.fetch({ path: `${outside}/secret.csv` }, { folders: [] }))
  expect(none).toMatchObject({ ...refused, message: expect.stringContaining('TALLYMAN_LOCAL_FOLDERS') })
})

test('a link within what may be read is followed, and so is one to the folder itself', async () => {
  await using fixture = await open()
  await fixture.write('list.csv', 'a')
  await symlink(fixture.path('list.csv'), fixture.path('newest.csv'))
  expect(await fixture.text(await fixture.fetch({ path: fixture.path('newest.csv') }))).toBe('a')
  const alias = `${fixture.lists}-alias`
  await symlink(fixture.lists, alias)
  expect(await fixture.text(await fixture.fetch({ path: `${alias}/list.csv` }, { folders: [alias] }))).toBe(
    'a',
  )
}, 30_000)

test('a file that takes the place of the one that was looked at is not read', async () => {
  await using fixture = await open()
  const path = await fixture.write('list.csv', 'a')
  await writeFile(`${fixture.lists}-secret`, 'secret')
  // Between the looks and the copying, which asks for the time.
  const fetchWhile = (swap: () => void) =>
    local.fetch!(
      { path, settle_seconds: 0.1 },
      {
        archive: openArchive(`${fixture.lists}-raw`),
        clock: {
          now() {
            swap()
            return noted
          },
        },
        settings: { ...fetchSettingsDefault, localFolders: [fixture.lists] },
        sizeBytesMax: 1000,
        ...nothingKnown,
        onProgress: () => {},
        signal: new AbortController().signal,
      },
    )
  await fixture.write('other.csv', 'b')
  expect(await rejection(fetchWhile(() => renameSync(fixture.path('other.csv'), path)))).toMatchObject({
    code: 'file_not_settled',
  })
  const fetching = fetchWhile(() => {
    unlinkSync(path)
    symlinkSync(`${fixture.lists}-secret`, path)
  })
  expect(await rejection(fetching)).toMatchObject({
    code: expect.stringMatching(/^file_not_(readable|settled)$/),
  })
})

test('what is missing, too large or no file is said', async () => {
  await using fixture = await open()
  const path = await fixture.write('list.csv', 'abc')
  expect(await rejection(fixture.fetch({ path: fixture.path('none.csv') }))).toMatchObject({
    code: 'no_such_file',
  })
  expect(await rejection(fixture.fetch({ path }, { sizeBytesMax: 2 }))).toMatchObject({
    code: 'file_too_large',
  })
  await unlink(path)
  expect(await rejection(fixture.fetch({ path: fixture.lists }))).toMatchObject({ code: 'no_such_file' })
  await rm(fixture.lists, { recursive: true })
  expect(await rejection(fixture.fetch({ path: fixture.lists }))).toMatchObject({
    code: expect.stringMatching(/^(no_such_file|folder_not_allowed)$/),
  })
}, 30_000)

test('fetching ends when it is told to, and leaves nothing behind', async () => {
  await using fixture = await open()
  const path = await fixture.write('list.csv', 'abc')
  const stop = new AbortController()
  const waiting = rejection(fixture.fetch({ path, settle_seconds: 600 }, { signal: stop.signal }))
  stop.abort(new Error('enough'))
  expect(await waiting).toMatchObject({ message: 'enough' })
  const copying = new AbortController()
  const archive = openArchive(`${fixture.lists}-raw`)
  await fixture.write('READY', '')
  const fetching = local.fetch!(
    { path, done_file: 'READY' },
    {
      archive,
      clock: { now: () => noted },
      settings: { ...fetchSettingsDefault, localFolders: [fixture.lists] },
      sizeBytesMax: 1000,
      ...nothingKnown,
      onProgress: () => copying.abort(new Error('enough')),
      signal: copying.signal,
    },
  )
  expect(await rejection(fetching)).toMatchObject({ message: 'enough' })
  expect(
    await Array.fromAsync(new Bun.Glob('**/*').scan({ cwd: `${fixture.lists}-raw`, dot: true })),
  ).toEqual([])
})

test('a configuration that makes no sense is refused, and says where', () => {
  for (const [config, where] of [
    [{}, 'path'],
    [{ path: 'lists/a.csv' }, 'path'],
    [{ path: '/a\0b' }, 'path'],
    [{ path: '/a', files: 'sub/*.csv' }, 'files'],
    [{ path: '/a', done_file: '' }, 'done_file'],
    [{ path: '/a', settle_seconds: 0 }, 'settle_seconds'],
    [{ path: '/a', pattern: '*.csv' }, 'pattern'],
    [null, 'object'],
  ] as const) {
    let thrown: unknown = null
    try {
      local.fileNameOf(config)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'invalid_config', message: expect.stringContaining(where) })
  }
})

test('before anything is fetched a list goes by the name of its file, or by its pattern', () => {
  expect(local.fileNameOf({ path: '/srv/lists/acme.csv' })).toBe('acme.csv')
  expect(local.fileNameOf({ path: '/srv/lists', files: '*.csv' })).toBe('*.csv')
  expect(local.fileNameOf({ path: '/srv/lists/' })).toBe('lists')
})
