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

/** What the figures in the tables are. */
const legend =
  'Ratios of the medians of whole processes that ran in alternation on the same files, in brackets the extremes of ' +
  'the rounds (none: one run); goals are marked ✓ where they are reached and ✗ where not. `.import` and `\\copy` ' +
  'fill a table of texts without keys, at reloads too; the Python pipeline (pandas, pydantic, SQLAlchemy) keeps items ' +
  'and a price history like ours; bare inflate unpacks the sheet and its strings and looks at nothing. Memory is the most that the biggest process held; the ' +
  "database server's is not counted."

function tableBlocks({ cases, service }: Report): string[] {
  const titles = { sqlite: 'Into SQLite', postgres: 'Into PostgreSQL', xlsx: 'Workbooks' } as const
  const blocks = Object.entries(titles).flatMap(([group, title]) => {
    const results = cases.filter((result) => result.group === group)
    return results.length === 0 ? [] : [comparisonTable(title, results)]
  })
  if (blocks.length > 0) blocks.unshift(legend)
  const memory = memoryLines(cases)
  if (memory.length > 0)
    blocks.push(markdownTable(['Memory of a first load into SQLite', 'most', 'goal'], 'lrl', memory))
  for (const result of service)
    blocks.push(
      markdownTable(
        [
          `API during an import of ${count(result.rows)} rows (${planText(result)})`,
          ...['p50', 'p99', 'max', 'p99 : idle', 'goal'],
        ],
        'lrrrrl',
        serviceLines(result),
      ),
    )
  return blocks
}

/** A line for each workload, size and program of ours; a column for each of the others. */
function comparisonTable(title: string, results: CaseResult[]): string {
  const others = new Map<string, ContenderResult>()
  for (const { contenders } of results)
    for (const contender of contenders)
      if (contender.role !== 'subject' && !others.has(contender.id)) others.set(contender.id, contender)
  const columns = [...others.values()]
  const heads = columns.map(({ name, role }) =>
    role === 'rival' ? `× as fast as ${name}` : `× the time of ${name}`,
  )
  const memoryHead = ['ours', ...columns.map(({ name }) => name)].join(' / ')
  const lines = results.flatMap((result) => {
    const subjects = result.contenders.filter(({ role }) => role === 'subject')
    return subjects.map((subject) => {
      const found = columns.map(({ id }) => result.contenders.find((contender) => contender.id === id))
      return [
        subjects.length > 1 ? `${result.workload}: ${subject.name}` : result.workload,
        count(result.rows),
        ...found.map((other) => comparison(result, subject, other)),
        [subject, ...found].map((each) => megabytes(each)).join(' / '),
      ]
    })
  })
  const header = [title, 'rows', ...heads, `MB: ${memoryHead}`]
  return markdownTable(header, `lr${'r'.repeat(heads.length)}r`, lines)
}

/** "2.20 (2.00–2.40), goal ≤ 2.5 ✓". */
function comparison(
  { group, workload }: CaseResult,
  subject: ContenderResult,
  other: ContenderResult | undefined,
): string {
  if (other === undefined) return ''
  if (other.failure !== null || other.runs.length === 0) return 'failed'
  const times = ({ runs }: ContenderResult) => runs.map(({ wallMs }) => wallMs)
  const ratio = ratioOf(times(subject), times(other))
  const shown = other.role === 'rival' ? inverse(ratio) : ratio
  const spread = shown.rounds === 1 ? '' : ` (${figure(shown.min)}–${figure(shown.max)})`
  const verdict = verdictOf(goalOf(group, workload, subject.id, other.id), ratio)
  return `${figure(shown.ratio)}${spread}${verdict === null ? '' : `, goal ${verdictText(verdict)}`}`
}

function verdictOf(goal: Goal | null, { ratio }: Ratio): Verdict | null {
  if (goal === null) return null
  if (goal.kind === 'at-most') return { text: `≤ ${goal.times}`, isReached: ratio <= goal.times }
  return { text: `≥ ${goal.times}`, isReached: 1 / ratio >= goal.times }
}

const verdictText = (verdict: Verdict | null) =>
  verdict === null ? '' : `${verdict.text} ${verdict.isReached ? '✓' : '✗'}`

function memoryLines(cases: CaseResult[]): string[][] {
  const peaks = new Map<number, number>()
  for (const { group, workload, rows, contenders } of cases) {
    const own = contenders.find(({ id }) => id === 'ours')
    if (!['sqlite', 'memory'].includes(group) || workload !== workloads.load || own === undefined) continue
    const bytes = peak(own)
    if (bytes !== null) peaks.set(rows, Math.max(peaks.get(rows) ?? 0, bytes))
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
      return [`${count(rows)} rows`, `${inMegabytes(bytes)} MB`, verdictText(verdict)]
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

function notes({ cases, leftOut, failures, options }: Report): string[] {
  const rivals = cases.flatMap(({ workload, rows, contenders }) =>
    contenders.flatMap(({ name, failure }) =>
      failure === null ? [] : [`${name} failed at "${workload}", ${count(rows)} rows: ${failure}`],
    ),
  )
  const list = (title: string, lines: string[]) =>
    lines.length === 0 ? [] : [[title, '', ...lines.map((line) => `- ${line}`)].join('\n')]
  return [
    `Lists made with seed ${options.seed}.`,
    ...list('Not compared:', [...leftOut, ...rivals]),
    ...list('FAILED:', failures),
  ]
}

/** @param alignments a letter a column: l or r */
export function markdownTable(header: string[], alignments: string, rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = [...alignments].map((alignment) => (alignment === 'r' ? '--:' : '---'))
  return [line(header), line(rule), ...rows.map(line)].join('\n')
}

/** Null: no run could tell. */
function peak({ runs }: ContenderResult): number | null {
  const peaks = runs.flatMap(({ peakBytes }) => peakBytes ?? [])
  return peaks.length === 0 ? null : Math.max(...peaks)
}

const count = (rows: number) => rows.toLocaleString('en')
const inMegabytes = (bytes: number) => Math.round(bytes / 1e6).toString()

function megabytes(of: ContenderResult | undefined): string {
  const bytes = of === undefined ? null : peak(of)
  return bytes === null ? '–' : inMegabytes(bytes)
}

const milliseconds = (ms: number) => `${figure(ms)} ms`

/** Three digits are more than the measurements bear. */
function figure(value: number): string {
  if (value >= 100) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
