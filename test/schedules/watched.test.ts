import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'
import { openUrl } from '../helpers/open-database.ts'
import { openTestService } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'

const tick = (program: TestProgram) =>
  program.rows<{ note: string | null }>(`select note from schedule_ticks where schedule = 'feed-check'`)

/** Has a service look at its sources once, as it does when it starts, and fetch what is new. */
async function looked(program: TestProgram, engine: (typeof engines)[number]): Promise<string> {
  const { service } = await openTestService(engine, {}, undefined, program)
  try {
    const note = await until(async () => (await tick(program))[0]?.note)
    await until(
      async () =>
        (await program.rows(`select 1 from jobs where state in ('queued', 'running')`)).length === 0,
    )
    return note
  } finally {
    await service.stop({ graceMs: 10_000 })
  }
}

for (const engine of engines) {
  describe(engine, () => {
    test('what is watched is fetched once there is something new, and nothing else is', async () => {
      await using program = await openProgram(engine, {})
      Object.assign(program.env, {
        TALLYMAN_LOCAL_FOLDERS: program.folder,
        TALLYMAN_FEED_CHECK_INTERVAL: '60',
        TALLYMAN_DAILY_RUN: 'off',
      })
      const list = join(program.folder, 'list.csv')
      await Bun.write(list, priceList(3))
      const set = ['--kind', 'local', '--set', `path=${list}`, '--set', 'settle_seconds=0.1']
      await program.run('sources', 'add', 'Acme/watched', ...set, '--watched', 'yes')
      await program.run('sources', 'add', 'Acme/unwatched', ...set)
      const imports = () =>
        program.rows(
          `select s.name, i.status, r."trigger", r.schedule from imports as i
           join sources as s on s.id = i.source_id join ingestion_runs as r on r.id = i.run_id order by i.id`,
        )
      const fetched = { name: 'watched', status: 'completed', trigger: 'schedule', schedule: 'feed-check' }

      expect(await looked(program, engine)).toBe('1 looked at, 1 fetched')
      expect(await imports()).toEqual([fetched])
      await forgetTicks(program)
      expect(await looked(program, engine)).toBe('1 looked at')
      expect(await imports()).toEqual([fetched])
      await forgetTicks(program)
      await Bun.write(list, priceList(4))
      expect(await looked(program, engine)).toBe('1 looked at, 1 fetched')
      expect(await imports()).toEqual([fetched, fetched])
    }, 180_000)
  })
}

/** As if no scheduler had looked in this minute. */
async function forgetTicks({ url }: TestProgram): Promise<void> {
  const db = await openUrl(url)
  await db.run('delete from schedule_ticks')
  await db.close()
}
