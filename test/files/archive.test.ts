import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { existsSync, truncateSync, utimesSync } from 'node:fs'
import { appendFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openArchive } from '../../src/files/archive.ts'
import { missing } from '../../src/files/damaged.ts'
import type { FileStore } from '../../src/files/file-store.ts'
import { UnavailableError } from '../../src/lib/errors.ts'
import { rejection } from '../helpers/open-database.ts'
import { rawPath } from '../helpers/raw-file.ts'
import { type TemporaryDirectory, temporaryDirectory } from '../helpers/temporary.ts'
import { until } from '../helpers/until.ts'

const limit = { sizeBytesMax: 10_000_000 }

/** Every file below the archive but the notes. */
async function kept(directory: TemporaryDirectory): Promise<string[]> {
  const entries = await readdir(directory.file('raw'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  )
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.meta.json'))
    .map((entry) => join(entry.parentPath, entry.name))
}

async function archiveWith(directory: TemporaryDirectory, content: string | Uint8Array) {
  const path = directory.file('list.csv')
  await Bun.write(path, content)
  return { archive: openArchive(directory.file('raw')), path }
}

test('a file is kept under its hash, byte for byte', async () => {
  await using directory = await temporaryDirectory()
  const content = new Uint8Array(3_000_000).map((_, index) => (index * 7919) >> 8)
  const { archive, path } = await archiveWith(directory, content)
  const file = await archive.keep(path, limit)
  const sha256 = createHash('sha256').update(content).digest('hex')
  expect(file).toEqual({
    sha256,
    md5: createHash('md5').update(content).digest('hex'),
    sizeBytes: content.length,
  })
  const kept = directory.file(`raw/${sha256.slice(0, 2)}/${sha256}`)
  expect(await Bun.file(kept).bytes()).toEqual(content)
  expect(await archive.find(sha256)).toMatchObject({ sha256, storedBytes: content.length, isPacked: false })
  expect(await Bun.file(path).bytes()).toEqual(content)
})

test('the same bytes are kept once, whatever their name and however many hand them in', async () => {
  await using directory = await temporaryDirectory()
  const { archive, path } = await archiveWith(directory, 'sku;price\n')
  await Bun.write(directory.file('copy.txt'), 'sku;price\n')
  const files = await Promise.all(
    [path, path, directory.file('copy.txt')].map((each) => archive.keep(each, limit)),
  )
  expect(new Set(files.map((file) => file.sha256)).size).toBe(1)
  expect(await kept(directory)).toEqual([rawPath(archive, files[0]!.sha256)])
})

test('bytes that are kept already stay the file they are, unless some are missing or others', async () => {
  await using directory = await temporaryDirectory()
  const { archive, path } = await archiveWith(directory, 'sku;price\n')
  const first = { path: rawPath(archive, (await archive.keep(path, limit)).sha256) }
  const before = await stat(first.path)
  await archive.keep(path, limit)
  const after = await stat(first.path)
  expect([after.ino, after.mtimeMs, after.nlink]).toEqual([before.ino, before.mtimeMs, 1])
  truncateSync(first.path, 3)
  await archive.keep(path, limit)
  expect(await Bun.file(first.path).text()).toBe('sku;price\n')
  await Bun.write(first.path, 'sku;prize\n')
  await archive.keep(path, limit)
  expect(await Bun.file(first.path).text()).toBe('sku;price\n')
  expect(await kept(directory)).toEqual([first.path])
})

test('a note that cannot be read now is not written anew, one that has been deleted meanwhile is', async () => {
  await using directory = await temporaryDirectory()
  const { archive, path } = await archiveWith(directory, 'sku;price\n')
  const from = (error: Error) => {
    const store: FileStore = {
      ...archive.store,
      async *read() {
        yield* []
        throw error
      },
    }
    return openArchive(directory.file('raw'), { store, installationId: 'another' })
  }
  const { sha256 } = await openArchive(directory.file('raw'), { installationId: 'one' }).keep(path, limit)
  const late = new UnavailableError('store_unavailable', 'It did not answer in time.')
  expect(await rejection(from(late).keep(path, limit))).toBe(late)
  expect((await archive.note(sha256))?.installations).toEqual(['one'])
  await from(missing({ sha256 })).keep(path, limit)
  expect((await archive.note(sha256))?.installations).toEqual(['another'])
})

test('an empty file is kept too', async () => {
  await using directory = await temporaryDirectory()
  const { archive, path } = await archiveWith(directory, '')
  expect(await archive.keep(path, limit)).toMatchObject({ sizeBytes: 0 })
})

test('a file of just the size that is allowed is kept; one byte more is not', async () => {
  await using directory = await temporaryDirectory()
  const { archive, path } = await archiveWith(directory, 'x'.repeat(2_000_000))
  const error = await rejection(archive.keep(path, { sizeBytesMax: 1_999_999 }))
  expect(error).toMatchObject({ name: 'InvalidError', code: 'file_too_large' })
  expect(await kept(directory)).toEqual([])
  expect(await archive.keep(path, { sizeBytesMax: 2_000_000 })).toMatchObject({ sizeBytes: 2_000_000 })
})

describe('what cannot be kept is refused, and nothing is left behind', () => {
  test('a file that is not there, a folder, a device', async () => {
    await using directory = await temporaryDirectory()
    const { archive } = await archiveWith(directory, '')
    await mkdir(directory.file('folder'))
    for (const [path, code] of [
      [directory.file('nothing.csv'), 'no_such_file'],
      [directory.file('nowhere/list.csv'), 'no_such_file'],
      [directory.file('list.csv/list.csv'), 'no_such_file'],
      [directory.file('folder'), 'not_a_file'],
      ['/dev/zero', 'not_a_file'],
    ] as const) {
      const error = await rejection(archive.keep(path, limit))
      expect(error).toMatchObject({ name: 'InvalidError', code })
      expect((error as Error).message).toContain(path)
    }
    expect(await kept(directory)).toEqual([])
  })

  test('a pipe that nobody writes to, without waiting for it', async () => {
    await using directory = await temporaryDirectory()
    const pipe = directory.file('pipe')
    expect(Bun.spawnSync(['mkfifo', pipe]).exitCode).toBe(0)
    const archive = openArchive(directory.file('raw'))
    expect(await rejection(archive.keep(pipe, limit))).toMatchObject({ code: 'not_a_file' })
  })

  test('a file that may not be read', async () => {
    await using directory = await temporaryDirectory()
    const { path } = await archiveWith(directory, 'sku;price\n')
    const program = `
      import { chmodSync } from 'node:fs'
      const { openArchive } = await import(${JSON.stringify(join(import.meta.dir, '../../src/files/archive.ts'))})
      chmodSync(${JSON.stringify(path)}, 0)
      chmodSync(${JSON.stringify(directory.path)}, 0o777)
      // Root may read everything, so the attempt is made as nobody.
      if (process.getuid() === 0) process.setuid(65534)
      const archive = openArchive(${JSON.stringify(directory.file('raw'))})
      await archive.keep(${JSON.stringify(path)}, { sizeBytesMax: 10 }).catch(({ code }) => console.log(code))`
    const child = Bun.spawn([process.execPath, '-e', program], { stdout: 'pipe', stderr: 'inherit' })
    expect(await new Response(child.stdout).text()).toBe('file_not_readable\n')
    expect(await kept(directory)).toEqual([])
  })

  test('a file that grows, shrinks or is written to while it is read', async () => {
    const changes: ((path: string) => Promise<void> | void)[] = [
      (path) => appendFile(path, 'more'),
      (path) => truncateSync(path, 1_500_000),
      (path) => utimesSync(path, 1, 1),
    ]
    for (const change of changes) {
      await using directory = await temporaryDirectory()
      const { archive, path } = await archiveWith(directory, 'x'.repeat(40_000_000))
      const keeping = archive.keep(path, { sizeBytesMax: 100_000_000 })
      // The copy has begun once its temporary file has bytes; 40 of its pieces are then still to come.
      const incoming = directory.file('raw/incoming')
      for (let begun = false; !begun; ) {
        await new Promise((done) => setImmediate(done))
        const [name] = existsSync(incoming) ? await readdir(incoming) : []
        begun = name !== undefined && Bun.file(join(incoming, name)).size > 0
      }
      await change(path)
      expect(await rejection(keeping)).toMatchObject({ name: 'InvalidError', code: 'file_changed' })
      expect(await kept(directory)).toEqual([])
    }
  })

  test('a folder of the archive that cannot be made is not blamed on the list', async () => {
    await using directory = await temporaryDirectory()
    const { path } = await archiveWith(directory, 'sku;price\n')
    await writeFile(directory.file('raw'), 'a file where the folder should be')
    const error = await rejection(openArchive(directory.file('raw')).keep(path, limit))
    expect(error).toMatchObject({ name: 'UnavailableError', code: 'archive_not_writable' })
    expect((error as Error).message).toContain(directory.file('raw'))
  })
})

test('a raw file that is gone is a clear error', async () => {
  await using directory = await temporaryDirectory()
  const archive = openArchive(directory.file('raw'))
  expect(await rejection(archive.find('ab'.repeat(32)))).toMatchObject({
    name: 'NotFoundError',
    code: 'raw_file_missing',
  })
})

test('what a crash left half-copied is swept; what is being copied, and what is kept, stays', async () => {
  await using directory = await temporaryDirectory()
  const { archive, path } = await archiveWith(directory, 'sku;price\n')
  await archive.sweep(new Date())
  const file = { path: rawPath(archive, (await archive.keep(path, limit)).sha256) }
  const [old, young] = [directory.file('raw/incoming/old'), directory.file('raw/incoming/young')]
  await Bun.write(old, 'half')
  await Bun.write(young, 'half')
  utimesSync(old, new Date(1000), new Date(1000))
  utimesSync(young, new Date(9000), new Date(9000))
  await archive.sweep(new Date(5000))
  expect((await kept(directory)).sort()).toEqual([file.path, young].sort())
})

test('what a process was receiving when it was killed is deleted at once, and not what is being received', async () => {
  await using directory = await temporaryDirectory()
  const folder = directory.file('raw')
  const archive = openArchive(folder)
  const module = join(import.meta.dir, '../../src/files/archive.ts')
  const script = directory.file('receive.ts')
  await Bun.write(
    script,
    `import { openArchive } from ${JSON.stringify(module)}
    async function* pieces() {
      yield Buffer.from('sku;price')
      await new Promise(() => setInterval(() => {}, 1000))
    }
    await openArchive(${JSON.stringify(folder)}).receive(pieces(), { sizeBytesMax: 1000 })`,
  )
  const children = [1, 2].map(() =>
    Bun.spawn([process.execPath, script], { stdio: ['ignore', 'ignore', 'inherit'] }),
  )
  try {
    await until(async () => (await kept(directory)).length === 2)
    await archive.sweep(new Date(0))
    expect(await kept(directory)).toHaveLength(2)
    children[0]!.kill('SIGKILL')
    await children[0]!.exited
    await archive.sweep(new Date(0))
    expect(await kept(directory)).toHaveLength(1)
  } finally {
    for (const child of children) {
      child.kill('SIGKILL')
      await child.exited
    }
  }
}, 60_000)
