import { join } from 'node:path'

/** What starts this program once more, without arguments: the executable, or Bun with the sources. */
export function ownCommand(): string[] {
  return Bun.isStandaloneExecutable
    ? [process.execPath]
    : [process.execPath, join(import.meta.dir, '..', 'main.ts')]
}

/**
 * An environment in which a process of ours ends when its parent does, killed or not, and even while it spins: the
 * kernel sees to that. Its log is what `relayLog` reads.
 * @param without names that are none of its business: secrets
 */
export function dependentEnvironment(
  env: Record<string, string | undefined>,
  without: readonly string[],
): Record<string, string> {
  const entries = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || without.includes(name) ? [] : [[name, value] as const],
  )
  const options = [env.BUN_OPTIONS ?? '', '--no-orphans'].join(' ').trim()
  return { ...Object.fromEntries(entries), BUN_OPTIONS: options, TALLYMAN_LOG_FORMAT: 'json' }
}
