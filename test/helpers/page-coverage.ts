import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** What Chromium tells of one function: how often each part of it ran, as offsets in UTF-16 units of the script. */
export interface FunctionCoverage {
  ranges: { startOffset: number; endOffset: number; count: number }[]
}

/**
 * Writes down what runs of the admin page's script, for scripts/lib/page-coverage.ts. Nothing happens unless
 * scripts/test names a folder for it.
 * @returns ends it; to be called before the page is closed
 */
export async function recordCoverage(page: Page): Promise<() => Promise<void>> {
  const folder = process.env.TALLYMAN_TEST_PAGE_COVERAGE || null
  if (folder === null) return async () => {}
  await page.coverage.startJSCoverage({ resetOnNavigation: false })
  return async () => {
    // A test that closes its own page gives up what that page has run.
    if (page.isClosed()) return
    const scripts = await page.coverage.stopJSCoverage()
    for (const { url, functions } of scripts) {
      if (!/\/admin[^/]*\.js$/.test(new URL(url).pathname)) continue
      const recorded: FunctionCoverage[] = functions.map(({ ranges }) => ({ ranges }))
      await Bun.write(join(folder, `${crypto.randomUUID()}.json`), JSON.stringify(recorded))
    }
  }
}
