import { type RejectsSource, rejectsProcesses } from '../analyzer/rejects/rejects-process.ts'
import { type SampleReader, sampleProcesses } from '../analyzer/sample/sample-process.ts'
import { type ChildPool, openChildPool } from '../analyzer/service/child-pool.ts'
import { superviseAnalyzer } from '../analyzer/service/supervised.ts'
import type { Surroundings } from '../app.ts'
import { secretNames } from '../config.ts'
import { type AnalyzerAddress, analyzerClient } from '../courier/analyzer-client.ts'
import { dependentEnvironment, ownCommand } from '../lib/own-process.ts'
import type { Patience, RoleOptions } from './role.ts'

/** What an analyzer may take beyond its own time limit before the courier stops asking. */
const analyzerSlackMs = 60_000
/** A file that is being read and says nothing for so long hangs, and so does a process that does not begin. */
const silenceMs = 60_000

/** What whoever reads files has to open: a hostile file that takes a child over finds no other secret there. */
const filesAndRows = ['databaseUrl', 's3SecretAccessKey'] as const

/** Processes of this program that read one file each. */
export function openChildren({
  config,
  log,
  env,
  cwd,
  hasSpare,
}: Pick<RoleOptions, 'config' | 'log'> & Surroundings & { hasSpare: boolean }): ChildPool {
  return openChildPool({
    command: [...ownCommand(), 'analyze-child'],
    env: dependentEnvironment(env, secretNames({ except: filesAndRows })),
    cwd,
    memoryBytesMax: config.analyzerMemoryBytesMax,
    timeMs: config.analyzerSecondsMax * 1000,
    startMs: silenceMs,
    silenceMs,
    hasSpare,
    log: log.child({ module: 'analyzer' }),
  })
}

/** Processes of this program that write rejected rows; they may take what reading a file may take. */
export function openRejects({
  config,
  log,
  env,
  cwd,
}: Pick<RoleOptions, 'config' | 'log'> & Surroundings): RejectsSource {
  return rejectsProcesses({
    command: ownCommand(),
    env: dependentEnvironment(env, secretNames({ except: filesAndRows })),
    cwd,
    memoryBytesMax: config.analyzerMemoryBytesMax,
    timeMs: config.analyzerSecondsMax * 1000,
    log: log.child({ module: 'rejects' }),
  })
}

/** Processes of this program that read the beginning of a list each, when a source is tested. */
export function openSamples({ config, env, cwd }: Pick<RoleOptions, 'config'> & Surroundings): SampleReader {
  return sampleProcesses({
    command: [...ownCommand(), 'read-sample'],
    env: dependentEnvironment(env, secretNames({ except: [] })),
    cwd,
    memoryBytesMax: config.analyzerMemoryBytesMax,
    timeMs: config.analyzerSecondsMax * 1000,
  })
}

/** The analyzer that the settings name, or one of our own, which is started and watched. */
export function openAnalyzer({
  config,
  log,
  env,
  cwd,
  patience,
}: Pick<RoleOptions, 'config' | 'log'> & Surroundings & { patience: Patience }) {
  const jobMs = config.analyzerSecondsMax * 1000 + analyzerSlackMs
  const client = (
    kind: 'analyzer' | 'remote',
    address: () => Promise<AnalyzerAddress | null>,
    restart: (hanging: AnalyzerAddress | null) => Promise<void>,
  ) =>
    analyzerClient({
      kind,
      address,
      restart,
      requestMs: patience.requestMs,
      jobMs,
      rowsMs: jobMs,
      rowsBytesMax: config.fileBytesMax,
    })
  if (config.analyzerUrl !== null) {
    const address = { url: new URL(config.analyzerUrl), secret: config.analyzerSecret }
    const nothing = async () => {}
    return { analyzer: client('remote', async () => address, nothing), stop: nothing }
  }
  const own = superviseAnalyzer({
    command: [...ownCommand(), 'analyzer'],
    env: {
      ...dependentEnvironment(env, secretNames({ except: filesAndRows })),
      HOST: '127.0.0.1',
      TALLYMAN_ANALYZER_PORT: '0',
      TALLYMAN_CONCURRENCY: String(config.concurrency),
    },
    cwd,
    // A supplier may use it where most do not.
    isLazy: !config.usesAnalyzer,
    log: log.child({ module: 'analyzer' }),
  })
  return {
    analyzer: client('analyzer', own.address, async (hanging) => own.restart(hanging?.secret ?? null)),
    stop: own.stop,
  }
}
