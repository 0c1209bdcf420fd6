import { installedBrowser } from '../../scripts/lib/browser.ts'

/**
 * Says once, at the start of a run, what will be skipped and how to have it run. A preload (bunfig.toml), because
 * each test file of its own would say it again.
 */
const needs = [
  ['TALLYMAN_TEST_DATABASE_URL', 'storage tests on PostgreSQL'],
  ['TALLYMAN_TEST_EXECUTABLE', 'smoke tests of the executable'],
  ['TALLYMAN_CORPUS', 'tests on the corpus of real files'],
] as const

for (const [variable, what] of needs) {
  if (!process.env[variable]) console.error(`skipped: ${what} (${variable} is not set)`)
}
if (!process.env.TALLYMAN_TEST_BROWSER && installedBrowser() === null)
  console.error(
    'skipped: tests in a browser (no Chromium is installed, and TALLYMAN_TEST_BROWSER is not set)',
  )
if (needs.some(([variable]) => !process.env[variable])) {
  console.error('scripts/test runs all but the corpus; TALLYMAN_CORPUS=folder scripts/test runs that too.\n')
}
