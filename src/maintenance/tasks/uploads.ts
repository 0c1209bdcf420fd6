import { Tally } from '../report.ts'
import type { Task } from './task.ts'

/** Files that were received in part, and staging that killed processes have left behind. */
export const uploads: Task = {
  name: 'uploads',
  description: 'Files that were received only in part, and what killed processes have left of their work',
  period: { of: ({ uploadsMs }) => uploadsMs, setting: 'TALLYMAN_UPLOAD_HOURS' },
  async run({ archive, leftOverStaging, retention }, { dryRun, now, signal }) {
    const tally = new Tally()
    const olderThan = new Date(now.getTime() - retention.uploadsMs)
    const files = await (dryRun ? archive.halfReceived(olderThan) : archive.sweep(olderThan))
    for (const { name, sizeBytes } of files)
      tally.took({ kind: 'half_received_files', bytes: sizeBytes, example: `raw/${name}` })
    for (const area of await leftOverStaging(now)) {
      if (tally.isOver(signal)) break
      if (!dryRun) await area.discard()
      tally.took({ kind: 'staging_areas', bytes: area.sizeBytes, example: area.names.join(', ') })
    }
    return tally.report
  },
}
