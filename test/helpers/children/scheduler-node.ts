import { consoleActor } from '../../../src/auth/model.ts'
import { trigger } from '../../../src/courier/trigger.ts'
import { scheduleStart } from '../../../src/schedules/schedule-start.ts'
import { look } from '../../../src/schedules/scheduler-look.ts'
import { openSchedules } from '../../../src/schedules/schedules.ts'
import { openUrl, silentLog } from '../open-database.ts'

/**
 * A node that looks at schedules whenever it is told to, at the time that it is told, and says what it does:
 *
 *     bun scheduler-node.ts DATABASE_URL
 *     2026-11-22T02:00:00Z       is read
 *     starting source/ID         before each commit
 *     looked                     at the end, or `failed: …`
 */
const [url = ''] = process.argv.slice(2)
const db = await openUrl(url)
const schedules = openSchedules(db, {
  dailyRun: 'off',
  timeZone: 'UTC',
  cleanUpSeconds: 3600,
  feedCheckSeconds: 0,
})
const start = scheduleStart({
  engine: db.engine,
  trigger: (tx, cause) => trigger(tx, { db, actor: consoleActor, defaultCurrency: 'EUR' }, cause),
  announce: () => {},
  cleanUp: { obstacle: () => null, begin: () => {} },
  feedCheck: { obstacle: () => null, begin: () => {} },
})
const say = (line: string) => process.stdout.write(`${line}\n`)

say('ready')
for await (const line of console) {
  const parts = {
    db,
    log: silentLog,
    schedules: async () => (await schedules.all()).known,
    start: async (...[tx, schedule, due]: Parameters<typeof start>) => {
      const started = await start(tx, schedule, due)
      say(`starting ${schedule.name}`)
      return started
    },
    everyMinute: async () => {},
  }
  await look(parts, new Date(line)).then(
    () => say('looked'),
    (error) => say(`failed: ${error}`),
  )
}
