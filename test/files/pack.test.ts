import { expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { readdir, stat, utimes } from 'node:fs/promises'
import { zstdCompressSync } from 'node:zlib'
import { openArchive } from '../../src/files/archive.ts'
import { s3Store } from '../../src/files/s3-store.ts'
import { rejection } from '../helpers/open-database.ts'
import { rawPath } from '../helpers/raw-file.ts'
import { openBucket } from '../helpers/s3.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

const signal = new AbortController().signal
const list = Array.from({ length: 20_000 }, (_, n) => `A-${n};Bolt M${n % 40};${n % 1000},50\n`).join('')
const limit = { sizeBytesMax: 100_000_000 }

async function open(content: string | Uint8Array) {
  const directory = await temporaryDirectory()
  await Bun.write(directory.file('list.csv'), content)
  const archive = openArchive(directory.file('raw'), { sizeOf: async () => Buffer.byteLength(content) })
  const { sha256 } = await archive.keep(directory.file('list.csv'), limit)
  return {
    archive,
    sha256,
    directory,
    plain: rawPath(archive, sha256),
    packed: `${rawPath(archive, sha256)}.zst`,
    text: async () => {
      await using borrowed = await archive.borrow(sha256)
      return Bun.file(borrowed.path).text()
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  }
}

test('a text list is packed and read as it was, and no copy of it stays', async () => {
  await using bench = await open(list)
  const { archive, sha256, directory } = bench
  const packing = await archive.pack(sha256, signal)
  expect(packing!.savedBytes).toBeGreaterThan(list.length / 2)
  expect((await archive.stat(sha256))?.isPacked).toBe(false)
  expect(await packing!.replace()).toBe(true)
  const stored = await archive.stat(sha256)
  expect(stored).toMatchObject({ isPacked: true, storedBytes: list.length - packing!.savedBytes })
  expect(await bench.text()).toBe(list)
  expect(await archive.check(sha256)).toMatchObject({ state: 'ok', isPacked: true, sizeBytes: list.length })
  expect(await readdir(directory.file('raw/incoming'))).toEqual([])
  expect(await readdir(directory.file('raw/borrowed'))).toEqual([])
  expect(await archive.remove(sha256)).toBe(true)
  expect(await archive.has(sha256)).toBe(false)
})

test('a list of several pieces, packed as well as plain, is packed, checked and read as it was', async () => {
  const long = randomBytes(2_000_000).toString('hex')
  await using bench = await open(long)
  const { archive, sha256 } = bench
  expect(await (await archive.pack(sha256, signal))!.replace()).toBe(true)
  expect((await archive.stat(sha256))!.storedBytes).toBeGreaterThan(1024 * 1024)
  expect(await archive.check(sha256)).toMatchObject({ state: 'ok', isPacked: true, sizeBytes: long.length })
  expect((await bench.text()) === long).toBe(true)
})

test('it is as old packed as it was plain', async () => {
  await using bench = await open(list)
  await utimes(bench.plain, new Date(1000), new Date(1000))
  await (await bench.archive.pack(bench.sha256, signal))!.replace()
  expect((await bench.archive.stat(bench.sha256))?.keptAt).toEqual(new Date(1000))
})

test('what packing saves too little of, what is small and what is damaged stays as it is', async () => {
  for (const content of [randomBytes(100_000), 'sku;price\n'.repeat(100), '']) {
    await using bench = await open(content)
    expect(await bench.archive.pack(bench.sha256, signal)).toBe(null)
  }
  await using bench = await open(list)
  await Bun.write(bench.plain, list.replace('Bolt', 'Nuts'))
  expect(await bench.archive.pack(bench.sha256, signal)).toBe(null)
  expect(await readdir(bench.directory.file('raw/incoming'))).toEqual([])
})

test('a file that somebody is reading is not replaced, and can be read whatever happens to it', async () => {
  await using bench = await open(list)
  const { archive, sha256 } = bench
  const packing = (await archive.pack(sha256, signal))!
  {
    await using borrowed = await archive.borrow(sha256)
    expect(borrowed.isFileItself).toBe(true)
    expect((await stat(borrowed.path)).ino).toBe((await stat(bench.plain)).ino)
    expect(await packing.replace()).toBe(false)
    await archive.remove(sha256)
    expect(await Bun.file(borrowed.path).text()).toBe(list)
  }
  expect(await readdir(bench.directory.file('raw/borrowed'))).toEqual([])
})

test('with both there the plain one counts, and a later run finishes what was begun', async () => {
  await using bench = await open(list)
  const { archive, sha256 } = bench
  const left = zstdCompressSync(Buffer.from(list))
  for (const before of [left, left.subarray(0, 1000), zstdCompressSync(Buffer.from('other'))]) {
    await Bun.write(bench.plain, list)
    await Bun.write(bench.packed, before)
    expect((await archive.stat(sha256))?.isPacked).toBe(false)
    expect(await bench.text()).toBe(list)
    expect(await (await archive.pack(sha256, signal))!.replace()).toBe(true)
    expect(await bench.text()).toBe(list)
    expect((await archive.stat(sha256))?.isPacked).toBe(true)
  }
})

test('a packed file that unpacks to more than the file has, to other bytes or to nothing is refused', async () => {
  await using bench = await open(list)
  const bomb = zstdCompressSync(Buffer.alloc(50_000_000))
  const cut = zstdCompressSync(Buffer.from(list))
  for (const bytes of [bomb, cut.subarray(0, 1000), zstdCompressSync(Buffer.from('other')), 'no Zstandard']) {
    await bench.archive.remove(bench.sha256)
    await Bun.write(bench.packed, bytes)
    expect(await rejection(bench.text())).toMatchObject({ name: 'InvalidError', code: 'raw_file_damaged' })
    expect(await bench.archive.check(bench.sha256)).toMatchObject({ state: 'damaged', sizeBytes: null })
    expect(await readdir(bench.directory.file('raw/borrowed'))).toEqual([])
  }
})

test('the same list that comes again is there plainly, whatever became of the packed one', async () => {
  await using bench = await open(list)
  await (await bench.archive.pack(bench.sha256, signal))!.replace()
  await Bun.write(bench.packed, 'damaged')
  await bench.archive.keep(bench.directory.file('list.csv'), limit)
  expect(await bench.text()).toBe(list)
})

test('a bucket holds packed files, too', async () => {
  await using directory = await temporaryDirectory()
  await using opened = await openBucket()
  const archive = openArchive(directory.file('raw'), { store: s3Store(opened.bucket) })
  await Bun.write(directory.file('list.csv'), list)
  const { sha256 } = await archive.keep(directory.file('list.csv'), limit)
  expect(await (await archive.pack(sha256, signal))!.replace()).toBe(true)
  await using borrowed = await archive.borrow(sha256)
  expect(await Bun.file(borrowed.path).text()).toBe(list)
  expect((await archive.stat(sha256))?.isPacked).toBe(true)
})
