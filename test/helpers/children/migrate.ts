import { migrateUp } from '../../../src/db/migrate.ts'
import { openUrl } from '../open-database.ts'

// Migrates the database that is its argument, and prints which migrations it applied. Spawned by tests.
const db = await openUrl(Bun.argv[2]!)
try {
  console.log(JSON.stringify(await migrateUp(db, { now: () => new Date() })))
} finally {
  await db.close()
}
