import type { Browser } from 'playwright-core'
import { installedBrowser } from '../../scripts/lib/browser.ts'
import { launchBrowser } from '../../scripts/lib/launch-browser.ts'

/**
 * The browser that TALLYMAN_TEST_BROWSER names (scripts/test sees to it), or an installed one; null: browser tests
 * are skipped, except in CI.
 */
export const browserProgram: string | null = process.env.TALLYMAN_TEST_BROWSER || installedBrowser()

if (process.env.CI && browserProgram === null) {
  throw new Error(
    'There is no Chromium. CI must test in a browser: run scripts/test, or set TALLYMAN_TEST_BROWSER.',
  )
}

/** Starts it without a window, and without anything that it would ask of the network by itself. */
export async function openBrowser(): Promise<Browser> {
  if (browserProgram === null) throw new Error('There is no browser to start.')
  return launchBrowser(browserProgram)
}
