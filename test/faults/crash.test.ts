import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { engines } from '../helpers/engines.ts'
import { killBench, killPhases } from '../helpers/kill-ingest.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

// A slice of scripts/crash, which kills 200 times on each engine.
for (const engine of engines) {
  describe(`an import on ${engine} that is killed`, () => {
    test('leaves the catalog as before or as after, and the restart ends it', async () => {
      await using directory = await temporaryDirectory()
      const bench = await killBench({
        engine,
        program: [process.execPath, join(import.meta.dir, '../../src/main.ts')],
        folder: directory.path,
        rowCount: 5000,
        serverUrl: process.env.TALLYMAN_TEST_DATABASE_URL || null,
      })
      try {
        for (const phase of killPhases) {
          const trial = await bench.trial(phase, 0.4)
          expect(['before', 'after']).toContain(trial.afterKill)
          expect(['before', 'after']).toContain(trial.afterRestart)
          // What was in the catalog stays there.
          if (trial.afterKill === 'after') expect(trial.afterRestart).toBe('after')
          expect(trial.faults).toEqual([])
        }
      } finally {
        await bench.close()
      }
    }, 120_000)
  })
}
