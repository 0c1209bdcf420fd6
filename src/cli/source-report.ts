import { priorityDefault } from '../sources/model.ts'
import type { SourceView } from '../sources/view.ts'
import { type Context, type ExitCode, exitCodes } from './command.ts'
import { printJson, printLine, printTable } from './output.ts'

/** Prints sources as a table. */
export function printSources({ io, json }: Context, sources: SourceView[]): ExitCode {
  if (json) {
    printJson(io, { sources })
    return exitCodes.done
  }
  if (sources.length === 0) {
    printLine(
      io.stdout,
      'No sources. "tallyman sources add" makes one, and so does the first list that is handed in.',
    )
    return exitCodes.done
  }
  printTable(io.stdout, {
    columns: [
      { header: 'SOURCE', canShrink: true },
      { header: 'KIND' },
      { header: 'SCHEDULE' },
      { header: 'NEXT (UTC)' },
      { header: 'LAST (UTC)' },
      { header: 'STATUS' },
      { header: 'ID' },
    ],
    rows: sources.map((source) => [
      `${source.supplier}/${source.name}`,
      source.kind,
      source.schedule,
      source.paused_at === null ? minute(source.next_runs[0] ?? null) : 'paused',
      minute(source.last_import?.created_at ?? null),
      source.last_import?.status ?? null,
      source.id,
    ]),
  })
  return exitCodes.done
}

/** Prints all that is known of one source, and what it remembers. */
export function printSource({ io, json }: Context, source: SourceView): ExitCode {
  if (json) {
    printJson(io, source)
    return exitCodes.done
  }
  const line = (text: string) => printLine(io.stdout, text)
  const { last_import: last } = source
  line(`${source.supplier}/${source.name} (${source.kind}, ${source.list_mode} lists)`)
  line(`Id: ${source.id}`)
  for (const [key, value] of Object.entries(source.config))
    line(`${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
  if (source.host_key !== null) line(`Host key of its server, as it was first seen: ${source.host_key}`)
  if (source.paused_at !== null) line(`Paused since ${minute(source.paused_at)} UTC.`)
  if (source.schedule !== null) {
    line(`Schedule: ${source.schedule}${source.time_zone === null ? '' : `, ${source.time_zone}`}`)
    line(`Next runs (UTC): ${source.next_runs.map(minute).join(', ')}`)
  }
  if (source.is_watched) line('It is watched for updates between those times.')
  if (source.uses_analyzer !== null)
    line(`Its files are read ${source.uses_analyzer ? 'by the analyzer' : 'without the analyzer'}.`)
  if (source.country !== null) line(`Country: ${source.country}`)
  if (source.priority !== priorityDefault) line(`Priority: ${source.priority} (usual: ${priorityDefault})`)
  if (source.declared_in !== null) line(`It is declared in ${source.declared_in}.`)
  if (source.retry_delays !== null)
    line(
      source.retry_delays.length === 0
        ? 'A job that failed is not tried again by itself.'
        : `A job that failed is tried again after ${source.retry_delays.join(', ')} seconds.`,
    )
  if (last === null) line('It has no imports yet.')
  else {
    line(`Last import: ${last.file_name}, ${last.status} (${minute(last.created_at)} UTC)`)
    if (last.error !== null) line(`  ${last.error}`)
    line(`  tallyman imports show ${last.id}`)
  }
  const facts = rememberedTexts(source)
  line(
    facts.length === 0
      ? 'How its lists are read is decided by each list.'
      : 'What it remembers for its lists:',
  )
  for (const fact of facts) line(`  ${fact}`)
  return exitCodes.done
}

/** What was said about its lists, as it would be said again. */
function rememberedTexts({ remembered, currency }: SourceView): string[] {
  const pairs = Object.entries(remembered.map).map(([field, column]) => `${field}=${column ?? 'none'}`)
  const texts: [name: string, value: string | null][] = [
    ['--map', pairs.length === 0 ? null : pairs.join(',')],
    ['--currency', currency],
    ['--decimal', remembered.decimal],
    ['--header-row', remembered.header_row],
    ['--sheet', remembered.sheets?.join(', ') ?? null],
    ['--format', remembered.format],
    ['--encoding', remembered.encoding],
    ['--delimiter', remembered.delimiter === '\t' ? 'tab' : remembered.delimiter],
    ['--identity', usual(remembered.identity.join(','), 'name,unit')],
    ['--duplicates', usual(remembered.duplicates, 'reject')],
    ['--decimals', usual(remembered.decimals, '4')],
    ['--scope', usual(remembered.scope, 'file')],
    ...Object.entries(remembered.limits).map(([name, share]): [string, string | null] => [
      '--limit',
      usual(
        `${name.replaceAll('_', '-')}=${share === null ? 'off' : `${Math.round(share * 1000) / 10}%`}`,
        usualLimits,
      ),
    ]),
  ]
  return texts.flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]))
}

const usualLimits = ['items-kept=50%', 'moved-share=30%', 'move=50%', 'rejected-share=10%', 'confidence=60%']

/** Null where it is what nobody had to say. */
function usual(value: string, plain: string | string[]): string | null {
  return (Array.isArray(plain) ? plain.includes(value) : value === plain) ? null : value
}

function minute(instant: string | null): string | null {
  return instant?.slice(0, 16).replace('T', ' ') ?? null
}
