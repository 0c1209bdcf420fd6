/** An entry of the directory of an OLE2 compound file. Source: [MS-CFB] 2.6. */
export interface DirectoryEntry {
  name: string
  /** One of `entryTypes`, or 0 for none. */
  type: number
  /** Its neighbours in the tree of names, and the first of what it holds: numbers of entries. */
  left: number
  right: number
  child: number
  /** The first sector. */
  start: number
  sizeBytes: number
}

export const entryTypes = { storage: 1, stream: 2, root: 5 } as const

/** @param directory the bytes of the directory */
export function directoryEntries(directory: Buffer): DirectoryEntry[] {
  const entries: DirectoryEntry[] = []
  for (let at = 0; at + entryBytes <= directory.length; at += entryBytes) {
    // In bytes, with the zero at the end.
    const nameBytes = Math.min(nameBytesMax, Math.max(2, directory.readUInt16LE(at + nameBytesMax)))
    entries.push({
      name: directory.toString('utf16le', at, at + nameBytes - 2),
      type: directory[at + 66]!,
      left: directory.readUInt32LE(at + 68),
      right: directory.readUInt32LE(at + 72),
      child: directory.readUInt32LE(at + 76),
      start: directory.readUInt32LE(at + 116),
      sizeBytes: directory.readUInt32LE(at + 120),
    })
  }
  return entries
}

/**
 * What the document itself holds: a document that is embedded in it has streams of the same names further down.
 * Where the tree of names is damaged, everything in the order of the directory.
 */
export function ownEntries(entries: readonly DirectoryEntry[]): DirectoryEntry[] {
  const root = entries.find(({ type }) => type === entryTypes.root)
  const found = root === undefined ? [] : children(entries, root)
  const isWhole = found.some(({ type }) => type === entryTypes.stream)
  return isWhole ? found : entries.filter(({ type }) => type !== entryTypes.root)
}

const entryBytes = 128
const nameBytesMax = 64

function children(entries: readonly DirectoryEntry[], parent: DirectoryEntry): DirectoryEntry[] {
  const found = new Set<DirectoryEntry>()
  const waiting = [parent.child]
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    const entry = entries[number]
    if (entry === undefined || entry.type === 0 || found.has(entry)) continue
    found.add(entry)
    waiting.push(entry.left, entry.right)
  }
  return [...found]
}
