import { decodeHead } from './text/encoding.ts'
import { encodingOfMark, utf16Order } from './text/encoding-detection.ts'

/** Content that is recognised but not read. */
export interface ForeignContent {
  /** As in "The file is …". */
  name: string
  /** What to do, as a clause: "unpack it first …". */
  advice: string
}

/** Whether the content is an OLE2 compound file, which says only inside what it is. */
export function isCompoundFile(head: Uint8Array): boolean {
  return startsWith(head, 'd0cf11e0a1b11ae1')
}

/**
 * @returns what an OLE2 compound file without an XLS workbook holds, by the names of its streams; null: an encrypted
 * XLSX workbook
 */
export function compoundFileContent(names: string[]): ForeignContent | null {
  if (names.includes('EncryptedPackage')) return null
  if (names.includes('WordDocument')) return { name: 'an old Word document', advice: askForTable }
  if (names.includes('PowerPoint Document'))
    return { name: 'an old PowerPoint presentation', advice: askForTable }
  return { name: 'an old Microsoft Office file (OLE2) without a workbook', advice: saveFromSpreadsheet }
}

/** @returns null for what may be a format that is read, or is unknown */
export function foreignContent(head: Uint8Array): ForeignContent | null {
  return foreignBinary(head) ?? foreignText(head)
}

const saveFromSpreadsheet = 'open it in Excel or LibreOffice and save it as XLSX or CSV'
const unpackFirst = 'unpack it and send the table inside'
const askForTable = 'ask for the list as a table, or export it as one'
const exportTable = 'export it as CSV or XLSX'

/** What a page is that shows no table. */
export const webPage: ForeignContent = {
  name: 'a web page (HTML)',
  advice: `if it shows a table, ${saveFromSpreadsheet}; if it shows a login or an error, fetch the list again`,
}

const signatures: { hex: string; name: string; advice: string }[] = [
  { hex: '377abcaf271c', name: 'a 7-Zip archive', advice: unpackFirst },
  { hex: '526172211a07', name: 'a RAR archive', advice: unpackFirst },
  { hex: 'fd377a585a00', name: 'an XZ archive', advice: unpackFirst },
  { hex: '28b52ffd', name: 'a Zstandard archive', advice: unpackFirst },
  { hex: '7f454c46', name: 'a program (ELF)', advice: askForTable },
  { hex: 'cffaedfe', name: 'a program (Mach-O)', advice: askForTable },
  { hex: 'cefaedfe', name: 'a program (Mach-O)', advice: askForTable },
  { hex: 'feedfacf', name: 'a program (Mach-O)', advice: askForTable },
  { hex: 'feedface', name: 'a program (Mach-O)', advice: askForTable },
  { hex: 'cafebabe', name: 'a program (Mach-O or Java)', advice: askForTable },
  { hex: '89504e470d0a1a0a', name: 'a PNG image', advice: askForTable },
  { hex: 'ffd8ff', name: 'a JPEG image', advice: askForTable },
  { hex: '49492a00', name: 'a TIFF image', advice: askForTable },
  { hex: '4d4d002a', name: 'a TIFF image', advice: askForTable },
  { hex: '53514c69746520666f726d6174203300', name: 'an SQLite database', advice: exportTable },
]

// These begin with letters that a text may begin with too ("BZh", "PAR1", "MZ"), so binary content must follow.
const signaturesBeforeBinary: { text: string; name: string; advice: string }[] = [
  { text: 'MZ', name: 'a Windows program', advice: askForTable },
  { text: 'BZh', name: 'a bzip2 archive', advice: unpackFirst },
  { text: 'GIF8', name: 'a GIF image', advice: askForTable },
  { text: 'BM', name: 'a BMP image', advice: askForTable },
  { text: 'RIFF', name: 'a WebP image or a recording', advice: askForTable },
  { text: 'PAR1', name: 'a Parquet file', advice: exportTable },
]

function foreignBinary(head: Uint8Array): ForeignContent | null {
  // Its first header holds the mark at a fixed place, behind the name of its first file.
  if (Buffer.from(head.subarray(257, 262)).toString('latin1') === 'ustar')
    return { name: 'a tar archive', advice: 'send the lists in it, or pack them as a ZIP archive' }
  const certain = signatures.find(({ hex }) => startsWith(head, hex))
  if (certain !== undefined) return certain
  if (!head.subarray(0, 128).some((byte) => byte < 9 || (byte > 13 && byte < 26))) return null
  const start = String.fromCharCode(...head.subarray(0, 16))
  return signaturesBeforeBinary.find(({ text }) => start.startsWith(text)) ?? null
}

function startsWith(head: Uint8Array, hex: string): boolean {
  const length = hex.length / 2
  return head.length >= length && Buffer.from(head.subarray(0, length)).toString('hex') === hex
}

function foreignText(head: Uint8Array): ForeignContent | null {
  const mark = encodingOfMark(head)
  if (mark === 'utf-32') return null
  const text = decodeHead(head, mark ?? utf16Order(head) ?? 'utf-8').trimStart()
  if (/^ID;P(?:WXL|CALCOOO\d*|SCALC3?);/.test(text)) {
    return { name: 'a workbook in the SYLK format', advice: saveFromSpreadsheet }
  }
  if (text.startsWith('{\\rtf')) return { name: 'a text document (RTF)', advice: askForTable }
  if (/^mime-version:\s*1/i.test(text)) return { name: 'a web archive (MHTML)', advice: saveFromSpreadsheet }
  return null
}
