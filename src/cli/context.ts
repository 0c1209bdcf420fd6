import { type Config, loadConfig } from '../config.ts'
import { createLogger, type Logger, parseLogLevels } from '../lib/log.ts'
import type { Context, Io } from './command.ts'
import { createProgress, createStatusLine } from './progress.ts'

/** What a command gets, and the end of it. */
export interface OwnedContext extends Context {
  /** Takes a progress bar away that the command has left. */
  close(): void
}

/** Nothing is read from the environment before it is asked for. */
export function createContext(io: Io, options: { json: boolean; isService: boolean }): OwnedContext {
  const statusLine = createStatusLine(io.stderr)
  let config: Config | null = null
  let log: Logger | null = null
  return {
    io,
    json: options.json,
    get config() {
      config ??= loadConfig(io.env, io.cwd)
      return config
    },
    get log() {
      log ??= commandLogger(io, {
        config: config ?? configOrNull(io),
        ...options,
        beforeLine: statusLine.clear,
      })
      return log
    },
    progress: (label) => createProgress(statusLine, io.clock, label),
    close: statusLine.clear,
  }
}

/** The log works with wrong settings too: somebody has to be able to say that they are wrong. */
function configOrNull(io: Io): Config | null {
  try {
    return loadConfig(io.env, io.cwd)
  } catch {
    return null
  }
}

function commandLogger(
  io: Io,
  options: { config: Config | null; isService: boolean; beforeLine: () => void },
): Logger {
  const { config, isService, beforeLine } = options
  const writer = isService ? io.stdout : io.stderr
  const isChosen = config !== null && config.origins.logLevel !== 'default'
  const format = config?.logFormat ?? 'auto'
  return createLogger({
    // A command's own output tells what it did; its log is for what went wrong.
    thresholds: parseLogLevels(isChosen ? config.logLevel : isService ? 'info' : 'warn'),
    format: format === 'auto' ? (writer.isTerminal ? 'text' : 'json') : format,
    isColoured: writer.isTerminal && config?.isColourOff !== true,
    clock: io.clock,
    write(line) {
      beforeLine()
      writer.write(line)
    },
  })
}
