import { expect, test } from 'bun:test'
import { sourceCoverage } from '../../scripts/lib/coverage.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

test('coverage adds up the lines of all files, and those of a file that no test loads count as not run', async () => {
  await using root = await temporaryDirectory()
  await Bun.write(root.file('src/loaded.ts'), 'export const a = 1\n')
  await Bun.write(
    root.file('src/forgotten.ts'),
    "import { c } from './c.ts'\n/** Why. */\nexport function b() {\n  return 2\n}\n",
  )
  await Bun.write(root.file('src/types.ts'), 'export interface C {\n  d: string\n}\n')
  const lcov = 'TN:\nSF:src/loaded.ts\nDA:1,4\nDA:2,0\nend_of_record\nSF:test/x.ts\nDA:1,1\nend_of_record\n'
  expect(await sourceCoverage(root.path, lcov)).toEqual({
    files: [
      { file: 'src/forgotten.ts', lines: 2, hit: 0 },
      { file: 'src/loaded.ts', lines: 2, hit: 1 },
    ],
    percent: 25,
  })
})

test('lines that ran in a browser count with those that ran here', async () => {
  await using root = await temporaryDirectory()
  await Bun.write(root.file('src/page.tsx'), 'export const a = 1\n')
  const lcov = 'SF:src/page.tsx\nDA:1,0\nDA:2,1\nend_of_record\nSF:src/page.tsx\nDA:3,0\nend_of_record\n'
  const inBrowser = new Map([
    [
      'src/page.tsx',
      new Map([
        [1, 1],
        [4, 0],
      ]),
    ],
  ])
  expect((await sourceCoverage(root.path, lcov, inBrowser)).files).toEqual([
    { file: 'src/page.tsx', lines: 4, hit: 2 },
  ])
})
