import { expect, test } from 'bun:test'
import { testCounts } from '../../scripts/lib/report.ts'

const report = (counts: string) => `<?xml version="1.0"?>\n<testsuites name="bun test" ${counts} time="1.5">`

test('skipped tests count neither as passed nor as failed', () => {
  const xml = report('tests="9" assertions="20" failures="2" skipped="3"')
  expect(testCounts(xml, 1)).toEqual({ passed: 4, failed: 2 })
})

test('a file that cannot be loaded is a failure although the report does not know it', () => {
  expect(testCounts(report('tests="5" assertions="5" failures="0" skipped="0"'), 1)).toEqual({
    passed: 5,
    failed: 1,
  })
})

test('a runner that crashed before it wrote a report is one failure', () => {
  expect(testCounts(null, 139)).toEqual({ passed: 0, failed: 1 })
})
