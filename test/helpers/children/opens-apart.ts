import { openApart } from '../../../src/analyzer/formats/apart/open.ts'
import { defaultReadLimits } from '../../../src/analyzer/formats/format.ts'
import { dependentEnvironment } from '../../../src/lib/own-process.ts'

// Has a file read apart by a program that never answers, until somebody kills it.
const [path, ...command] = process.argv.slice(2)
await openApart(
  path!,
  { format: 'csv', encoding: null, delimiter: null, limits: defaultReadLimits },
  {
    command,
    env: dependentEnvironment(process.env, []),
    cwd: import.meta.dir,
    memoryBytesMax: 1024 ** 3,
    timeMs: 600_000,
  },
)
