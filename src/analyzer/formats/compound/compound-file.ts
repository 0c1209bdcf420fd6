import { open } from 'node:fs/promises'
import { directoryEntries, ownEntries } from './compound-directory.ts'

/**
 * The names of the streams that an OLE2 compound file itself holds, from its directory: "Workbook" or "Book" in a legacy Excel
 * file, "WordDocument" in a Word file, "EncryptedPackage" in an encrypted XLSX workbook. Nothing else is read.
 *
 * @returns as many names as can be found; none when the directory is damaged
 * Source: [MS-CFB] 2.2 (header), 2.3 (FAT), 2.6 (directory).
 */
export async function compoundFileNames(path: string): Promise<string[]> {
  const file = await open(path, 'r')
  try {
    const read = async (position: number, length: number): Promise<DataView> => {
      const bytes = new Uint8Array(length)
      const { bytesRead } = await file.read(bytes, 0, length, position)
      return new DataView(bytes.buffer, 0, bytesRead)
    }
    const header = await read(0, headerBytes)
    if (header.byteLength < headerBytes) return []
    const sectorShift = header.getUint16(30, true)
    if (sectorShift !== 9 && sectorShift !== 12) return []
    const sectorBytes = 2 ** sectorShift
    const directory: Buffer[] = []
    let sector = header.getUint32(48, true)
    // The limit also ends a chain that runs in a circle.
    for (let count = 0; count < directorySectorsMax && sector < firstSpecialSector; count++) {
      const entries = await read((sector + 1) * sectorBytes, sectorBytes)
      directory.push(Buffer.from(entries.buffer, 0, entries.byteLength))
      const next = await nextSector(header, sector, sectorBytes, read)
      if (next === null) break
      sector = next
    }
    return ownEntries(directoryEntries(Buffer.concat(directory))).map(({ name }) => name)
  } finally {
    await file.close()
  }
}

const headerBytes = 512
const directorySectorsMax = 64
const firstSpecialSector = 0xfffffffa

/** Looks a sector up in the allocation table; the header lists the first 109 sectors of that table. */
async function nextSector(
  header: DataView,
  sector: number,
  sectorBytes: number,
  read: (position: number, length: number) => Promise<DataView>,
): Promise<number | null> {
  const entriesPerSector = sectorBytes / 4
  const tableIndex = Math.floor(sector / entriesPerSector)
  if (tableIndex >= 109) return null
  const tableSector = header.getUint32(76 + tableIndex * 4, true)
  if (tableSector >= firstSpecialSector) return null
  const entry = await read((tableSector + 1) * sectorBytes + (sector % entriesPerSector) * 4, 4)
  return entry.byteLength < 4 ? null : entry.getUint32(0, true)
}
