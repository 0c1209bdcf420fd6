import { describe, expect, test } from 'bun:test'
import { encodingNamed, encodings, textStream } from '../../../src/analyzer/formats/text/encoding.ts'
import {
  chooseEncoding,
  encodingOfMark,
  utf16Order,
} from '../../../src/analyzer/formats/text/encoding-detection.ts'
import { InvalidError } from '../../../src/lib/errors.ts'

const detectEncoding = (sample: Uint8Array) => chooseEncoding(sample).value

describe('names', () => {
  test.each([
    ['CP1251', 'windows-1251'],
    ['win-1251', 'windows-1251'],
    ['latin1', 'windows-1252'],
    ['ISO_8859-2', 'iso-8859-2'],
    ['UTF8', 'utf-8'],
    ['utf-16', 'utf-16le'],
    ['cp850', 'ibm850'],
    ['IBM437', 'ibm437'],
    ['cp866', 'ibm866'],
    ['Shift_JIS', 'shift_jis'],
    ['gb2312', 'gbk'],
    [' KOI8-R ', 'koi8-r'],
  ])('%s is %s', (label, encoding) => {
    expect(encodingNamed(label)).toBe(encoding)
  })

  test.each(['', 'utf-32', 'x-user-defined', 'ebcdic'])('%j is refused', (label) => {
    expect(() => encodingNamed(label)).toThrow(InvalidError)
  })

  test('every encoding is called by its own name and decodes ASCII', () => {
    for (const encoding of encodings) {
      expect(encodingNamed(encoding)).toBe(encoding)
      const bytes = Buffer.from('AB', encoding.startsWith('utf-16') ? 'utf16le' : 'latin1')
      expect(textStream(encoding).decode(encoding === 'utf-16be' ? bytes.swap16() : bytes)).toBe('AB')
    }
  })
})

describe('DOS tables', () => {
  test.each([
    ['ibm437', 'Größe ½ ≥ Ω'],
    ['ibm850', 'Größe ½ Øß Ð'],
    ['ibm852', 'Łóżko źdźbło ě'],
  ])('%s maps 128 characters, each once', (encoding, sample) => {
    const all = textStream(encoding).decode(new Uint8Array(128).map((_, i) => i + 128))
    expect(new Set(all).size).toBe(128)
    for (const sign of sample) if (sign > '\u007f') expect(all).toContain(sign)
  })

  test('bytes fall on the characters of the code page', () => {
    const decode = (encoding: string, ...bytes: number[]) =>
      textStream(encoding).decode(new Uint8Array(bytes))
    expect(decode('ibm850', 0x81, 0x84, 0x94, 0xe1, 0x9b, 0xff)).toBe('üäößø\u00a0')
    expect(decode('ibm437', 0x81, 0xe0, 0xf8)).toBe('üα°')
    expect(decode('ibm852', 0x88, 0xa5, 0xbe, 0xfd)).toBe('łążř')
  })
})

describe('byte order', () => {
  test('marks are read', () => {
    expect(encodingOfMark(new Uint8Array([0xef, 0xbb, 0xbf, 65]))).toBe('utf-8')
    expect(encodingOfMark(new Uint8Array([0xff, 0xfe, 65, 0]))).toBe('utf-16le')
    expect(encodingOfMark(new Uint8Array([0xfe, 0xff, 0, 65]))).toBe('utf-16be')
    expect(encodingOfMark(new Uint8Array([0xff, 0xfe, 0, 0]))).toBe('utf-32')
    expect(encodingOfMark(new Uint8Array([65, 66]))).toBeNull()
  })

  test('UTF-16 without a mark is told by its zero bytes', () => {
    const bytes = Buffer.from('Артикул;Цена\n1;450,00\n', 'utf16le')
    expect(utf16Order(bytes)).toBe('utf-16le')
    expect(utf16Order(Buffer.from(bytes).swap16())).toBe('utf-16be')
  })

  test('zero bytes alone are not UTF-16', () => {
    expect(utf16Order(Buffer.from('a;b\0;c\n1;2;3\n'))).toBeNull()
    expect(utf16Order(new Uint8Array(100))).toBeNull()
    expect(utf16Order(new Uint8Array(1000).map((_, i) => (i % 4 === 0 ? i % 256 : 0)))).toBeNull()
  })
})

describe('detection of short texts', () => {
  const bytes = (...parts: (string | number)[]) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))))

  test('plain ASCII is UTF-8', () => {
    expect(detectEncoding(Buffer.from('sku;price\n'))).toBe('utf-8')
  })

  test('UTF-8 is told by a single letter, and when cut inside another', () => {
    expect(detectEncoding(Buffer.from('Größe'))).toBe('utf-8')
    expect(detectEncoding(Buffer.from('Größe').subarray(0, -2))).toBe('utf-8')
  })

  test('an accent at the very end is not half of a UTF-8 character', () => {
    expect(detectEncoding(bytes('Prezzo;Quantit', 0xe0))).toBe('windows-1252')
  })

  test.each([
    ['one umlaut', 'windows-1252', bytes('Schl', 0xfc, 'ssel')],
    ['one Danish letter', 'windows-1252', bytes('R', 0xf8, 'r')],
    ['one Polish word', 'windows-1250', bytes(0xb3, 0xf3, 0xbf, 'ko')],
    ['one Russian word', 'windows-1251', bytes(0xd2, 0xf0, 0xf3, 0xe1, 0xe0)],
    ['one umlaut in DOS', 'ibm850', bytes('Schl', 0x81, 'ssel')],
    ['signs alone', 'windows-1252', bytes('60', 0xb0, ' ', 0xa3, '12')],
  ])('%s', (_, encoding, sample) => {
    expect(detectEncoding(sample)).toBe(encoding)
  })
})
