import { InvalidError } from '../../lib/errors.ts'
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
  const entries = directoryEntries(sectors.chain(file.readUInt32LE(48), null))
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

interface Sectors {
  /** The bytes of the sectors that follow each other from this one on; @param sizeBytes null: all of them */
  chain(start: number, sizeBytes: number | null): Buffer
}

function readSectors(file: Buffer): Sectors {
  const shift = file.readUInt16LE(30)
  if (shift !== 9 && shift !== 12) throw damaged('its sectors have no known size')
  const sectorBytes = 2 ** shift
  // The last one may be cut short by whoever wrote it.
  const count = Math.ceil(file.length / sectorBytes) - 1
  const sector = (number: number) => file.subarray((number + 1) * sectorBytes, (number + 2) * sectorBytes)
  const table = allocationTable(file, { sector, sectorBytes, count })
  return {
    chain: (start, sizeBytes) => followChain(start, sizeBytes, { sector, sectorBytes, count, table }),
  }
}

interface SectorPlan {
  sector: (number: number) => Buffer
  sectorBytes: number
  count: number
}

/** By sector, the next one. */
function allocationTable(file: Buffer, { sector, sectorBytes, count }: SectorPlan): Uint32Array {
  const perSector = sectorBytes / 4
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
  const table = new Uint32Array(count).fill(0xffffffff)
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

function followChain(
  start: number,
  sizeBytes: number | null,
  { sector, sectorBytes, count, table }: SectorPlan & { table: Uint32Array },
): Buffer {
  const pieces: Buffer[] = []
  let left = sizeBytes ?? Number.POSITIVE_INFINITY
  for (let number = start; left > 0; number = table[number]!) {
    if (number >= count) {
      if (sizeBytes === null) break
      throw damaged('it ends in the middle, or its table of sectors is wrong')
    }
    if (pieces.length > count) throw damaged('its table of sectors runs in a circle')
    const piece = sector(number).subarray(0, Math.min(left, sectorBytes))
    if (sizeBytes !== null && piece.length < Math.min(left, sectorBytes))
      throw damaged('it ends in the middle')
    pieces.push(piece)
    left -= sectorBytes
  }
  return Buffer.concat(pieces)
}

/** Short streams share the sectors of one stream, in little sectors of their own. */
function streamContent(
  file: Buffer,
  sectors: Sectors,
  root: DirectoryEntry | null,
  { start, sizeBytes }: DirectoryEntry,
): Buffer {
  if (sizeBytes > file.length) throw damaged('it ends in the middle')
  if (sizeBytes >= file.readUInt32LE(56) || root === null) return sectors.chain(start, sizeBytes)
  const shared = sectors.chain(root.start, null)
  const links = sectors.chain(file.readUInt32LE(60), null)
  const table = new Uint32Array(Math.floor(links.length / 4))
  for (let i = 0; i < table.length; i++) table[i] = links.readUInt32LE(i * 4)
  const littleBytes = 2 ** Math.min(12, file.readUInt16LE(32))
  return followChain(start, sizeBytes, {
    sector: (number) => shared.subarray(number * littleBytes, (number + 1) * littleBytes),
    sectorBytes: littleBytes,
    count: Math.min(table.length, Math.ceil(shared.length / littleBytes)),
    table,
  })
}

function damaged(what: string): InvalidError {
  return new InvalidError(
    'damaged_workbook',
    `The workbook is damaged: ${what}. Fetch it again, or save it again in Excel or LibreOffice.`,
  )
}
