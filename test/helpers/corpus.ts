import { resolve } from 'node:path'

/**
 * The folder of real files that some tests read (absolute), or null where there is none: use
 * `test.skipIf(!corpus)`. CI must have it, so that a green run never means that nothing was read.
 */
export const corpus: string | null = process.env.TALLYMAN_CORPUS ? resolve(process.env.TALLYMAN_CORPUS) : null

if (process.env.CI && corpus === null) {
  throw new Error('TALLYMAN_CORPUS is not set. CI must switch the corpus on: run the tests with .ci/run.')
}
