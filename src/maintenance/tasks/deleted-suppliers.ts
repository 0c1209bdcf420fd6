import { serviceActor } from '../../auth/model.ts'
import { deleteSupplier } from '../../sources/delete-supplier.ts'
import { supplierStore } from '../../suppliers/store.ts'
import { Tally } from '../report.ts'
import type { Task } from './task.ts'

/** A deletion that was begun so long ago is no longer at work: a million items take minutes. */
const cutOffMs = 60 * 60 * 1000

/** Suppliers whose deletion was cut off: the process ended in the middle of it. */
export const deletedSuppliers: Task = {
  name: 'deleted-suppliers',
  description: 'What is left of suppliers whose deletion was cut off',
  async run({ db }, { dryRun, now, signal }) {
    const tally = new Tally()
    const parts = { db, actor: serviceActor, clock: { now: () => now } }
    for (const { id, name, deletingAt } of await supplierStore(db).deleting()) {
      if (tally.isOver(signal)) break
      if (deletingAt === null || now.getTime() - deletingAt.getTime() < cutOffMs) continue
      if (!dryRun) await deleteSupplier(parts, id, name)
      tally.took({ kind: 'suppliers', example: `${name} (${id})` })
    }
    return tally.report
  },
}
