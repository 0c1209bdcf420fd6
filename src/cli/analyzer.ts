import { once } from 'node:events'
import { analyzerJobs } from '../analyzer/service/jobs.ts'
import type { Listening } from '../analyzer/service/supervised.ts'
import { createAnalyzerServer } from '../http/analyzer-server.ts'
import { InvalidError } from '../lib/errors.ts'
import { openChildren } from '../roles/readers.ts'
import { defineCommand, exitCodes } from './command.ts'

const requestBytesMax = 64 * 1024

/**
 * `tallyman analyzer`. One that `serve` has started leaves signals to it: a terminal or a service manager sends them
 * to both, and `serve` ends it when the files that are being read are done.
 */
export const analyzer = defineCommand({
  name: 'analyzer',
  summary: 'Read files for a `serve` that runs elsewhere (it runs one of its own otherwise)',
  description:
    'Listens on HOST and TALLYMAN_ANALYZER_PORT, and demands TALLYMAN_ANALYZER_SECRET of its callers. It shares\n' +
    'the database and the folder of raw files with the service that hands it files; set TALLYMAN_ANALYZER_URL there.\n' +
    'docs/analyzer.md describes the contract.',
  options: {},
  positionals: {},
  isService: true,
  async run(_args, { config, io, log }) {
    const secret = config.analyzerSecret
    if (secret === null)
      throw new InvalidError(
        'no_analyzer_secret',
        'Set TALLYMAN_ANALYZER_SECRET, here and for the service that hands over files; an analyzer takes them from nobody else.',
      )
    const stop = io.parent?.gone ?? io.signal
    const pool = openChildren({ config, env: io.env, cwd: io.cwd, log, hasSpare: true })
    const jobs = analyzerJobs({
      pool,
      concurrency: config.concurrency,
      folder: config.uploadsDirectory,
      log: log.child({ module: 'analyzer' }),
    })
    const server = createAnalyzerServer({ jobs, secret, log: log.child({ module: 'http' }) })
    try {
      server.listen({
        hostname: config.host,
        port: config.analyzerPort,
        reusePort: false,
        maxRequestBodySize: requestBytesMax,
      })
      const url = server.server?.url.href ?? ''
      log.child({ module: 'analyzer' }).info('analyzer listening', { analyzerUrl: url })
      io.parent?.send({ url } satisfies Listening)
      if (!stop.aborted) await once(stop, 'abort')
      return exitCodes.done
    } finally {
      await server.server?.stop(true)
      await pool.close()
    }
  },
})
