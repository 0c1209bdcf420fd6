import type { Clock } from '../lib/clock.ts'
import { cutToWidth, visible } from './output.ts'
import type { Writer } from './writer.ts'

/** Where a long piece of work stands. */
export interface Progress {
  /**
   * Cheap: paints at most ten times a second.
   * @param fraction 0 to 1; null where the end is not known
   * @param rows rows so far; null where the work is not counted in rows
   */
  update(fraction: number | null, rows: number | null): void
  /** Changes what the bar says it is doing. */
  label(text: string): void
  /** Takes the bar away. Calling it again does nothing. */
  done(): void
}

/** The last line of a terminal, painted over and over. On anything else it does nothing. */
export interface StatusLine {
  show(text: string): void
  /** Call it before anything else is written to the same terminal. */
  clear(): void
}

export function createStatusLine(writer: Writer): StatusLine {
  let isShown = false
  return {
    show(text) {
      if (!writer.isTerminal) return
      // The last column stays free: some terminals wrap when it is written.
      const line = cutToWidth(visible(text), (writer.columns ?? 80) - 1)
      writer.write(`\r\x1b[K${line}`)
      isShown = true
    },
    clear() {
      if (isShown) writer.write('\r\x1b[K')
      isShown = false
    },
  }
}

export function createProgress(statusLine: StatusLine, clock: Clock, label: string): Progress {
  const startedMs = clock.now().getTime()
  let text = label
  let paintedMs = Number.NEGATIVE_INFINITY
  let isDone = false
  return {
    update(fraction, rows) {
      if (isDone) return
      const nowMs = clock.now().getTime()
      if (nowMs - paintedMs < paintEveryMs) return
      paintedMs = nowMs
      statusLine.show(progressLine({ label: text, fraction, rows, elapsedMs: nowMs - startedMs }))
    },
    label(next) {
      text = next
    },
    done() {
      if (isDone) return
      isDone = true
      statusLine.clear()
    },
  }
}

const paintEveryMs = 100
const barWidth = 24

/** `Reading list.csv  [█████▌      ]  46 %  460,000 rows  163,000 rows/s`. */
function progressLine(state: {
  label: string
  fraction: number | null
  rows: number | null
  elapsedMs: number
}): string {
  const parts = [state.label]
  if (state.fraction !== null) parts.push(bar(state.fraction), `${percent(state.fraction)} %`.padStart(5))
  if (state.rows !== null) parts.push(`${grouped(state.rows)} rows`)
  // The first moments say little about the rate.
  if (state.rows !== null && state.elapsedMs >= 500) {
    parts.push(`${grouped(Math.round((state.rows / state.elapsedMs) * 1000))} rows/s`)
  }
  return parts.join('  ')
}

function bar(fraction: number): string {
  const filled = Math.floor(clamp(fraction) * barWidth)
  return `[${'█'.repeat(filled)}${' '.repeat(barWidth - filled)}]`
}

/** 100 only when it is all done. */
function percent(fraction: number): number {
  return Math.floor(clamp(fraction) * 100)
}

function clamp(fraction: number): number {
  return Number.isNaN(fraction) ? 0 : Math.min(1, Math.max(0, fraction))
}

function grouped(count: number): string {
  return count.toLocaleString('en-US')
}
