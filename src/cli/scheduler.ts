import { once } from 'node:events'
import { openSchedulerRole } from '../roles/scheduler.ts'
import { defineCommand, exitCodes } from './command.ts'
import { endInTime } from './ending.ts'

/** `tallyman scheduler`. */
export const scheduler = defineCommand({
  name: 'scheduler',
  summary: 'Start what is due: sources, the daily run, clean-ups (`serve` does it by itself)',
  description:
    'For where "tallyman serve --only api" takes lists in. One is enough; two do no harm, since what is due at a minute\n' +
    'is started once. It shares the database and the data folder with the service and the workers.',
  options: {},
  positionals: {},
  isService: true,
  async run(_args, { config, log, io }) {
    const opened = await openSchedulerRole({ config, clock: io.clock, log, env: io.env, cwd: io.cwd })
    try {
      log.info('scheduling')
      if (!io.signal.aborted) await once(io.signal, 'abort')
      log.info('stopping')
      return exitCodes.done
    } finally {
      await endInTime(opened.stop(), log)
    }
  },
})
