/** How many tests passed and failed. Skipped ones count as neither. */
export interface TestCounts {
  passed: number
  failed: number
}

/**
 * Reads the counts of `bun test --reporter=junit`. A file that cannot even be loaded appears only in the exit code,
 * so a bad one counts as at least one failure.
 * @param report the XML, or null when there is none because the runner crashed
 */
export function testCounts(report: string | null, exitCode: number): TestCounts {
  const total = /<testsuites[^>]*>/.exec(report ?? '')?.[0] ?? ''
  const count = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(total)?.[1] ?? 0)
  const failed = count('failures')
  return {
    passed: count('tests') - failed - count('skipped'),
    failed: exitCode === 0 ? failed : Math.max(failed, 1),
  }
}
