import { describe, expect, test } from 'bun:test'
import { deflateRawSync } from 'node:zlib'
import { openZip } from '../../../src/analyzer/formats/zip/zip.ts'
import { AppError } from '../../../src/lib/errors.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'
import { makeZip, type ZipEntryOptions, type ZipOptions } from '../../helpers/zip.ts'

const text = 'Bolzen;12,50\n'.repeat(1000)
const plain: ZipEntryOptions[] = [
  { name: 'xl/a.xml', content: text },
  { name: 'xl/b.xml', content: 'b', method: 'stored' },
]

describe('an archive reads the same', () => {
  const cases: [string, ZipEntryOptions[], ZipOptions][] = [
    ['as it is', plain, {}],
    ['with sizes after the content', plain.map((entry) => ({ ...entry, hasDescriptor: true })), {}],
    ['with 64-bit sizes and offsets', plain, { isZip64: true }],
    ['behind other bytes', plain, { prefix: Buffer.from('#!/bin/sh\nexit\n') }],
    ['behind other bytes with 64-bit offsets', plain, { isZip64: true, prefix: Buffer.alloc(77, 1) }],
    ['with a comment', plain, { comment: 'made by hand' }],
    ['with a comment that looks like an end record', plain, { comment: endRecordLookalike() }],
  ]
  for (const [name, entries, options] of cases) {
    test(name, async () => {
      expect(await readAll(makeZip(entries, options))).toEqual({ 'xl/a.xml': text, 'xl/b.xml': 'b' })
    })
  }

  test('with bytes after it', async () => {
    const archive = Buffer.concat([makeZip(plain), Buffer.alloc(500)])
    expect(await readAll(archive)).toEqual({ 'xl/a.xml': text, 'xl/b.xml': 'b' })
  })

  test('when it is empty', async () => {
    expect(await readAll(makeZip([]))).toEqual({})
  })
})

test('a part is found whatever its slashes and case', async () => {
  await using directory = await temporaryDirectory()
  const path = directory.file('a.zip')
  await Bun.write(path, makeZip([{ name: '/XL\\Worksheets\\Sheet1.xml', content: 'x' }]))
  const zip = openZip(path)
  expect(zip.find('xl/worksheets/sheet1.xml')?.unpackedBytes).toBe(1)
  expect(zip.find('./xl/worksheets/sheet1.xml')).not.toBeNull()
  expect(zip.find('__proto__')).toBeNull()
  zip.close()
  zip.close()
})

describe('an archive is refused', () => {
  const [first] = plain
  const packed = deflateRawSync(text)
  const cases: [string, Buffer, string][] = [
    ['when it is cut short', makeZip(plain).subarray(0, 150), 'damaged_workbook'],
    ['when it is empty bytes', Buffer.alloc(0), 'damaged_workbook'],
    ['when an entry is encrypted', makeZip([{ ...first!, flags: 1 }]), 'encrypted_workbook'],
    ['when an entry is packed otherwise', makeZip([{ ...first!, methodNumber: 93 }]), 'unsupported_format'],
    ['when deflate data ends early', zipOf({ packed: packed.subarray(0, -10) }), 'damaged_workbook'],
    ['when deflate data is none', zipOf({ packed: Buffer.alloc(200_000, 0xff) }), 'damaged_workbook'],
    ['when an entry is longer than it says', zipOf({ unpackedBytes: 100 }), 'damaged_workbook'],
    ['when an entry is shorter than it says', zipOf({ unpackedBytes: 99_999 }), 'damaged_workbook'],
    ['when the content does not match its checksum', zipOf({ crc32: 1 }), 'damaged_workbook'],
    ['when it unpacks to too much', zipOf({ content: Buffer.alloc(3_000_000) }), 'zip_bomb'],
    ['when entries share their bytes', makeZip([...plain, { ...first!, sharesBytesOf: 0 }]), 'zip_bomb'],
    ['when it holds too many files', makeZip(manyEntries(10_001)), 'too_many_entries'],
  ]
  for (const [name, archive, code] of cases) {
    test(name, async () => {
      expect(await codeOf(readAll(archive))).toBe(code)
    })
  }

  test('when the directory points elsewhere', async () => {
    const archive = makeZip(plain)
    const offsetAt = archive.length - 22 + 16
    archive.writeUInt32LE(archive.readUInt32LE(offsetAt) + 7, offsetAt)
    expect(await codeOf(readAll(archive))).toBe('damaged_workbook')
  })

  test('wherever it is cut', async () => {
    const archive = makeZip(plain)
    for (let size = 0; size < archive.length; size++) {
      expect(await codeOf(readAll(archive.subarray(0, size)))).toBe('damaged_workbook')
    }
  })
})

