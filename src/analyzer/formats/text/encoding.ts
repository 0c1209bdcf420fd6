import { InvalidError } from '../../../lib/errors.ts'

/** Every encoding that a CSV file may have, by its canonical name; most are also found by detection. */
export const encodings: readonly string[] = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  ...['windows-1250', 'windows-1251', 'windows-1252', 'windows-1253', 'windows-1254', 'windows-1255'],
  ...['windows-1256', 'windows-1257', 'windows-1258', 'windows-874'],
  ...['iso-8859-2', 'iso-8859-3', 'iso-8859-4', 'iso-8859-5', 'iso-8859-6', 'iso-8859-7', 'iso-8859-8'],
  ...['iso-8859-10', 'iso-8859-13', 'iso-8859-14', 'iso-8859-15', 'iso-8859-16'],
  ...['koi8-r', 'koi8-u', 'macintosh', 'x-mac-cyrillic'],
  ...['ibm437', 'ibm850', 'ibm852', 'ibm866'],
  ...['shift_jis', 'euc-jp', 'iso-2022-jp', 'gbk', 'gb18030', 'big5', 'euc-kr'],
]

/**
 * The canonical name of an encoding: "CP1251" → "windows-1251", "latin1" → "windows-1252" (as in browsers).
 *
 * @throws InvalidError `unknown_encoding`, naming the encodings there are
 */
export function encodingNamed(label: string): string {
  const plain = label
    .trim()
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/^(?:win|windows|cp)-?(125\d|874)$/, 'windows-$1')
    .replace(/^(?:cp|dos|ibm)-?(437|850|852|866)$/, 'ibm$1')
  for (const candidate of [plain, plain.replaceAll('-', '_')]) {
    if (encodings.includes(candidate)) return candidate
    const standard = standardName(candidate)
    if (standard !== null && encodings.includes(standard)) return standard
  }
  throw new InvalidError(
    'unknown_encoding',
    `There is no encoding "${label}". Use one of ${encodings.join(', ')}, or leave it out to have it detected.`,
  )
}

/** Decodes a stream of bytes; where the pieces are cut makes no difference to the text. */
export interface TextStream {
  /** Bytes that cannot be decoded become U+FFFD; a byte order mark at the very start is left out. */
  decode(bytes: Uint8Array): string
  /** @returns what an unfinished character at the end becomes, or '' */
  end(): string
}

/** @param encoding one of `encodings` */
export function textStream(encoding: string): TextStream {
  const upper = dosUpperHalves[encoding]
  if (upper !== undefined) return tableStream(upper)
  // Bun's types know the names as literals; `encodings` lists only those that TextDecoder takes.
  const decoder = new TextDecoder(encoding as Bun.Encoding)
  return {
    decode: (bytes) => decoder.decode(bytes, { stream: true }),
    end: () => decoder.decode(),
  }
}

/** Decodes at once what `textStream` would decode piece by piece, without an unfinished character at the end. */
export function decodeHead(bytes: Uint8Array, encoding: string): string {
  return textStream(encoding).decode(bytes)
}

// What Bun's TextDecoder does not know: characters 128 to 255 of the DOS encodings that old merchandise systems
// in western and central Europe (DATANORM among them) still export.
// Source: the Unicode consortium's mappings, through Python's codecs.
const dosUpperHalves: Record<string, string> = {
  ibm437:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀' +
    'αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0',
  ibm850:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀' +
    'ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0',
  ibm852:
    'ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀' +
    'ÓßÔŃńňŠšŔÚŕŰýÝţ´\u00ad˝˛ˇ˘§÷¸°¨˙űŘř■\u00a0',
}

function standardName(label: string): string | null {
  try {
    // Any text may be asked for; what is no label ends up below.
    return new TextDecoder(label as Bun.Encoding).encoding
  } catch {
    // A label that TextDecoder does not know; the caller says which ones there are.
    return null
  }
}

function tableStream(upperHalf: string): TextStream {
  const units = new Uint16Array(256)
  for (let byte = 0; byte < 128; byte++) units[byte] = byte
  for (let byte = 128; byte < 256; byte++) units[byte] = upperHalf.charCodeAt(byte - 128)
  const decoder = new TextDecoder('utf-16le', { ignoreBOM: true })
  return {
    decode(bytes) {
      const text = new Uint16Array(bytes.length)
      for (let i = 0; i < bytes.length; i++) text[i] = units[bytes[i]!]!
      return decoder.decode(text)
    },
    end: () => '',
  }
}
