import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type AdminBundle, bundleAdmin } from './bundle.ts'

/**
 * What the browser runs. Built from the sources when it is first asked for, and again once one of them has changed;
 * scripts/lib/build.ts puts the built texts in this module's place, so that the executable has them ready.
 * @returns the same object for as long as nothing has changed
 */
export function adminBundles(): () => Promise<AdminBundle> {
  let built: { changedAt: number; bundle: Promise<AdminBundle> } | null = null
  return async () => {
    const changedAt = await lastChange()
    if (built?.changedAt !== changedAt) {
      const bundle = bundleAdmin()
      built = { changedAt, bundle }
      bundle.catch(() => {
        built = null
      })
    }
    return built.bundle
  }
}

async function lastChange(): Promise<number> {
  const files = await Array.fromAsync(new Bun.Glob('**/*.{ts,tsx,css}').scan(import.meta.dir))
  const stats = await Promise.all(files.map((file) => stat(join(import.meta.dir, file))))
  return Math.max(...stats.map(({ mtimeMs }) => mtimeMs))
}
