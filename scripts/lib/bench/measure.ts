import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** A whole process, from its start to its end. */
export interface Measured {
  wallMs: number
  /** User and system time of the process and the children that it waited for. */
  cpuMs: number
  /** The most memory that the biggest process of the tree held at once; null: it cannot be told. */
  peakBytes: number | null
}

export interface Finished extends Measured {
  stdout: string
  stderr: string
}

/** How processes are measured. */
export interface Measurer {
  /** @throws ProcessFailure; whatever aborted the signal */
  run(command: readonly string[], env: Record<string, string>): Promise<Finished>
}

/** A process that did not end with 0. */
export class ProcessFailure extends Error {}

export interface MeasurerOptions {
  /** For a file per measurement; also where the processes run. */
  folder: string
  /**
   * GNU time, or null. Linux counts the memory of the process that starts another as the other's own until it is
   * overtaken: from a parent of 300 MB a program of 5 MB shows 300. GNU time is small, and starts it for us. Without
   * it memory is not measured on Linux.
   */
  timeProgram: string | null
  signal: AbortSignal
}

export function measurer({ folder, timeProgram, signal }: MeasurerOptions): Measurer {
  return {
    async run(command, env) {
      signal.throwIfAborted()
      const usageFile = join(folder, `usage-${randomUUID()}`)
      const prefix = timeProgram === null ? [] : [timeProgram, '-f', '%U %S %M', '-o', usageFile, '--']
      const startedAt = performance.now()
      const child = Bun.spawn([...prefix, ...command], {
        cwd: folder,
        env,
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'pipe',
        // A group of its own, so that the program ends with GNU time.
        detached: true,
      })
      const stop = () => process.kill(-child.pid, 'SIGTERM')
      signal.addEventListener('abort', stop)
      const outputs = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
      const code = await child.exited
      const wallMs = performance.now() - startedAt
      signal.removeEventListener('abort', stop)
      const [stdout, stderr] = await outputs
      try {
        signal.throwIfAborted()
        if (code !== 0)
          throw new ProcessFailure(failureText(command, child.signalCode ?? code, stderr || stdout))
        const usage = timeProgram === null ? ownUsage(child.resourceUsage()) : await readUsage(usageFile)
        return { wallMs, ...usage, stdout, stderr }
      } finally {
        await rm(usageFile, { force: true })
      }
    },
  }
}

function ownUsage(usage: ReturnType<Bun.Subprocess['resourceUsage']>): Omit<Measured, 'wallMs'> {
  if (usage === undefined) throw new Error('A process that has ended has no resource usage.')
  const peakBytes = process.platform === 'linux' ? null : usage.maxRSS
  return { cpuMs: Number(usage.cpuTime.total) / 1000, peakBytes }
}

async function readUsage(path: string): Promise<Omit<Measured, 'wallMs'>> {
  const [user, system, kilobytes] = (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .at(-1)!
    .split(' ')
    .map(Number)
  return { cpuMs: (user! + system!) * 1000, peakBytes: kilobytes! * 1024 }
}

/** The last lines that a program says are the ones that matter. */
function failureText(command: readonly string[], code: string | number, said: string): string {
  const words = said.trim().split('\n').slice(-4).join(' ').slice(-400)
  return `${command[0]} ended with ${code}: ${words || 'it said nothing'}`
}
