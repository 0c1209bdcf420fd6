import { writeSync } from 'node:fs'
import { openApp } from '../../../../src/app.ts'
import { loadConfig } from '../../../../src/config.ts'
import { takeInReceived } from '../../../../src/courier/intake.ts'
import { type FetchNote, openArchive } from '../../../../src/files/archive.ts'
import type { FileStore } from '../../../../src/files/file-store.ts'
import { systemClock } from '../../../../src/lib/clock.ts'
import { createLogger, parseLogLevels } from '../../../../src/lib/log.ts'
import { noPins } from '../../../../src/sources/pins.ts'
import type { FetchStep } from '../fetch-kills.ts'

/**
 * Downloads lists from a server, one after the other, and takes each in: says "ready", and the hash of each list that was
 * accepted, a line each. Kills itself at a step of a list, or goes on until it is killed.
 *
 * Arguments: the data folder, the server's address, how many lists at most, and the step and the list that it is killed at.
 */
const [folder = '', server = '', lists = '', step = '', at = '0'] = Bun.argv.slice(2)

const log = createLogger({
  thresholds: parseLogLevels('error'),
  format: 'json',
  isColoured: false,
  write: (line) => void writeSync(2, line),
  clock: systemClock,
})
const config = loadConfig({ TALLYMAN_DATA_DIR: folder, TALLYMAN_DISK_FREE_MIN: '0' }, folder)
const app = await openApp({ config, clock: systemClock, log, schema: 'write' })
let number = 0

function reached(now: FetchStep): void {
  if (now === step && number === Number(at)) process.kill(process.pid, 'SIGKILL')
}

const { store } = app.parts.archive
const marked: FileStore = {
  ...store,
  async put(key, file) {
    reached(key.form === 'note' ? 'file in its place' : 'note written')
    await store.put(key, file)
    if (key.form === 'note') reached('note in its place')
  },
}
const [{ id: installationId = null } = {}] = await app.db.all<{ id: string }>('select id from installation')
const archive = openArchive(config.uploadsDirectory, { store: marked, installationId })
const parts = { ...app.parts, archive }

async function* marking(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece
    reached('half downloaded')
  }
}

writeSync(1, 'ready\n')
for (; number < Number(lists); number++) {
  const response = await fetch(`${server}/${crypto.randomUUID()}`)
  if (response.body === null) throw new Error('The server sends nothing.')
  const received = await archive.receive(marking(response.body), { sizeBytesMax: 10_000_000 })
  reached('downloaded')
  const handed = {
    ...received,
    async keep(from?: FetchNote) {
      const kept = await received.keep(from)
      reached('before the commit')
      return kept
    },
  }
  await takeInReceived(
    parts,
    {
      ...noPins,
      supplier: `Supplier ${number % 3}`,
      source: 'upload',
      fileName: 'list.csv',
      trigger: 'api',
      mayHold: true,
      force: false,
    },
    handed,
  )
  reached('committed')
  writeSync(1, `${received.sha256}\n`)
}
await app.close()
