import { createHash } from 'node:crypto'
import { Records, recordHeadBytes, recordTypes } from './records.ts'

/**
 * The password with which Excel encrypts a workbook whose structure is protected, and with which it opens one
 * without asking: nobody has set it.
 */
const defaultPassword = 'VelvetSweatshop'

/**
 * The stream of an encrypted workbook in the clear.
 * @param filePass the record that says how it is encrypted
 * @param password as a person would enter it
 * @returns a copy in which that record is none any more; null: another password is needed, or the way of encrypting
 * (XOR) is not read
 * Source: [MS-XLS] 2.2.10, [MS-OFFCRYPTO] 2.3.5 and 2.3.6.
 */
export function decryptedStream(
  bytes: Buffer,
  filePass: { from: number; to: number },
  password = defaultPassword,
): Buffer | null {
  const blockKey = keyMaker(bytes.subarray(filePass.from, filePass.to), password)
  if (blockKey === null) return null
  const clear = Buffer.from(bytes)
  clear.writeUInt16LE(unusedType, filePass.from - recordHeadBytes)
  const key = Buffer.alloc(blockBytes)
  let block = -1
  const records = new Records(bytes, 0)
  while (records.next()) {
    const { type, from, to } = records
    if (plainTypes.includes(type)) continue
    // The key goes on over what stays in the clear.
    for (let at = type === recordTypes.sheet ? from + 4 : from; at < to; at++) {
      if (Math.floor(at / blockBytes) !== block) {
        block = Math.floor(at / blockBytes)
        key.fill(0)
        rc4(blockKey(block), key)
      }
      clear[at]! ^= key[at % blockBytes]!
    }
  }
  return clear
}

/** The key changes after so many bytes of the stream. */
const blockBytes = 1024
/** Starts of parts, how it is encrypted, who has it open, and the like. */
const plainTypes: readonly number[] = [
  0x0009, 0x0209, 0x0409, 0x0809, 0x002f, 0x0194, 0x0195, 0x00e1, 0x0196, 0x0138,
]
/** No record has this number, and one may. */
const unusedType = 0x10ff

type BlockKey = (block: number) => Buffer

/** Null: not this password, or a way of encrypting that is not known. */
function keyMaker(filePass: Buffer, password: string): BlockKey | null {
  if (filePass.length < 6 || filePass.readUInt16LE(0) !== 1) return null
  const [major, minor] = [filePass.readUInt16LE(2), filePass.readUInt16LE(4)]
  if (major === 1 && minor === 1) return basicKeys(filePass.subarray(6), password)
  return minor === 2 ? cryptoApiKeys(filePass.subarray(10), password) : null
}

/** RC4 with a key of 40 bits. */
function basicKeys(given: Buffer, password: string): BlockKey | null {
  if (given.length < 48) return null
  const salt = given.subarray(0, 16)
  const first = md5(Buffer.from(password, 'utf16le')).subarray(0, 5)
  const base = md5(Buffer.concat(Array.from({ length: 16 }, () => [first, salt]).flat())).subarray(0, 5)
  const blockKey = (block: number) => md5(Buffer.concat([base, long(block)]))
  const verifier = Buffer.from(given.subarray(16, 48))
  rc4(blockKey(0), verifier)
  return md5(verifier.subarray(0, 16)).equals(verifier.subarray(16)) ? blockKey : null
}

/** RC4 with keys of 40 to 128 bits. */
function cryptoApiKeys(given: Buffer, password: string): BlockKey | null {
  const headerBytes = given.length < 4 ? 0 : given.readUInt32LE(0)
  const verifierAt = 4 + headerBytes
  if (headerBytes < 32 || given.length < verifierAt + 60) return null
  const keyBits = given.readUInt32LE(4 + 16) || 40
  if (keyBits < 40 || keyBits > 128) return null
  const salt = given.subarray(verifierAt + 4, verifierAt + 20)
  const base = sha1(Buffer.concat([salt, Buffer.from(password, 'utf16le')]))
  const blockKey = (block: number) => {
    const key = sha1(Buffer.concat([base, long(block)])).subarray(0, keyBits / 8)
    // Short keys are filled up.
    return keyBits === 40 ? Buffer.concat([key], 16) : key
  }
  const verifier = Buffer.concat([
    given.subarray(verifierAt + 20, verifierAt + 36),
    given.subarray(verifierAt + 40, verifierAt + 60),
  ])
  rc4(blockKey(0), verifier)
  return sha1(verifier.subarray(0, 16)).equals(verifier.subarray(16)) ? blockKey : null
}

/** In place. */
function rc4(key: Buffer, bytes: Buffer): void {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index)
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + state[i]! + key[i % key.length]!) & 0xff
    const swapped = state[i]!
    state[i] = state[j]!
    state[j] = swapped
  }
  for (let at = 0, i = 0, j = 0; at < bytes.length; at++) {
    i = (i + 1) & 0xff
    const swapped = state[i]!
    j = (j + swapped) & 0xff
    state[i] = state[j]!
    state[j] = swapped
    bytes[at]! ^= state[(state[i]! + swapped) & 0xff]!
  }
}

const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest()
const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest()

function long(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
