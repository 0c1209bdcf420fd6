import { loadConfig } from '../../../../src/config.ts'
import { systemClock } from '../../../../src/lib/clock.ts'
import { openWorker } from '../../../../src/roles/worker.ts'
import { silentLog } from '../queues.ts'

/** What `tallyman worker` is, which works until it is killed: settings come from the environment. */
// As in main.ts; Bun goes on otherwise while the module is being evaluated.
for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, (error) => {
    console.error(error)
    process.exit(1)
  })
const env = process.env
const cwd = process.cwd()
await openWorker({ config: loadConfig(env, cwd), clock: systemClock, log: silentLog, env, cwd })
process.stdout.write('ready\n')
