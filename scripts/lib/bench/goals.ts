import { workloads } from './workloads.ts'

/** What is to be reached by one of ours against another program. */
export interface Goal {
  /** `at-most`: we take at most so many times their time. `faster`: they take at least so many times ours. */
  kind: 'at-most' | 'faster'
  times: number
}

const atMost = (times: number): Goal => ({ kind: 'at-most', times })
const faster = (times: number): Goal => ({ kind: 'faster', times })

export function goalOf(group: string, workload: string, subject: string, other: string): Goal | null {
  return goals.get(keyOf(group, workload, subject, other)) ?? null
}

const keyOf = (...parts: string[]) => parts.join(' / ')

const reloads = [workloads.sameRows, workloads.onePercent, workloads.shuffled]

const goals: ReadonlyMap<string, Goal> = new Map([
  [keyOf('sqlite', workloads.load, 'ours', 'sqlite3'), atMost(2.5)],
  [keyOf('sqlite', workloads.sameFile, 'ours', 'sqlite3'), atMost(0.6)],
  [keyOf('sqlite', workloads.sameRows, 'ours', 'sqlite3'), atMost(0.6)],
  [keyOf('sqlite', workloads.shuffled, 'ours', 'sqlite3'), atMost(0.6)],
  [keyOf('sqlite', workloads.onePercent, 'ours', 'sqlite3'), atMost(0.8)],
  [keyOf('postgres', workloads.load, 'ours', 'psql'), atMost(3.2)],
  ...reloads.map((workload) => [keyOf('postgres', workload, 'ours', 'psql'), atMost(2)] as const),
  ...['sqlite', 'postgres'].flatMap((engine) => [
    [keyOf(engine, workloads.load, 'ours', 'python'), faster(5)] as const,
    ...reloads.map((workload) => [keyOf(engine, workload, 'ours', 'python'), faster(15)] as const),
  ]),
  ...[workloads.readShared, workloads.readInline].flatMap((workload) => [
    [keyOf('xlsx', workload, 'reader', 'inflate'), atMost(2.5)] as const,
    [keyOf('xlsx', workload, 'reader', 'exceljs'), faster(7)] as const,
  ]),
])

/** Peak memory of a first load of a million rows, and how much more three million may take, for noise. */
export const memoryGoal = { rows: 1_000_000, bytes: 350e6, growthMax: 1.05 }

/** The 99th percentile of the API's answers. */
export const latencyGoal = { parsingTimesIdle: 3, publishingMs: 250 }
