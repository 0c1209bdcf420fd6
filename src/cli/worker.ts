import { once } from 'node:events'
import { workGraceMs } from '../roles/role.ts'
import { openWorker } from '../roles/worker.ts'
import { defineCommand, exitCodes } from './command.ts'
import { endInTime } from './ending.ts'

/** `tallyman worker`. */
export const worker = defineCommand({
  name: 'worker',
  summary: 'Work on the jobs that a `serve` takes in, beside it or on another machine',
  description:
    'Any number of workers share the database with one `serve`, and the data folder with it: where they run on other\n' +
    'machines, that folder is a shared one, and the database is PostgreSQL. Workers need no Redis. On SIGTERM a worker\n' +
    'begins nothing new, ends what it can within some seconds and hands the rest over to the others.',
  options: {
    concurrency: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 64,
      summary: 'Most imports at the same time (default: TALLYMAN_CONCURRENCY)',
    },
  },
  positionals: {},
  examples: [
    { line: 'tallyman serve --only api', summary: 'take files in, and leave the work to workers' },
    { line: 'tallyman worker --concurrency 8', summary: 'work on eight of them at a time' },
  ],
  isService: true,
  async run({ options }, { config, log, io }) {
    const concurrency = options.concurrency ?? config.concurrency
    const opened = await openWorker({
      config: { ...config, concurrency },
      clock: io.clock,
      log,
      env: io.env,
      cwd: io.cwd,
    })
    try {
      log.info('working', { concurrency })
      if (!io.signal.aborted) await once(io.signal, 'abort')
      log.info('stopping')
      return exitCodes.done
    } finally {
      await endInTime(opened.stop({ graceMs: workGraceMs }), log)
    }
  },
})
