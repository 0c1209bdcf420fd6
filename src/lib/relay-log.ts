import { linesOf } from './lines.ts'
import { type Logger, type LogLevel, logLevels } from './log.ts'

const lineLengthMax = 64 * 1024

/**
 * Writes the events that another process of ours logs as JSON lines into this process's log, until the stream ends.
 * What is no such event (a crash report, say) is a warning.
 */
export async function relayLog(stream: ReadableStream<Uint8Array>, log: Logger): Promise<void> {
  try {
    for await (const line of linesOf(stream, lineLengthMax)) relayLine(line, log)
  } catch {
    // The process was killed in the middle of a line.
  }
}

function relayLine(line: string, log: Logger): void {
  if (line.trim() === '') return
  const event = eventOf(line)
  if (event === null) {
    log.warn('a process of ours said', { line })
    return
  }
  const { time: _time, level, module, message, ...fields } = event
  const target = typeof module === 'string' ? log.child({ module }) : log
  target[level](message, fields)
}

interface Event extends Record<string, unknown> {
  level: LogLevel
  message: string
}

function eventOf(line: string): Event | null {
  if (!line.startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null) return null
    const { level, message } = value as Record<string, unknown>
    const known = logLevels.find((each) => each === level)
    if (known === undefined || typeof message !== 'string') return null
    return { ...value, level: known, message }
  } catch {
    return null
  }
}
