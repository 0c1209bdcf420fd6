import { staticChecks } from './checks.ts'
import { command, tally } from './tally.ts'

const counts = tally()
await staticChecks(counts)
await counts.check('architecture', () => command([process.execPath, 'test', 'test/architecture.test.ts']))
console.log(`\n${counts.line()}`)
process.exitCode = counts.failed === 0 ? 0 : 1
