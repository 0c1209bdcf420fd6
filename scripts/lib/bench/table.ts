import type { CaseResult, ContenderResult } from './contender.ts'
import { type Goal, goalOf, latencyGoal, memoryGoal } from './goals.ts'
import { machineText } from './machine.ts'
import type { Report } from './report.ts'
import type { ServiceResult } from './service.ts'
import { inverse, type Ratio, ratioOf } from './statistics.ts'
import { workloads } from './workloads.ts'

/** A goal beside what was reached; null: there is none for this line. */
interface Verdict {
  text: string
  isReached: boolean
}

/** The whole report as Markdown: a sentence about machine and date, the tables, and what was left out. */
export function reportMarkdown(report: Report): string {
  const versions = Object.entries(report.machine.versions).map(([name, version]) => `${name} ${version}`)
  const commit = report.commit === null ? '' : ` of commit ${report.commit}`
  return [
    `Measured on ${report.date}${commit}: ${machineText(report.machine)}; ${versions.join(', ')}.`,
    ...tableBlocks(report),
    ...notes(report),
  ].join('\n\n')
}

function tableBlocks({ cases, service }: Report): string[] {
  const titles = { sqlite: 'Into SQLite', postgres: 'Into PostgreSQL', xlsx: 'Workbooks' } as const
  const blocks = Object.entries(titles).flatMap(([group, title]) => {
    const lines = cases.filter((result) => result.group === group).flatMap(comparisonLines)
    if (lines.length === 0) return []
    const header = [title, 'rows', 'compared with', 'ratio', 'spread', 'goal', 'memory: ours', 'theirs']
    return [markdownTable(header, 'lrlrrlrr', lines)]
  })
  const memory = memoryLines(cases)
  if (memory.length > 0)
    blocks.push(markdownTable(['Memory of a first load into SQLite', 'most', 'goal'], 'lrl', memory))
  for (const result of service)
    blocks.push(
      markdownTable(
        [
          `API during an import of ${count(result.rows)} rows (${planText(result)})`,
          'p50',
          'p99',
          'max',
          'p99 : idle',
          'goal',
        ],
        'lrrrrl',
        serviceLines(result),
      ),
    )
  return blocks
}

/** Each of ours against each of the others. */
function comparisonLines(result: CaseResult): string[][] {
  const subjects = result.contenders.filter(({ role }) => role === 'subject')
  const others = result.contenders.filter(({ role }) => role !== 'subject')
  return subjects.flatMap((subject) => {
    const what = subjects.length > 1 ? `${result.workload}: ${subject.name}` : result.workload
    return others.map((other) => comparisonLine(result, { what, subject, other }))
  })
}

function comparisonLine(
  { group, workload, rows }: CaseResult,
  { what, subject, other }: { what: string; subject: ContenderResult; other: ContenderResult },
): string[] {
  const head = [what, count(rows), other.name]
  if (other.failure !== null || other.runs.length === 0)
    return [...head, 'failed', '', '', megabytes(peak(subject)), '']
  const times = ({ runs }: ContenderResult) => runs.map(({ wallMs }) => wallMs)
  const ratio = ratioOf(times(subject), times(other))
  const isRival = other.role === 'rival'
  const shown = isRival ? inverse(ratio) : ratio
  const verdict = verdictOf(goalOf(group, workload, subject.id, other.id), ratio)
  return [
    ...head,
    isRival ? `${figure(shown.ratio)} × as fast` : `${figure(shown.ratio)} × its time`,
    shown.rounds === 1 ? 'one run' : `${figure(shown.min)}–${figure(shown.max)}`,
    verdictText(verdict),
    megabytes(peak(subject)),
    megabytes(peak(other)),
  ]
}

function verdictOf(goal: Goal | null, { ratio }: Ratio): Verdict | null {
  if (goal === null) return null
  if (goal.kind === 'at-most') return { text: `≤ ${goal.times} ×`, isReached: ratio <= goal.times }
  return { text: `≥ ${goal.times} ×`, isReached: 1 / ratio >= goal.times }
}

