import { statfs } from 'node:fs/promises'
import type { BenchOptions } from './arguments.ts'

/** Bytes a row that a group needs at its fullest: measured at 100,000 rows, and a third more. */
const bytesPerRow: Record<BenchOptions['only'][number], number> = {
  sqlite: 6000,
  postgres: 10_000,
  xlsx: 2500,
  memory: 3000,
  api: 6000,
}

/** The executable, PostgreSQL and its empty databases. */
const fixedBytes = 1e9

/** How much the temporary folder will hold at its fullest: groups follow each other and clear up. */
export function bytesNeeded({ only, rows }: Pick<BenchOptions, 'only' | 'rows'>, memoryRows: number): number {
  const sizes = only.map(
    (group) => bytesPerRow[group] * (group === 'memory' ? memoryRows : Math.max(...rows)),
  )
  return fixedBytes + Math.max(...sizes)
}

/** @throws Error when the folder's disk has too little space left */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= bytes) return
  const gigabytes = (size: number) => `${(size / 1e9).toFixed(1)} GB`
  throw new Error(
    `The benchmark needs ${gigabytes(bytes)} in ${folder}, which has ${gigabytes(free)} left. ` +
      'Make room, name another folder in TMPDIR, or take fewer rows with --rows or less with --only.',
  )
}
