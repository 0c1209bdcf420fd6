import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'

// Stands in for the process that reads a file apart, and does to itself what the last part of the path says.
process.on('disconnect', () => process.exit(0))
const [question] = (await once(process, 'message')) as [{ id: number; open: { path: string } }]
const { path } = question.open
appendFileSync(`${dirname(path)}/pids`, `${process.pid}\n`)

switch (basename(path)) {
  case 'eats': {
    const eaten: Uint8Array[] = []
    for (;;) {
      eaten.push(new Uint8Array(8 * 1024 ** 2).fill(eaten.length))
      Bun.sleepSync(5)
    }
  }
  case 'spins':
    for (;;);
  case 'crashes':
    process.kill(process.pid, 'SIGSEGV')
    break
  case 'gives-up':
    process.exit(7)
    break
  case 'babbles':
    process.send?.('no answer at all')
    process.send?.({ id: question.id, rows: 'none' })
    process.send?.({ id: question.id + 1, opened: {} })
    process.send?.({ id: question.id, failed: { code: 'no_taste', message: 'Not today.' } })
    break
}
