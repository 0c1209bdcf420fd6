import { expect, test } from 'bun:test'
import { analyze } from '../../src/analyzer/analyze.ts'
import { openApp } from '../../src/app.ts'
import { consoleActor } from '../../src/auth/model.ts'
import { loadConfig } from '../../src/config.ts'
import { takeIn } from '../../src/courier/intake.ts'
import { importStore } from '../../src/imports/store.ts'
import { jobStore } from '../../src/queue/store.ts'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { plainHandover } from '../helpers/handover.ts'
import { priceList } from '../helpers/lists.ts'
import { silentLog } from '../helpers/open-database.ts'

for (const engine of engines)
  test(`${engine}: an import has ended when its rows are written, not when that began`, async () => {
    await using program = await openProgram(engine)
    const config = loadConfig(program.env, program.folder)
    // A second goes by each time that somebody looks.
    let seconds = 0
    const clock = { now: () => new Date(Date.UTC(2026, 10, 22, 9, 0, seconds++)) }
    const app = await openApp({ config, clock, log: silentLog, schema: 'write' })
    try {
      const path = await program.write('list.csv', priceList(3))
      const taken = await takeIn(
        { ...app.parts, actor: consoleActor, carrier: null },
        { ...plainHandover, path, fileName: 'list.csv', trigger: 'cli' },
      )
      await analyze(app.parts, taken.importId, {
        signal: new AbortController().signal,
        onProgress: () => {},
      })
      const made = await importStore(app.db).get(taken.importId)
      expect(made.status).toBe('completed')
      expect(made.finishedAt!.getTime()).toBeGreaterThan(made.publishedAt!.getTime())
      expect((await jobStore(app.db).ofImport(taken.importId))!.state).toBe('succeeded')
      const [job] = await app.db.query.select().from(app.db.tables.jobs)
      expect(job!.finishedAt).toEqual(made.finishedAt)
    } finally {
      await app.close()
    }
  }, 60_000)
