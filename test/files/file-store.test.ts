import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { FileForm, FileKey, FileStore, WholeFile } from '../../src/files/file-store.ts'
import { localStore } from '../../src/files/local-store.ts'
import { s3Store } from '../../src/files/s3-store.ts'
import { rejection } from '../helpers/open-database.ts'
import { openBucket } from '../helpers/s3.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

interface Bench extends AsyncDisposable {
  store: FileStore
  /** The same files, as another process sees them. */
  again(): FileStore
  write(content: string | Uint8Array): Promise<{ key: FileKey; file: WholeFile }>
}

const kinds: Record<string, () => Promise<Bench>> = {
  async folder() {
    const directory = await temporaryDirectory()
    const again = () => localStore(directory.file('raw'))
    return { ...bench(again, directory.file), [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() }
  },
  async bucket() {
    const directory = await temporaryDirectory()
    const opened = await openBucket()
    return {
      ...bench(() => s3Store(opened.bucket), directory.file),
      async [Symbol.asyncDispose]() {
        await opened[Symbol.asyncDispose]()
        await directory[Symbol.asyncDispose]()
      },
    }
  },
}

function bench(
  again: () => FileStore,
  file: (name: string) => string,
): Omit<Bench, typeof Symbol.asyncDispose> {
  let count = 0
  return {
    store: again(),
    again,
    async write(content) {
      const path = file(`coming/${count++}`)
      await Bun.write(path, content)
      const sha256 = createHash('sha256').update(content).digest('hex')
      return { key: { sha256, form: 'plain' }, file: { path, sizeBytes: Bun.file(path).size } }
    },
  }
}

async function textOf(store: FileStore, key: FileKey): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of store.read(key)) pieces.push(new Uint8Array(piece))
  return Buffer.concat(pieces).toString()
}

const as = ({ sha256 }: FileKey, form: FileForm): FileKey => ({ sha256, form })

for (const [kind, open] of Object.entries(kinds))
  describe(`a store that is a ${kind}`, () => {
    test('has what was put there, byte for byte, also when the file it came from is gone', async () => {
      await using bench = await open()
      const { store } = bench
      // No two pieces of it are the same.
      const content = new Uint8Array(6_000_000).map((_, index) => ((index * 7919) >> 8) + (index >> 20))
      for (const each of [content, 'sku;price\n', '']) {
        const { key, file } = await bench.write(each)
        expect(await store.stat(key)).toBe(null)
        await store.prepare?.(key, file)
        await store.put(key, file)
        await rm(file.path, { force: true })
        expect(await bench.again().stat(key)).toMatchObject({ key, sizeBytes: file.sizeBytes })
        expect(await textOf(bench.again(), key)).toBe(Buffer.from(each).toString())
      }
    })

    test('takes the same file twice, and keeps the forms of one hash apart', async () => {
      await using bench = await open()
      const { store } = bench
      for (const form of ['plain', 'plain', 'packed', 'note'] as const) {
        const { key, file } = await bench.write('the same')
        await store.put(as(key, form), file)
      }
      const { key } = await bench.write('the same')
      expect(await store.remove(as(key, 'packed'))).toBe(true)
      expect(await store.remove(as(key, 'packed'))).toBe(false)
      expect(await store.stat(as(key, 'packed'))).toBe(null)
      expect(await textOf(store, as(key, 'note'))).toBe('the same')
      expect(await textOf(store, key)).toBe('the same')
    })

    test('replaces notes, and files that have lost some of their bytes', async () => {
      await using bench = await open()
      const { store } = bench
      const { key, file } = await bench.write('as it should be')
      const less = await bench.write('as it sh')
      await store.put(as(key, 'note'), (await bench.write('first note')).file)
      await store.put(as(key, 'note'), (await bench.write('other note')).file)
      await store.put(key, less.file)
      await store.put(key, file)
      expect(await textOf(store, as(key, 'note'))).toBe('other note')
      expect(await textOf(store, key)).toBe('as it should be')
    })

    test('replaces a file whose bytes are others, and as many', async () => {
      await using bench = await open()
      const { store, again } = bench
      const { key } = await bench.write('as it should be')
      for (const isPrepared of [false, true]) {
        await again().put(key, (await bench.write('as it sh0uld be')).file)
        const right = await bench.write('as it should be')
        if (isPrepared) await store.prepare?.(key, right.file)
        await store.put(key, right.file)
        expect(await textOf(store, key)).toBe('as it should be')
        await store.remove(key)
      }
    })

    test('says so when a file is not there, or is there no more', async () => {
      await using bench = await open()
      const { store } = bench
      const { key, file } = await bench.write('a list')
      const isMissing = async () => {
        expect(await store.stat(key)).toBe(null)
        expect(await store.lend(key)).toBe(null)
        expect(await rejection(textOf(store, key))).toMatchObject({
          name: 'NotFoundError',
          code: 'raw_file_missing',
        })
        expect(await store.remove(key)).toBe(false)
      }
      await isMissing()
      await store.put(key, file)
      expect(await store.remove(key)).toBe(true)
      await isMissing()
    })

    test('lists everything once, and what belongs together in one batch', async () => {
      await using bench = await open()
      const { store } = bench
      expect((await Array.fromAsync(store.list())).flat()).toEqual([])
      const names: string[] = []
      for (let count = 0; count < 420; count++) {
        const { key, file } = await bench.write(`list ${count}`)
        for (const form of ['plain', 'packed', 'note'] as const) {
          await store.put(as(key, form), { ...file, path: (await bench.write(`list ${count}`)).file.path })
          names.push(`${key.sha256} ${form}`)
        }
      }
      await store.placeId()
      const batches = await Array.fromAsync(store.list())
      const listed = batches.flat()
      expect(listed.map(({ key }) => `${key.sha256} ${key.form}`).sort()).toEqual(names.sort())
      expect(listed.every(({ sizeBytes }) => sizeBytes === 6 || sizeBytes === 7 || sizeBytes === 8)).toBe(
        true,
      )
      const ends = batches
        .filter((batch) => batch.length > 0)
        .map((batch) => new Set(batch.map(({ key }) => key.sha256)))
      expect(ends.reduce((sum, { size }) => sum + size, 0)).toBe(420)
    }, 120_000)

    test('has one id, whoever asks and however often', async () => {
      await using bench = await open()
      const ids = await Promise.all(Array.from({ length: 8 }, () => bench.again().placeId()))
      expect(new Set(ids).size).toBe(1)
      expect(await bench.store.placeId()).toBe(ids[0]!)
      await using other = await open()
      expect(await other.store.placeId()).not.toBe(ids[0]!)
    })
  })
