import type { OrphanRule } from '../model.ts'
import { sweepBrands } from '../orphans/brands.ts'
import { sweepCategories } from '../orphans/categories.ts'
import { sweepFiles, sweepOwnFiles } from '../orphans/files.ts'
import { sweepFingerprints } from '../orphans/fingerprints.ts'
import type { OrphanSweep } from '../orphans/rule.ts'
import { sweepRuns } from '../orphans/runs.ts'
import { Tally } from '../report.ts'
import type { Task } from './task.ts'

const sweeps: Record<OrphanRule, OrphanSweep> = {
  categories: sweepCategories,
  brands: sweepBrands,
  runs: sweepRuns,
  files: sweepFiles,
  fingerprints: sweepFingerprints,
}

/** What nothing refers to any more, by the rules that the settings name; and files that nobody else can need. */
export const orphans: Task = {
  name: 'orphans',
  description: 'What nothing refers to any more, by the rules of TALLYMAN_ORPHANS',
  async run(parts, options) {
    const tally = new Tally()
    const rules = parts.retention.orphans
    for (const rule of rules) {
      if (tally.isOver(options.signal)) break
      await sweeps[rule](parts, options, tally)
    }
    if (!rules.includes('files') && !tally.isOver(options.signal)) await sweepOwnFiles(parts, options, tally)
    return tally.report
  },
}
