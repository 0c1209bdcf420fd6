import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { temporaryDirectory } from '../../test/helpers/temporary.ts'
import { findBrowser } from './browser.ts'
import { buildExecutable, root } from './build.ts'
import { staticChecks } from './checks.ts'
import { sourceCoverage } from './coverage.ts'
import { pageCoverage } from './page-coverage.ts'
import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'
import { testCounts } from './report.ts'
import { type Tally, tally } from './tally.ts'

/** Percent of the lines of src/, all files together. */
const coverageMin = 85
/** A test that takes longer hangs. Bun's own 5 s are too few for a property test on a machine that has other work. */
const testMs = 60_000

const counts = tally()
await staticChecks(counts)
try {
  await testsWithServers(counts)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  counts.add({ passed: 0, failed: 1 })
}
console.log(`\n${counts.line()}`)
process.exitCode = counts.failed === 0 ? 0 : 1

/** The servers live as long as this function, whichever way it ends. */
async function testsWithServers(counts: Tally): Promise<void> {
  await using directory = await temporaryDirectory()
  const executable = directory.file('tallyman')
  // A failed build is counted, and the other tests still run.
  const isBuilt = await counts.check('build', () => buildExecutable(executable))
  await using postgres = await startPostgres(root)
  const browser = await findBrowser(process.env.TALLYMAN_TEST_BROWSER || null)
  await using redis = await startRedis(process.env.TALLYMAN_TEST_REDIS_URL || null)

  console.log('\n── tests')
  const lcovDirectory = directory.file('coverage')
  const pageDirectory = directory.file('page-coverage')
  const report = directory.file('report.xml')
  const runner = Bun.spawn(
    [
      ...[process.execPath, 'test', '--no-env-file', `--timeout=${testMs}`],
      // Most of the time a test waits for a server or a process of its own. Modules stay loaded between files.
      ...[`--parallel=${availableParallelism() + 1}`, '--no-isolate'],
      ...['--reporter=junit', `--reporter-outfile=${report}`],
      ...['--coverage', '--coverage-reporter=lcov', `--coverage-dir=${lcovDirectory}`],
    ],
    {
      cwd: root,
      env: {
        ...withoutSettings(process.env),
        ...(process.env.TALLYMAN_CORPUS && { TALLYMAN_CORPUS: resolve(process.env.TALLYMAN_CORPUS) }),
        TALLYMAN_TEST_DATABASE_URL: postgres.url,
        TALLYMAN_TEST_REDIS_URL: redis.url,
        TALLYMAN_TEST_BROWSER: browser,
        TALLYMAN_TEST_PAGE_COVERAGE: pageDirectory,
        ...(isBuilt && { TALLYMAN_TEST_EXECUTABLE: executable }),
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  const exitCode = await runner.exited
  counts.add(testCounts(await readFile(report, 'utf8').catch(() => null), exitCode))

  await counts.check('coverage', async () => {
    const lcov = await readFile(`${lcovDirectory}/lcov.info`, 'utf8')
    const { files, percent } = await sourceCoverage(root, lcov, await pageCoverage(pageDirectory))
    for (const { file, lines, hit } of files.slice(0, 10)) {
      console.log(`   ${((100 * hit) / lines).toFixed(0).padStart(3)} %  ${hit}/${lines}  ${file}`)
    }
    console.log(`   ${percent.toFixed(1)} % of the lines of src/ (at least ${coverageMin} % are needed)`)
    if (percent < coverageMin) throw new Error(`Coverage is below ${coverageMin} %.`)
  })
}

/** Tests start from the defaults, whatever the service that runs from this shell is set to. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isSetting = (name: string) => /^(DATABASE_URL|REDIS_URL|HOST|PORT|TALLYMAN_.*)$/.test(name)
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isSetting(name)))
}
