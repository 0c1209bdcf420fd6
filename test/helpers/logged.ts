import type { LogFields, Logger } from '../../src/lib/log.ts'

/** A log that a test reads. */
export interface Logged {
  log: Logger
  events: { level: 'debug' | 'info' | 'warn' | 'error'; message: string; fields: LogFields }[]
  /** How often something was said. */
  count(message: string): number
}

export function openLogged(): Logged {
  const events: Logged['events'] = []
  const record =
    (level: Logged['events'][number]['level']) =>
    (message: string, fields: LogFields = {}) =>
      void events.push({ level, message, fields })
  const log: Logger = {
    debug: record('debug'),
    info: record('info'),
    warn: record('warn'),
    error: record('error'),
    child: () => log,
    isEnabled: () => true,
  }
  return {
    log,
    events,
    count: (message) => events.filter((event) => event.message === message).length,
  }
}
