import { InvalidError } from '../../../lib/errors.ts'
import { type DirectoryEntry, directoryEntries, entryTypes, ownEntries } from './compound-directory.ts'

/**
 * The content of a stream of an OLE2 compound file. Only what the document itself holds is looked at: a workbook
 * that is embedded in another document has streams of the same names further down.
 *
 * @param file the whole file
 * @param names of the stream, the most wanted first; the case of letters does not matter
 * @returns null when there is none of them
 * @throws InvalidError `damaged_workbook` where the file ends before the stream does, or its tables lead nowhere
 * Source: [MS-CFB].
 */
export function compoundStream(file: Buffer, names: readonly string[]): Buffer | null {
  if (file.length < headerBytes) throw damaged('it is too short')
  const sectors = readSectors(file)
  const entries = directoryEntries(chain(sectors, file.readUInt32LE(48), null).subarray(0, directoryBytesMax))
  const own = ownEntries(entries).filter(({ type }) => type === entryTypes.stream)
  for (const name of names) {
    const found = own.find((entry) => entry.name.toLowerCase() === name.toLowerCase())
    if (found === undefined) continue
    const root = entries.find(({ type }) => type === entryTypes.root) ?? null
    return streamContent(file, sectors, root, found)
  }
  return null
}

const headerBytes = 512
/** Above it come the marks for the end of a chain, for free sectors and for the tables themselves. */
const sectorMax = 0xfffffffa
const headerTableSectors = 109

/** Of the little sectors that short streams have. */
const littleShift = 6
/** Most of a directory that is looked at: some ten thousand names. */
const directoryBytesMax = 4 * 1024 * 1024

/** Sectors of one size, one after another, and which of them follows which. */
interface Sectors {
  bytes: Buffer
  /** Where the first one begins. */
  offset: number
  sectorBytes: number
  count: number
  /** By sector, the next one. */
  table: Uint32Array
}

function readSectors(file: Buffer): Sectors {
  const shift = file.readUInt16LE(30)
  if (shift !== 9 && shift !== 12) throw damaged('its sectors have no known size')
  const sectorBytes = 2 ** shift
  // The last one may be cut short by whoever wrote it.
  const count = Math.ceil(file.length / sectorBytes) - 1
  return {
    bytes: file,
    offset: sectorBytes,
    sectorBytes,
    count,
    table: allocationTable(file, sectorBytes, count),
  }
}

function allocationTable(file: Buffer, sectorBytes: number, count: number): Uint32Array {
  const perSector = sectorBytes / 4
  const sector = (number: number) => file.subarray((number + 1) * sectorBytes, (number + 2) * sectorBytes)
  const numbers: number[] = []
  for (let i = 0; i < headerTableSectors; i++) numbers.push(file.readUInt32LE(76 + i * 4))
  let more = file.readUInt32LE(68)
  // The limit also ends a list that runs in a circle.
  for (let seen = 0; more < count && seen * (perSector - 1) < count; seen++) {
    const list = sector(more)
    if (list.length < sectorBytes) break
    for (let i = 0; i < perSector - 1; i++) numbers.push(list.readUInt32LE(i * 4))
    more = list.readUInt32LE(sectorBytes - 4)
  }
  const table = new Uint32Array(count).fill(sectorMax)
  let at = 0
  for (const number of numbers) {
    if (number >= sectorMax || at >= count) continue
    const part = number < count ? sector(number) : Buffer.alloc(0)
    for (let i = 0; i < perSector && at + i < count && i * 4 + 4 <= part.length; i++)
      table[at + i] = part.readUInt32LE(i * 4)
    at += perSector
  }
  return table
}

/**
 * The bytes of the sectors that follow each other from this one on.
 * @param sizeBytes how many they have to be; null: as many as there are
 */
function chain(
  { bytes, offset, sectorBytes, count, table }: Sectors,
  start: number,
  sizeBytes: number | null,
): Buffer {
  const sectorsNeeded = sizeBytes === null ? count : Math.ceil(sizeBytes / sectorBytes)
  const numbers: number[] = []
  let number = start
  for (; number < count && numbers.length < sectorsNeeded; number = table[number]!) numbers.push(number)
  if (sizeBytes === null && number < count) throw damaged('its table of sectors runs in a circle')
  if (sizeBytes !== null && numbers.length < sectorsNeeded)
    throw damaged('it ends in the middle, or its table of sectors is wrong')
  const place = (each: number) => offset + each * sectorBytes
  const size = sizeBytes ?? 0
  const isCut = numbers.some(
    (each, index) => place(each) + Math.min(sectorBytes, size - index * sectorBytes) > bytes.length,
  )
  if (isCut) throw damaged('it ends in the middle')
  // Mostly they stand side by side, and nothing has to be copied.
  const isOneStretch = numbers.every((each, index) => each === start + index)
  const content = isOneStretch
    ? bytes.subarray(place(start), place(start + numbers.length))
    : Buffer.alloc(numbers.length * sectorBytes)
  if (!isOneStretch)
    for (const [index, each] of numbers.entries())
      bytes.copy(content, index * sectorBytes, place(each), place(each + 1))
  return content.subarray(0, sizeBytes ?? content.length)
}

/** Short streams share the sectors of one stream, in little sectors of their own. */
function streamContent(
  file: Buffer,
  sectors: Sectors,
  root: DirectoryEntry | null,
  { start, sizeBytes }: DirectoryEntry,
): Buffer {
  if (sizeBytes > file.length) throw damaged('it ends in the middle')
  if (sizeBytes >= file.readUInt32LE(56) || root === null) return chain(sectors, start, sizeBytes)
  if (file.readUInt16LE(32) !== littleShift) throw damaged('its little sectors have no known size')
  const bytes = chain(sectors, root.start, null)
  const links = chain(sectors, file.readUInt32LE(60), null)
  const sectorBytes = 2 ** littleShift
  const count = Math.min(Math.floor(links.length / 4), Math.ceil(bytes.length / sectorBytes))
  const table = new Uint32Array(count)
  for (let i = 0; i < count; i++) table[i] = links.readUInt32LE(i * 4)
  return chain({ bytes, offset: 0, sectorBytes, count, table }, start, sizeBytes)
}

function damaged(what: string): InvalidError {
  return new InvalidError(
    'damaged_workbook',
    `The workbook is damaged: ${what}. Fetch it again, or save it again in Excel or LibreOffice.`,
  )
}
