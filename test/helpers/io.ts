import type { Io } from '../../src/cli/command.ts'
import type { Writer } from '../../src/cli/writer.ts'
import type { Clock } from '../../src/lib/clock.ts'

/** What a test decides about the process around a command; everything has a quiet default. */
export interface TestIoOptions {
  env?: Record<string, string>
  cwd?: string
  signal?: AbortSignal
  /** What comes on standard input; nothing unless said. */
  input?: string
  /** Both streams are a terminal of this width. */
  terminalColumns?: number
  /** Instead of one that stands still: for commands that share a database with another process. */
  clock?: Clock
}

/** An `Io` that keeps what a command prints. Its clock stands at `now` and moves only with `advance`. */
export interface TestIo extends Io {
  out(): string
  outBytes(): Buffer
  err(): string
  advance(ms: number): void
}

export const testStart = new Date('2026-11-22T08:30:00.000Z')

export function testIo(options: TestIoOptions = {}): TestIo {
  const columns = options.terminalColumns ?? null
  const [out, err] = [bufferWriter(columns), bufferWriter(columns)]
  let nowMs = testStart.getTime()
  return {
    stdout: out,
    stderr: err,
    env: options.env ?? {},
    cwd: options.cwd ?? '/nowhere',
    clock: options.clock ?? { now: () => new Date(nowMs) },
    input: async (bytesMax) => (options.input ?? '').slice(0, bytesMax),
    secret: async () => (options.input ?? '').split(/\r?\n/)[0] ?? '',
    signal: options.signal ?? new AbortController().signal,
    parent: null,
    out: () => out.text(),
    outBytes: () => out.bytes(),
    err: () => err.text(),
    advance(ms) {
      nowMs += ms
    },
  }
}

/** A writer that keeps its text. */
export function bufferWriter(columns: number | null): Writer & { text(): string; bytes(): Buffer } {
  const pieces: Buffer[] = []
  return {
    isTerminal: columns !== null,
    columns,
    isClosed: false,
    write(more) {
      pieces.push(Buffer.from(more))
    },
    text: () => Buffer.concat(pieces).toString(),
    bytes: () => Buffer.concat(pieces),
  }
}
