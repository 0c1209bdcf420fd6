import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { jsonElements } from '../../db/dialect.ts'
import { graceMs, type OrphanSweep } from './rule.ts'

/** Fingerprint files of sources that were deleted, and what killed processes left of writing one. */
export const sweepFingerprints: OrphanSweep = async ({ db, fingerprintFolder }, options, tally) => {
  const { dryRun, now, signal } = options
  const names = (await readdir(fingerprintFolder).catch(() => [])).sort()
  const ids = names.filter((name) => /^[0-9a-f-]{36}$/.test(name))
  const rows = await db.all<{ id: string }>(
    `select id from sources where id in (${jsonElements(db.engine, '$1')})`,
    [JSON.stringify(ids)],
  )
  const sources = new Set(rows.map(({ id }) => id))
  for (const name of names) {
    if (sources.has(name)) continue
    if (tally.isOver(signal)) return
    const path = join(fingerprintFolder, name)
    const found = await stat(path).catch(() => null)
    if (found === null || !found.isFile()) continue
    const isTorn = /^[0-9a-f-]{36}\.\d+\.new$/.test(name)
    if (!ids.includes(name) && !(isTorn && now.getTime() - found.mtimeMs > graceMs)) continue
    if (!dryRun) await rm(path, { force: true })
    tally.took({ kind: 'fingerprints', bytes: found.size, example: `fingerprints/${name}` })
  }
}
