import { decodeHead } from './encoding.ts'

/** Writes text in an encoding; what the encoding does not have becomes a question mark. */
export interface TextEncoding {
  encode(text: string): Uint8Array
  /** What a file in this encoding begins with, so that programs recognise it; empty for most. */
  mark: Uint8Array
}

/** Whether files can be written in an encoding that is read. ISO-2022-JP switches alphabets midway and is only read. */
export function canEncode(encoding: string): boolean {
  return encoding !== 'iso-2022-jp'
}

/** @param encoding one of `encodings` that `canEncode` knows */
export function textEncoding(encoding: string): TextEncoding {
  if (encoding === 'utf-8') return { encode: (text) => Buffer.from(text), mark: Buffer.from('\ufeff') }
  if (encoding === 'utf-16le' || encoding === 'utf-16be') {
    const encode = (text: string) => {
      const bytes = Buffer.from(text, 'utf16le')
      return encoding === 'utf-16le' ? bytes : bytes.swap16()
    }
    return { encode, mark: encode('\ufeff') }
  }
  const codes = codesOf(encoding)
  return { encode: (text) => encodeWith(codes, text), mark: new Uint8Array() }
}

function encodeWith(codes: ReadonlyMap<string, number>, text: string): Uint8Array {
  const bytes = Buffer.allocUnsafe(text.length * 4)
  let length = 0
  for (const character of text) {
    const code = character <= '\x7f' ? character.charCodeAt(0) : (codes.get(character) ?? questionMark)
    for (let shift = byteLength(code) - 1; shift >= 0; shift--) {
      bytes[length++] = Math.floor(code / 2 ** (8 * shift)) & 0xff
    }
  }
  return bytes.subarray(0, length)
}

const questionMark = 63
const byteLength = (code: number) => (code < 0x100 ? 1 : code < 0x10000 ? 2 : code < 0x1000000 ? 3 : 4)

/** Character → its bytes as one number: the decoder turned round, as the runtime has encoders for Unicode only. */
function codesOf(encoding: string): ReadonlyMap<string, number> {
  const codes = new Map<string, number>()
  addDecoded(codes, encoding, ranges([0x80, 0xff]))
  if (!severalBytes.has(encoding)) return codes
  addDecoded(codes, encoding, ranges([0x81, 0xfe], [0x40, 0xfe]))
  if (encoding === 'euc-jp') addDecoded(codes, encoding, ranges([0x8f, 0x8f], [0xa1, 0xfe], [0xa1, 0xfe]))
  // Four bytes hold the rest of the basic plane.
  if (encoding === 'gb18030' || encoding === 'gbk')
    addDecoded(codes, encoding, ranges([0x81, 0x84], [0x30, 0x39], [0x81, 0xfe], [0x30, 0x39]))
  return codes
}

const severalBytes: ReadonlySet<string> = new Set(['shift_jis', 'euc-jp', 'gbk', 'gb18030', 'big5', 'euc-kr'])

/** Decodes every sequence on a line of its own; those that are one character are its code. The first one wins. */
function addDecoded(codes: Map<string, number>, encoding: string, sequences: number[][]): void {
  const lines = decodeHead(Buffer.from(sequences.flatMap((bytes) => [...bytes, lineFeed])), encoding).split(
    '\n',
  )
  // A broken sequence may swallow the line end behind it.
  const isWhole = lines.length === sequences.length + 1
  for (const [index, bytes] of sequences.entries())
    addCode(codes, isWhole ? lines[index]! : decodeHead(Buffer.from(bytes), encoding), bytes)
}

function addCode(codes: Map<string, number>, text: string, bytes: number[]): void {
  if (text === '\ufffd' || text === '' || [...text].length !== 1 || text <= '\x7f' || codes.has(text)) return
  codes.set(
    text,
    bytes.reduce((code, byte) => code * 256 + byte, 0),
  )
}

const lineFeed = 10

/** Every sequence of bytes with each byte within its range. */
function ranges(...limits: [from: number, to: number][]): number[][] {
  return limits.reduce<number[][]>(
    (heads, [from, to]) =>
      heads.flatMap((head) => Array.from({ length: to - from + 1 }, (_, index) => [...head, from + index])),
    [[]],
  )
}
