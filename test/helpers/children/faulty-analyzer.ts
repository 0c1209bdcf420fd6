import { once } from 'node:events'
import { appendFileSync, existsSync } from 'node:fs'

// Stands in for the child that reads a file, and does to itself what the last part of the path says. Spawned by tests.
process.on('disconnect', () => {})
const [job] = (await once(process, 'message')) as [{ import_id: string; path: string }]
const say = (message: unknown) => process.send?.(message)
const [folder, behaviour] = [job.path.slice(0, job.path.lastIndexOf('/')), job.path.split('/').at(-1)]
const isFirst = !existsSync(`${folder}/pids`)
appendFileSync(`${folder}/pids`, `${process.pid}\n`)

switch (behaviour) {
  case 'good':
    say({ phase: 'reading', rows: 2, percent: 50 })
    say({ phase: 'writing', rows: 4, percent: 100 })
    say({ import_id: job.import_id, status: 'ended', rows: 4, error: null })
    break
  case 'mute-at-first':
    if (!isFirst) say({ import_id: job.import_id, status: 'ended', rows: 1, error: null })
    break
  case 'hangs-at-first':
    if (isFirst) spin(Number.POSITIVE_INFINITY)
    say({ import_id: job.import_id, status: 'ended', rows: 1, error: null })
    break
  case 'hangs':
    spin(Number.POSITIVE_INFINITY)
    break
  case 'lingers':
    say({ phase: 'writing', rows: 1, percent: 100 })
    say({ import_id: job.import_id, status: 'ended', rows: 1, error: null })
    await new Promise(() => setInterval(() => {}, 1000))
    break
  case 'refuses':
    say({
      import_id: job.import_id,
      status: 'failed',
      rows: 0,
      error: { code: 'no_taste', message: 'Not today.' },
    })
    break
  case 'eats':
    eat()
    break
  case 'spins':
    say({ phase: 'reading', rows: 1, percent: 1 })
    spin(Number.POSITIVE_INFINITY)
    break
  case 'long-sql':
    say({ phase: 'writing', rows: 1, percent: 100 })
    spin(1500)
    say({ import_id: job.import_id, status: 'ended', rows: 1, error: null })
    break
  case 'waits':
    setInterval(() => say({ phase: 'reading', percent: null }), 50)
    await new Promise(() => {})
    break
  case 'crashes':
    say({ phase: 'reading', percent: null })
    process.kill(process.pid, 'SIGSEGV')
    break
  case 'gives-up':
    say({ phase: 'reading', percent: null })
    process.exit(7)
    break
  case 'babbles':
    say('no message at all')
    say({ phase: 'reading', rows: -1, percent: 1e9 })
    say({ status: 'ended' })
    process.exit(0)
    break
}
process.exit(0)

/** As a bomb does: the event loop has no turn meanwhile. */
function eat(): void {
  const eaten: Uint8Array[] = []
  for (;;) {
    eaten.push(new Uint8Array(8 * 1024 ** 2).fill(eaten.length))
    Bun.sleepSync(5)
  }
}

function spin(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}
