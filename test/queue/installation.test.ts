import { describe, expect, test } from 'bun:test'
import type { Database } from '../../src/db/database.ts'
import { ensureInstallation, installationStore } from '../../src/queue/installation.ts'
import { engines } from '../helpers/engines.ts'
import { openMigrated } from '../helpers/open-database.ts'

const now = new Date(Date.UTC(2026, 10, 22, 9))
const later = new Date(Date.UTC(2026, 10, 22, 10))

for (const engine of engines) {
  describe(engine, () => {
    const store = (db: Database) => installationStore(db)
    const write = (db: Database, work: (store: ReturnType<typeof installationStore>) => Promise<void>) =>
      db.tx(({ query }) => work(installationStore({ query })))

    test('a database becomes an installation once, with an id of its own', async () => {
      await using one = await openMigrated(engine)
      expect(await store(one.db).get()).toBe(null)
      await Promise.all([ensureInstallation(one.db, now), ensureInstallation(one.db, later)])
      const made = (await store(one.db).get())!
      expect(made.queuePausedAt).toBe(null)
      await ensureInstallation(one.db, later)
      expect(await store(one.db).get()).toEqual(made)
      await using other = await openMigrated(engine)
      await ensureInstallation(other.db, now)
      expect((await store(other.db).get())!.id).not.toBe(made.id)
    })

    test('the queue is paused since it was first paused, until it is resumed', async () => {
      await using one = await openMigrated(engine)
      await ensureInstallation(one.db, now)
      await write(one.db, (each) => each.pause(now))
      await write(one.db, (each) => each.pause(later))
      expect(await store(one.db).get()).toMatchObject({ queuePausedAt: now })
      await write(one.db, (each) => each.resume())
      expect(await store(one.db).get()).toMatchObject({ queuePausedAt: null })
    })
  })
}
