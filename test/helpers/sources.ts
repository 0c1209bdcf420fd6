import type { Database } from '../../src/db/database.ts'
import { newId } from '../../src/lib/id.ts'
import { type NewSource, sourceStore } from '../../src/sources/store.ts'
import { supplierStore } from '../../src/suppliers/store.ts'

/** Makes a source that takes files from a folder of this machine, unless the test says otherwise. @returns its id */
export async function addSource(
  db: Database,
  { supplier = 'Acme', ...differences }: Partial<NewSource> & { name: string; supplier?: string },
): Promise<string> {
  return db.tx(async ({ query }) => {
    const stores = { query, tables: db.tables }
    const now = differences.now ?? new Date('2026-11-01T00:00:00Z')
    const { id: supplierId } = await supplierStore(stores).findOrAdd(supplier, now)
    const made = await sourceStore(stores).add({
      id: newId(),
      kind: 'local',
      config: { path: '/srv/lists/acme.csv' },
      secrets: null,
      schedule: null,
      timeZone: null,
      retryDelaysMs: null,
      listMode: 'full',
      currency: null,
      supplierId,
      now,
      ...differences,
    })
    return made.id
  })
}
