import { expect, test } from 'bun:test'
import { run } from '../../src/cli/index.ts'
import { claimTick } from '../../src/schedules/ticks.ts'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { testIo } from '../helpers/io.ts'
import { openUrl } from '../helpers/open-database.ts'
import { addSource } from '../helpers/sources.ts'

async function schedules(...argv: string[]) {
  const io = testIo({})
  const code = await run(['schedules', ...argv], io)
  return { code, out: io.out(), err: io.err() }
}

test('the next runs of a schedule are shown in its time zone', async () => {
  const { code, out } = await schedules('next', '30 2 * * mon', '--zone', 'Europe/Berlin', '--limit', '2')
  const lines = out.trimEnd().split('\n')
  expect([code, lines.length]).toEqual([0, 2])
  for (const line of lines)
    expect(line).toMatch(/^Mon \d{4}-\d\d-\d\d 02:30 Europe\/Berlin \(\d{4}-\d\d-\d\dT0[01]:30Z\)$/)
})

test('five are shown unless somebody says, as JSON too', async () => {
  const { out } = await schedules('next', '@daily', '--json')
  const shown = JSON.parse(out)
  expect(shown).toMatchObject({ cron: '0 0 * * *', time_zone: 'UTC' })
  expect(shown.next_runs).toHaveLength(5)
})

test('a schedule that cannot be meant is told what is wrong with it', async () => {
  const { code, err } = await schedules('next', '60 * * * *')
  expect(code).toBe(1)
  expect(err).toContain('wrong in its minute: "60" is not within 0–59')
  expect((await schedules('next', '0 2 * * *', '--zone', 'Europe/Berln')).err).toContain('Europe/Berlin?')
  expect((await schedules('next')).code).toBe(2)
})

for (const engine of engines) {
  test(`${engine}: schedules are listed, with what they did`, async () => {
    await using program = await openProgram(engine, { TALLYMAN_TIME_ZONE: 'Europe/Berlin' })
    await program.run('migrate', 'up')
    const db = await openUrl(program.url)
    try {
      const source = await addSource(db, { name: 'weekly', schedule: '15 6 * * mon' })
      const minute = new Date('2026-11-16T05:15:00Z')
      await db.tx((tx) =>
        claimTick(tx, {
          schedule: `source/${source}`,
          minute,
          outcome: 'skipped',
          runId: null,
          note: 'It was paused.',
          createdAt: minute,
        }),
      )
      const { out } = await program.run('schedules')
      expect(out).toContain('daily-run')
      expect(out).toContain('every 3600 s')
      const line = out.split('\n').find((each) => each.startsWith(`source/${source}`))!
      expect(line).toMatch(
        /Acme\/weekly +15 6 \* \* mon +Europe\/Berlin +2026-11-23 05:15 +2026-11-16 05:15 +skipped$/,
      )
      const { json } = await program.json<{ schedules: { name: string; next_runs: string[] }[] }>(
        'schedules',
        'list',
      )
      expect(json.schedules.map(({ name }) => name)).toEqual([
        'daily-run',
        'feed-check',
        'clean-up',
        `source/${source}`,
      ])
      for (const name of [`source/${source}`, 'Acme/weekly'])
        expect((await program.run('schedules', 'ticks', name)).out).toMatch(
          /2026-11-16 05:15 +skipped +It was paused\./,
        )
      const unknown = await program.run('schedules', 'ticks', 'Acme/weekyl')
      expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('did you mean Acme/weekly?')])
      expect((await program.run('schedules', 'ticks')).code).toBe(2)
      expect((await program.run('schedules', 'next', '0 2 * * *')).out).toContain(
        'Mon 2026-11-23 02:00 Europe/Berlin',
      )
    } finally {
      await db.close()
    }
  })
}
