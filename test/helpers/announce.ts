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
if (needs.some(([variable]) => !process.env[variable])) {
  console.error('scripts/test runs the first two; TALLYMAN_CORPUS=folder scripts/test runs all.\n')
}

export {}
