import { type Machine, machineText } from '../bench/machine.ts'
import { type Figure, goalText, isMet, numberText } from './figure.ts'

/** Everything that was found, and on what. */
export interface Report {
  at: string
  commit: string | null
  size: string
  machine: Machine
  seconds: number
  figures: Figure[]
}

/**
 * A table in Markdown, with the machine before it.
 * @param reports of one run or several; of what several have run the last one counts
 */
export function reportMarkdown(reports: readonly [Report, ...Report[]]): string {
  const last = reports.at(-1) ?? reports[0]
  const versions: Record<string, string> = Object.assign(
    {},
    ...reports.map(({ machine }) => machine.versions),
  )
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const seconds = reports.reduce((sum, each) => sum + each.seconds, 0)
  const rows = new Map<string, string>()
  for (const report of reports)
    for (const figure of report.figures)
      rows.set(`${figure.scenario}, ${figure.where}`, row(figure, runText(report)))
  return [
    `Run on ${machineText(last.machine)}; ${named.join(', ')}. It took ${Math.ceil(seconds / 60)} min.`,
    '',
    '| scenario | queue × database | what happened | found | | run |',
    '|---|---|---|---|---|---|',
    ...rows.values(),
  ].join('\n')
}

/** "2026-11-22, abc1234, quick" */
function runText({ at, commit, size }: Report): string {
  return [
    at.slice(0, 10),
    ...(commit === null ? [] : [commit.slice(0, 8)]),
    ...(size === 'full' ? [] : [size]),
  ].join(', ')
}

function row({ scenario, where, facts, goals }: Figure, run: string): string {
  const happened = Object.entries(facts).map(([name, value]) =>
    typeof value === 'number' ? `${numberText(value)} ${name}` : `${name} ${value}`,
  )
  const cells = [
    scenario,
    where,
    happened.join(', '),
    goals.map(goalText).join(', '),
    goals.every(isMet) ? 'as it should' : '**missed**',
    run,
  ]
  return `| ${cells.join(' | ')} |`
}