const verdictText = (verdict: Verdict | null) =>
  verdict === null ? '' : `${verdict.text} ${verdict.isReached ? 'reached' : '**missed**'}`

function memoryLines(cases: CaseResult[]): string[][] {
  const peaks = new Map<number, number>()
  for (const { group, workload, rows, contenders } of cases) {
    const own = contenders.find(({ id }) => id === 'ours')
    if (!['sqlite', 'memory'].includes(group) || workload !== workloads.load || own === undefined) continue
    peaks.set(rows, Math.max(peaks.get(rows) ?? 0, peak(own)))
  }
  const million = peaks.get(memoryGoal.rows)
  return [...peaks]
    .sort(([a], [b]) => a - b)
    .map(([rows, bytes]) => {
      const verdict =
        rows === memoryGoal.rows
          ? { text: `< ${memoryGoal.bytes / 1e6} MB`, isReached: bytes < memoryGoal.bytes }
          : rows > memoryGoal.rows && million !== undefined
            ? { text: `as for ${count(memoryGoal.rows)}`, isReached: bytes <= million * memoryGoal.growthMax }
            : null
      return [`${count(rows)} rows`, megabytes(bytes), verdictText(verdict)]
    })
}

const planText = ({ plan }: ServiceResult) =>
  plan.closedLoops > 0 ? 'one client without pause' : `${plan.ratePerSecond} requests a second`

function serviceLines({ phases }: ServiceResult): string[][] {
  const names: [phase: string, text: string][] = [
    ['idle', 'idle'],
    ['parsing', 'while it is read'],
    ['publishing', 'while it is published'],
  ]
  const kinds = [
    ['items', 'a page of items'],
    ['livez', '/livez'],
    ['loop', 'a page of items'],
  ] as const
  return kinds.flatMap(([kind, kindText]) =>
    names.flatMap(([name, nameText]) => {
      const summary = phases[name]?.[kind]
      if (summary === undefined || summary.count === 0) return []
      const idle = phases.idle?.[kind]
      const times = idle === undefined ? null : summary.p99 / idle.p99
      const verdict = latencyVerdict(name, { times, p99: summary.p99 })
      return [
        [
          `${kindText}, ${nameText}${summary.errors === 0 ? '' : ` (${summary.errors} errors)`}`,
          milliseconds(summary.p50),
          milliseconds(summary.p99),
          milliseconds(summary.max),
          name === 'idle' || times === null ? '' : `${figure(times)} ×`,
          verdictText(verdict),
        ],
      ]
    }),
  )
}

function latencyVerdict(
  phase: string,
  { times, p99 }: { times: number | null; p99: number },
): Verdict | null {
  const { parsingTimesIdle, publishingMs } = latencyGoal
  if (phase === 'parsing' && times !== null)
    return { text: `< ${parsingTimesIdle} ×`, isReached: times < parsingTimesIdle }
  if (phase === 'publishing') return { text: `< ${publishingMs} ms`, isReached: p99 < publishingMs }
  return null
}

function notes({ cases, leftOut, options }: Report): string[] {
  const failures = cases.flatMap(({ workload, rows, contenders }) =>
    contenders.flatMap(({ name, failure }) =>
      failure === null ? [] : [`${name} failed at "${workload}", ${count(rows)} rows: ${failure}`],
    ),
  )
  const lines = [...leftOut, ...failures].map((line) => `- ${line}`)
  const seed = `Lists made with seed ${options.seed}.`
  return lines.length === 0 ? [seed] : [seed, ['Not compared:', '', ...lines].join('\n')]
}

/** @param alignments a letter a column: l or r */
export function markdownTable(header: string[], alignments: string, rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = [...alignments].map((alignment) => (alignment === 'r' ? '--:' : '---'))
  return [line(header), line(rule), ...rows.map(line)].join('\n')
}

const peak = ({ runs }: ContenderResult) => Math.max(0, ...runs.map(({ peakBytes }) => peakBytes))
const count = (rows: number) => rows.toLocaleString('en')
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
const milliseconds = (ms: number) => `${figure(ms)} ms`

/** Three digits are more than the measurements bear. */
function figure(value: number): string {
  if (value >= 100) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
