import { auditLog } from './audit-log.ts'
import { deletedItems } from './deleted-items.ts'
import { deletedSuppliers } from './deleted-suppliers.ts'
import { jobResults } from './job-results.ts'
import { logins } from './logins.ts'
import { orphans } from './orphans.ts'
import { packArchive } from './pack-archive.ts'
import { rawArchive } from './raw-archive.ts'
import { requestKeys } from './request-keys.ts'
import type { Task } from './task.ts'
import { ticks } from './ticks.ts'
import { uploads } from './uploads.ts'

/** Every clean-up, in the order in which they run: what one leaves without a reference the next one may delete. */
export const tasks: readonly Task[] = [
  uploads,
  jobResults,
  deletedSuppliers,
  deletedItems,
  rawArchive,
  packArchive,
  orphans,
  ticks,
  requestKeys,
  logins,
  auditLog,
]
