import type { Database } from '../../../src/db/database.ts'
import type { WorkerProcess } from './worker.ts'

/** Longer than any of them is idle while there are jobs. */
const atWorkMs = 10_000

/** Workers of which each that ends is replaced at once, as a service manager does it. */
export interface Crew extends AsyncDisposable {
  workers: readonly WorkerProcess[]
  /** Waits until all of them are at work. */
  ready(): Promise<unknown>
  /** Kills one with SIGKILL, whatever it is doing, and starts another in its place. */
  kill(index: number): Promise<void>
}

export function openCrew(count: number, start: () => WorkerProcess): Crew {
  const workers = Array.from({ length: count }, start)
  return {
    workers,
    ready: () => Promise.all(workers.map(({ ready }) => ready)),
    async kill(index) {
      await workers[index]?.kill()
      workers[index] = start()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.kill()))
    },
  }
}

/**
 * Waits until one of the crew has a job, and stops it there: to be killed before it is done.
 * @returns its index; 0 when none has had one for long, so that whoever asks goes on
 */
export async function stoppedAtWork(db: Database, { workers }: Crew): Promise<number> {
  const pidsAtWork = async () => {
    const rows = await db.all<{ worker: string | null }>(`select worker from jobs where state = 'running'`)
    // A worker's identity is its host, its process id and its start.
    return rows.map(({ worker }) => Number(worker?.split(' ')[1]))
  }
  const deadline = performance.now() + atWorkMs
  while (performance.now() < deadline) {
    const pids = await pidsAtWork()
    const index = workers.findIndex(({ pid }) => pids.includes(pid))
    const worker = workers[index]
    if (worker !== undefined) {
      process.kill(worker.pid, 'SIGSTOP')
      // What it had sent before is carried out all the same: it may have been done by then.
      await new Promise((resolve) => setTimeout(resolve, 100))
      if ((await pidsAtWork()).includes(worker.pid)) return index
      process.kill(worker.pid, 'SIGCONT')
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return 0
}