test('bytes after the end of a packed stream do not keep it from ending', async () => {
  const archive = zipOf({ packed: Buffer.concat([deflateRawSync(text), Buffer.alloc(300_000)]) })
  expect(await readAll(archive)).toEqual({ a: text })
})

test('a reader who stops early leaves nothing running', async () => {
  await using directory = await temporaryDirectory()
  const path = directory.file('a.zip')
  await Bun.write(path, makeZip([{ name: 'a', content: Buffer.alloc(20_000_000, 'abcdefgh') }]))
  const zip = openZip(path)
  let packedBytes = 0
  const onPacked = (bytes: number) => {
    packedBytes += bytes
  }
  for await (const piece of zip.stream(zip.entries[0]!, { unpackedBytesMax: 1e9, onPacked })) {
    expect(piece.length).toBeGreaterThan(0)
    break
  }
  expect(packedBytes).toBeGreaterThan(0)
  zip.close()
})

test('a slow reader holds the file back', async () => {
  await using directory = await temporaryDirectory()
  const path = directory.file('a.zip')
  // Deflate looks back 32 KiB, so a longer block of noise does not shrink when it repeats.
  const noise = Buffer.alloc(10_000_000, crypto.getRandomValues(new Uint8Array(65_536)))
  await Bun.write(path, makeZip([{ name: 'a', content: noise }]))
  const zip = openZip(path)
  const [entry] = zip.entries
  let packedBytes = 0
  const onPacked = (bytes: number) => {
    packedBytes += bytes
  }
  const pieces = zip.stream(entry!, { unpackedBytesMax: 1e9, onPacked })
  await pieces.next()
  // Every turn of the event loop is a chance for an unchecked source to run ahead.
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(packedBytes).toBeLessThan(entry!.packedBytes / 3)
  await pieces.return(undefined)
  zip.close()
})

test('content that shrinks more than any worksheet is a bomb, however much is allowed', async () => {
  await using directory = await temporaryDirectory()
  const path = directory.file('a.zip')
  await Bun.write(path, makeZip([{ name: 'a', content: Buffer.alloc(80_000_000) }]))
  const zip = openZip(path)
  let unpackedBytes = 0
  const drain = async () => {
    for await (const piece of zip.stream(zip.entries[0]!, { unpackedBytesMax: 1e12 })) {
      unpackedBytes += piece.length
    }
  }
  expect(await codeOf(drain())).toBe('zip_bomb')
  expect(unpackedBytes).toBeLessThan(70_000_000)
  zip.close()
})

/** Every entry's content by its name, unpacking at most 2 MB each. */
async function readAll(archive: Uint8Array): Promise<Record<string, string>> {
  await using directory = await temporaryDirectory()
  const path = directory.file('a.zip')
  await Bun.write(path, archive)
  const zip = openZip(path)
  try {
    const contents: Record<string, string> = {}
    for (const entry of zip.entries) {
      const pieces: Buffer[] = []
      for await (const piece of zip.stream(entry, { unpackedBytesMax: 2_000_000 })) pieces.push(piece)
      contents[entry.name] = Buffer.concat(pieces).toString()
    }
    return contents
  } finally {
    zip.close()
  }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error) => (error instanceof AppError ? error.code : String(error)),
  )
}

function zipOf(entry: Partial<ZipEntryOptions>): Buffer {
  return makeZip([{ name: 'a', content: text, ...entry }])
}

function manyEntries(count: number): ZipEntryOptions[] {
  return Array.from({ length: count }, (_, index) => ({ name: `${index}`, content: '', method: 'stored' }))
}

function endRecordLookalike(): Buffer {
  return Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(40, 0x20)])
}
