/** Runs checks one after the other and counts them; one that fails does not keep the next from running. */
export interface Tally {
  readonly passed: number
  readonly failed: number
  /** Counts as one. */
  check(name: string, run: () => Promise<void>): Promise<boolean>
  add(counts: { passed: number; failed: number }): void
  /** The line that CI and people read. */
  line(): string
}

export function tally(): Tally {
  let passed = 0
  let failed = 0
  return {
    get passed() {
      return passed
    },
    get failed() {
      return failed
    },
    async check(name, run) {
      console.log(`\n── ${name}`)
      const startedAt = performance.now()
      try {
        await run()
        passed++
        console.log(`   passed in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
        return true
      } catch (error) {
        failed++
        // A build fails with one error for each of its messages.
        for (const cause of error instanceof AggregateError ? error.errors : [error]) {
          console.error(cause instanceof Error ? cause.message : String(cause))
        }
        console.error(`   FAILED: ${name}`)
        return false
      }
    },
    add(counts) {
      passed += counts.passed
      failed += counts.failed
    },
    line: () => `${passed} passed, ${failed} failed`,
  }
}

/**
 * Runs a program with our own output.
 * @throws Error when it does not end with 0
 */
export async function command(program: string[], env: Record<string, string> = {}): Promise<void> {
  const child = Bun.spawn(program, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const code = await child.exited
  if (code !== 0) throw new Error(`${program.slice(0, 4).join(' ')} ended with ${child.signalCode ?? code}`)
}
