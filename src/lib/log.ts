import type { Clock } from './clock.ts'
import { InvalidError } from './errors.ts'
import { jsonText } from './json.ts'
import { logText } from './log-text.ts'
import { loggable } from './loggable.ts'
import { suggestion } from './nearest.ts'

/** From the most talkative to the most silent. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

/** The lowest level that is written: in general, and for single modules and what is below them. */
export interface LogThresholds {
  base: LogLevel
  modules: ReadonlyMap<string, LogLevel>
}

/** Data of one event, in the words of the model: `{ importId, rowCount, durationMs }`. Errors go in as they are. */
export type LogFields = Record<string, unknown>

/**
 * Writes events. The message is constant text, the data goes into fields. It never throws, whatever it is given;
 * secrets are replaced by their name or shape (see redact.ts) and long values are cut.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger whose events carry these fields too. `module` also chooses the level. */
  child(context: LogFields & { module?: string }): Logger
  /** Whether events of this level are written, for fields that cost something to gather. */
  isEnabled(level: LogLevel): boolean
}

export interface LoggerOptions {
  thresholds: LogThresholds
  /** `json`: one object a line. `text`: one readable line an event. */
  format: 'json' | 'text'
  /** Colours, in the text format only. */
  isColoured: boolean
  /** Gets whole lines with their line end. */
  write(line: string): void
  clock: Clock
}

export function createLogger(options: LoggerOptions): Logger {
  return loggerWith(options, null, {})
}

/**
 * Reads a level specification: `info`, or `info,analyzer=debug,db=warn`. A module's level also holds below it
 * ("analyzer" for "analyzer/formats"). Without a general level it is `info`.
 * @throws InvalidError `invalid_log_level` that names the part that is wrong
 */
export function parseLogLevels(specification: string): LogThresholds {
  let base: LogLevel = 'info'
  const modules = new Map<string, LogLevel>()
  for (const part of specification.split(',').map((text) => text.trim())) {
    if (part === '') continue
    const [name, level, more] = part.split('=').map((text) => text.trim())
    if (more !== undefined || name === '') throw notALevel(part)
    if (level === undefined) base = levelOf(name!, part)
    else modules.set(name!, levelOf(level, part))
  }
  return { base, modules }
}

/** The level from which on a module's events are written. */
export function thresholdOf(thresholds: LogThresholds, module: string | null): LogLevel {
  for (let name = module ?? ''; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('/')))) {
    const level = thresholds.modules.get(name)
    if (level !== undefined) return level
  }
  return thresholds.base
}

function loggerWith(options: LoggerOptions, module: string | null, context: LogFields): Logger {
  const threshold = logLevels.indexOf(thresholdOf(options.thresholds, module))
  const isEnabled = (level: LogLevel) => logLevels.indexOf(level) >= threshold
  const event = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (!isEnabled(level)) return
    try {
      options.write(line(options, { level, module, message, fields: { ...context, ...safeSpread(fields) } }))
    } catch {
      // A log that cannot be written (disk full, reader gone) must not end the work that it tells about.
    }
  }
  return {
    debug: event('debug'),
    info: event('info'),
    warn: event('warn'),
    error: event('error'),
    child: ({ module: below, ...more }) => loggerWith(options, below ?? module, { ...context, ...more }),
    isEnabled,
  }
}

function line(
  options: LoggerOptions,
  event: { level: LogLevel; module: string | null; message: string; fields: LogFields },
): string {
  const fields = loggable(event.fields)
  const head = {
    time: options.clock.now().toISOString(),
    level: event.level,
    module: event.module,
    message: event.message,
  }
  if (options.format === 'text') {
    const isDebugging = thresholdOf(options.thresholds, event.module) === 'debug'
    return logText(head, fields, { isColoured: options.isColoured, showsStacks: isDebugging })
  }
  const entries = Object.entries(fields).map(([key, value]) => [
    Object.hasOwn(head, key) ? `${key}_` : key,
    value,
  ])
  const message = loggable(event.message)
  return `${jsonText({ ...withoutNull(head), message, ...Object.fromEntries(entries) })}\n`
}

/** Fields with a getter that throws would end the caller if they were spread as they are. */
function safeSpread(fields: LogFields | undefined): LogFields {
  if (fields === undefined) return {}
  try {
    return { ...fields }
  } catch {
    return { fields }
  }
}

function withoutNull(head: { time: string; level: LogLevel; module: string | null; message: string }) {
  return head.module === null ? { time: head.time, level: head.level } : head
}

function levelOf(text: string, part: string): LogLevel {
  const level = logLevels.find((candidate) => candidate === text.toLowerCase())
  if (level === undefined) throw notALevel(part, text)
  return level
}

function notALevel(part: string, level?: string): InvalidError {
  const hint = level === undefined ? '' : suggestion(level, logLevels)
  return new InvalidError(
    'invalid_log_level',
    `"${part}" is not a log level; write one of ${logLevels.join(', ')}, or MODULE=LEVEL${hint}`,
  )
}
