import { expect, test } from 'bun:test'
import { join } from 'node:path'

interface LockedPackage {
  resolved?: string
  optionalDependencies?: Record<string, string>
}

/** As npm writes it (lockfileVersion 3): keys are paths such as "node_modules/bun". */
const { packages }: { packages: Record<string, LockedPackage> } = await Bun.file(
  join(import.meta.dir, '../package-lock.json'),
).json()

test('the lockfile holds the binaries of every platform, so that npm ci works on all of them', () => {
  const names = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)))
  const wanted = Object.values(packages).flatMap((locked) => Object.keys(locked.optionalDependencies ?? {}))
  expect(wanted.length).toBeGreaterThan(0)
  expect(wanted.filter((name) => !names.has(name))).toEqual([])
})

test('the lockfile names no registry', () => {
  expect(Object.keys(packages).filter((path) => packages[path]!.resolved !== undefined)).toEqual([])
})
