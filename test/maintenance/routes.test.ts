import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { ingestList } from '../helpers/acme.ts'
import { runAhead } from '../helpers/cleanups.ts'
import { filesWithHashes } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'
import { openUrl } from '../helpers/open-database.ts'

setDefaultTimeout(60_000)

interface TaskJson {
  name: string
  period: { seconds: number | null; setting: string | null } | null
  last_run: { deleted: Record<string, number> } | null
  links: { run: string }
}

const post = (body: unknown) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

for (const engine of engines) {
  describe(engine, () => {
    test('clean-ups are listed, tried without writing anything, and run', async () => {
      await using service = await openService(engine)
      const { program } = service
      await ingestList(program, priceList(3))
      await ingestList(program, priceList(4))
      // As if it had all happened long ago.
      const db = await openUrl(program.url)
      const longAgo = new Date(Date.UTC(2020, 0, 1))
      await db.run('update jobs set created_at = $1, finished_at = $1', [longAgo])
      await db.close()
      const tasks = async () =>
        (await service.json<{ tasks: TaskJson[] }>('/api/v1/maintenance/tasks')).body.tasks
      expect((await tasks()).map(({ name, last_run }) => [name, last_run])).toEqual(
        [
          'uploads',
          'job-results',
          'deleted-suppliers',
          'deleted-items',
          'raw-archive',
          'pack-archive',
          'orphans',
          'ticks',
          'request-keys',
          'logins',
          'audit-log',
        ].map((name) => [name, null]),
      )
      const periods = Object.fromEntries((await tasks()).map(({ name, period }) => [name, period]))
      expect(periods['raw-archive']).toEqual({ seconds: 30 * 24 * 3600, setting: 'TALLYMAN_RAW_DAYS' })
      expect(periods.orphans).toBeNull()
      const before = await program.contents()
      const run = (await tasks()).find(({ name }) => name === 'job-results')!.links.run
      const expected = { status: 200, body: { task: 'job-results', deleted: { jobs: 2 }, is_complete: true } }
      // Unless it is said, nothing is deleted.
      expect(await service.json(run, post({}))).toMatchObject({ ...expected, body: { dry_run: true } })
      for (const given of [{}, { headers: { 'content-type': 'application/json' } }])
        expect(await service.json(run, { method: 'POST', ...given })).toMatchObject({
          ...expected,
          body: { dry_run: true },
        })
      expect(await service.json(run, { method: 'POST', body: 'dry_run=false' })).toMatchObject({
        status: 415,
      })
      expect(await program.contents()).toEqual(before)
      expect((await tasks()).every(({ last_run }) => last_run === null)).toBe(true)
      expect(await service.json(run, post({ dry_run: false }))).toMatchObject(expected)
      expect(await program.rows('select id from jobs')).toEqual([])
      expect((await tasks()).find(({ name }) => name === 'job-results')!.last_run).toMatchObject({
        deleted: { jobs: 2 },
      })
      expect(await service.json('/api/v1/maintenance/tasks/job-result/run', post({}))).toMatchObject({
        status: 404,
        body: { code: 'unknown_task', detail: expect.stringContaining('did you mean job-results') },
      })
      expect(await service.json(run, post({ dry_run: 'no' }))).toMatchObject({ status: 422 })
    })

    test('a dry run of everything writes nothing at all, neither rows nor files', async () => {
      await using service = await openService(engine, {
        env: { TALLYMAN_ORPHANS: 'categories,brands,runs,files,fingerprints' },
      })
      const { program } = service
      for (const count of [3, 4, 5]) await ingestList(program, priceList(count))
      await program.run('items', 'delete', 'A-1')
      const state = async () => {
        const files = await filesWithHashes(program.dataFolder)
        return { rows: await program.contents(), files }
      }
      const before = await state()
      const tried = await runAhead(program, 400, 'cleanup', '--dry-run')
      expect(tried).toMatchObject({ code: 0, err: '' })
      expect(tried.out).toContain('job-results: 3 jobs would be deleted.')
      expect(tried.out).toContain('deleted-items: 1 item would be deleted.')
      expect(tried.out).toMatch(/raw-archive: 2 raw files \(\d+ bytes\) would be deleted\./)
      expect(tried.out).toContain('Old, and kept: 1 last list.')
      expect(await state()).toEqual(before)
      const done = await runAhead(program, 400, 'cleanup')
      expect(done.out).toBe(tried.out.replaceAll('would be deleted', 'deleted'))
      expect(await state()).not.toEqual(before)
      const only = await runAhead(program, 400, 'cleanup', 'ticks', 'uploads')
      expect(only.out).toBe('uploads: nothing deleted.\nticks: nothing deleted.\n')
      expect((await program.run('cleanup', 'job-result')).err).toContain('did you mean job-results')
    })
  })
}
