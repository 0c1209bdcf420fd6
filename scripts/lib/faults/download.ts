import { join } from 'node:path'
import { temporaryDirectory } from '../../../test/helpers/temporary.ts'
import { openCutServer } from './cut-server.ts'
import { atLeastOne, type Figure, never } from './figure.ts'

/** What the process that downloads is told. */
export interface DownloadTask {
  url: string
  /** Of a list that is fetched first, uncut. */
  smallUrl: string
  /** Of the archive. */
  folder: string
  sizeBytesMax: number
}

/** What it found. */
export interface Downloaded {
  /** Of what came, as the archive says, and of what lies there. */
  sha256: string
  keptSha256: string
  /** Memory in use before, and most of it that was in use, in megabytes. */
  beforeMB: number
  peakMB: number
}

const program = join(import.meta.dir, 'children/download.ts')
const cutsPerDownload = 3
const smallBytes = 1_000_000
const grownMBMax = 64

/**
 * A large list is downloaded by a process of its own, by way of the kind `http` and the archive, while its connection
 * is cut three times, anywhere. What lies in the archive then is compared with what was sent.
 */
export async function download({ sizeBytes }: { sizeBytes: number }): Promise<Figure[]> {
  await using directory = await temporaryDirectory()
  const cuts = Array.from({ length: cutsPerDownload }, () => 1 + Math.floor(Math.random() * (sizeBytes - 1)))
  await using small = await openCutServer(smallBytes, [])
  await using server = await openCutServer(sizeBytes, cuts)
  const startedAt = performance.now()
  const task: DownloadTask = {
    url: server.url,
    smallUrl: small.url,
    folder: directory.file('raw'),
    sizeBytesMax: sizeBytes,
  }
  const said = await downloaded(task)
  const seconds = (performance.now() - startedAt) / 1000
  const isSame = [said.sha256, said.keptSha256].every((sha256) => sha256 === server.sha256)
  const goneOn = server.starts.filter((start, n) => n > 0 && start > 0).length
  return [
    {
      scenario: 'download that is cut',
      where: 'http, archive in a folder',
      facts: {
        MB: Math.round(sizeBytes / 1e6),
        'cut at': `${cuts.map((at) => Math.round(at / 1e6)).join(', ')} MB`,
        seconds: Math.round(seconds),
        'memory before': `${Math.round(said.beforeMB)} MB`,
      },
      goals: [
        never('other bytes', isSame ? 0 : 1),
        never('begun anew', server.starts.filter((start) => start === 0).length - 1),
        { ...atLeastOne('gone on after a cut', goneOn), bound: { atLeast: cutsPerDownload } },
        {
          name: 'memory grown',
          value: Math.max(0, said.peakMB - said.beforeMB),
          unit: 'MB',
          bound: { atMost: grownMBMax },
        },
      ],
    },
  ]
}

async function downloaded(task: DownloadTask): Promise<Downloaded> {
  const child = Bun.spawn([process.execPath, program, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // It ends with this process, however that ends.
    env: { ...process.env, BUN_OPTIONS: '--no-orphans' },
  })
  const printed = await new Response(child.stdout).text()
  if ((await child.exited) !== 0) throw new Error('The process that downloads has failed.')
  // Written by children/download.ts.
  return JSON.parse(printed) as Downloaded
}
