import { expect, test } from 'bun:test'
import { createCipheriv, createHash } from 'node:crypto'
import { readingError, rowsOf } from '../../helpers/opened.ts'
import { makeCompoundFile, record, word, xlsStream } from '../../helpers/xls.ts'

const rows = Array.from({ length: 300 }, (_, row) => [`A-${row}`, `Größe ${row}`, row + 0.5])
const salt = Buffer.alloc(16, 7)
const verifier = Buffer.from('0123456789abcdef')

test.each([
  ['RC4', basic],
  ['RC4 of the CryptoAPI, 40 bits', (password: string) => cryptoApi(password, 40)],
  ['RC4 of the CryptoAPI, 128 bits', (password: string) => cryptoApi(password, 128)],
] as const)('%s: what Excel opens without asking is read, the rest is not', async (_, makeKeys) => {
  expect(await rowsOf(encrypted(makeKeys('VelvetSweatshop')))).toEqual(
    rows.map((cells, index) => ({ index, cells })),
  )
  expect(await readingError(encrypted(makeKeys('secret')))).toMatchObject({ code: 'encrypted_workbook' })
})

test('a workbook that says it is encrypted twice is refused', async () => {
  const { filePass } = basic('VelvetSweatshop')
  const stream = xlsStream([{ rows }], { records: [record(0x002f, filePass), record(0x002f, filePass)] })
  expect(await readingError(makeCompoundFile({ Workbook: stream }))).toMatchObject({
    code: 'encrypted_workbook',
  })
})

test('a way of encrypting that nobody knows is a password', async () => {
  for (const filePass of [Buffer.alloc(6), Buffer.alloc(0), Buffer.from([1, 0, 4, 0, 2, 0, 0, 0])]) {
    const stream = xlsStream([{ rows }], { records: [record(0x002f, filePass)] })
    expect(await readingError(makeCompoundFile({ Workbook: stream }))).toMatchObject({
      code: 'encrypted_workbook',
    })
  }
})

interface Keys {
  filePass: Buffer
  blockKey: (block: number) => Buffer
}

function basic(password: string): Keys {
  const first = hash('md5', Buffer.from(password, 'utf16le')).subarray(0, 5)
  const base = hash('md5', Buffer.concat(Array(16).fill(Buffer.concat([first, salt])))).subarray(0, 5)
  const blockKey = (block: number) => hash('md5', Buffer.concat([base, long(block)]))
  const checked = rc4(blockKey(0), Buffer.concat([verifier, hash('md5', verifier)]))
  return { filePass: Buffer.concat([word(1), word(1), word(1), salt, checked]), blockKey }
}

function cryptoApi(password: string, bits: 40 | 128): Keys {
  const base = hash('sha1', Buffer.concat([salt, Buffer.from(password, 'utf16le')]))
  const blockKey = (block: number) => {
    const key = hash('sha1', Buffer.concat([base, long(block)])).subarray(0, bits / 8)
    return Buffer.concat([key], 16)
  }
  const checked = rc4(blockKey(0), Buffer.concat([verifier, hash('sha1', verifier)]))
  const header = Buffer.concat([
    long(4),
    long(0),
    long(0x6801),
    long(0x8004),
    long(bits),
    long(1),
    long(0),
    long(0),
  ])
  const parts = [word(1), word(2), word(2), long(4), long(header.length), header, long(16), salt]
  return {
    filePass: Buffer.concat([...parts, checked.subarray(0, 16), long(20), checked.subarray(16)]),
    blockKey,
  }
}

/** Starts of parts and this record stay as they are, and so do the places of sheets. */
function encrypted({ filePass, blockKey }: Keys): Buffer {
  const plain = xlsStream([{ rows }], { records: [record(0x002f, filePass)] })
  const keys = Buffer.concat(
    Array.from({ length: Math.ceil(plain.length / 1024) }, (_, block) =>
      rc4(blockKey(block), Buffer.alloc(1024)),
    ),
  )
  const stream = Buffer.from(plain)
  for (let at = 0; at + 4 <= plain.length; ) {
    const type = plain.readUInt16LE(at)
    const end = at + 4 + plain.readUInt16LE(at + 2)
    if (type !== 0x0809 && type !== 0x002f)
      for (let place = type === 0x0085 ? at + 8 : at + 4; place < end; place++) stream[place]! ^= keys[place]!
    at = end
  }
  return makeCompoundFile({ Workbook: stream })
}

function rc4(key: Buffer, bytes: Buffer): Buffer {
  return createCipheriv('rc4', key, null).update(bytes)
}

const hash = (name: string, bytes: Buffer) => createHash(name).update(bytes).digest()

function long(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
