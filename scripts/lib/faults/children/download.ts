import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { openArchive } from '../../../../src/files/archive.ts'
import { systemClock } from '../../../../src/lib/clock.ts'
import { openWayOut } from '../../../../src/lib/outbound/way-out.ts'
import { connectorOf, fetchSettingsDefault } from '../../../../src/sources/kinds/index.ts'
import type { Downloaded, DownloadTask } from '../download.ts'

/** Fetches one list with the real kind into a real archive, keeps it, and prints what that took. */
// Written by download.ts.
const task = JSON.parse(process.argv[2] ?? '') as DownloadTask
const archive = openArchive(task.folder)
const out = openWayOut({ allow: ['127.0.0.1'], clock: systemClock, userAgent: 'Tallyman/faults' })

async function fetchOnce(url: string): Promise<string> {
  const fetched = await connectorOf('http').fetch!(
    { url },
    {
      archive,
      out,
      clock: systemClock,
      settings: fetchSettingsDefault,
      sizeBytesMax: task.sizeBytesMax,
      last: null,
      learned: null,
      learn: async () => {},
      bytesEnough: null,
      onProgress: () => {},
      signal: new AbortController().signal,
    },
  )
  if (fetched.received === null) throw new Error('A list that was never fetched has not changed.')
  const { sha256 } = await fetched.received.keep()
  return sha256
}

/** Megabytes of memory, as the system counts them. */
function memoryMB(name: 'VmRSS' | 'VmHWM'): number {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return (Number(kib) * 1024) / 1e6
}

// What is loaded with the first download is not what a large one takes.
await fetchOnce(task.smallUrl)
const beforeMB = memoryMB('VmRSS')
const sha256 = await fetchOnce(task.url)
const peakMB = memoryMB('VmHWM')
const hash = createHash('sha256')
for await (const piece of archive.read(sha256)) hash.update(piece)
const said: Downloaded = { sha256, keptSha256: hash.digest('hex'), beforeMB, peakMB }
console.log(JSON.stringify(said))
