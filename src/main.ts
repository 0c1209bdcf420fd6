import type { Io } from './cli/command.ts'
import { descriptorWriter } from './cli/descriptor-writer.ts'
import { reportCrash, run } from './cli/index.ts'
import { secretLine, textOf } from './cli/input.ts'
import { parentOf } from './cli/parent.ts'
import { processEnvironment } from './config.ts'
import { systemClock } from './lib/clock.ts'

const stop = new AbortController()
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const) {
  process.on(signal, () => {
    // The first one asks the command to end; a second one does not wait for it.
    if (stop.signal.aborted) process.exit(128 + number)
    stop.abort(new DOMException(`stopped by ${signal}`, 'AbortError'))
  })
}

const io: Io = {
  stdout: descriptorWriter(1, () => process.stdout.columns),
  stderr: descriptorWriter(2, () => process.stderr.columns),
  env: processEnvironment(),
  cwd: process.cwd(),
  clock: systemClock,
  input: (bytesMax) => textOf(process.stdin, bytesMax),
  secret: (prompt) => secretLine(process.stdin, (text) => process.stderr.write(text), prompt),
  signal: stop.signal,
  parent: parentOf(process),
}

// What no `await` has caught is a bug; without these Bun would print its stack.
process.on('uncaughtException', (error) => process.exit(reportCrash(error, io)))
process.on('unhandledRejection', (error) => process.exit(reportCrash(error, io)))

process.exit(await run(Bun.argv.slice(2), io))
