import { basename, resolve } from 'node:path'
import { readableFormats } from '../analyzer/formats/readable.ts'
import { type Preview, type PreviewItem, sizeOf, tryFile } from '../analyzer/preview.ts'
import { notAListText } from '../analyzer/read-file.ts'
import { readLimits } from '../app.ts'
import type { Handover } from '../courier/intake.ts'
import { importOptions, pinnedSettings } from '../courier/pins.ts'
import { decisionView } from '../imports/decision-view.ts'
import { fileHash } from '../lib/hash.ts'
import { defaultSettings } from '../sources/model.ts'
import { UsageError } from './arguments.ts'
import { printCard, unitText } from './card.ts'
import { type Context, defineCommand, exitCodes } from './command.ts'
import { readingPins } from './handover.ts'
import { printIssues } from './issues.ts'
import { printJsonLists } from './json-lists.ts'
import { printLine, printTable } from './output.ts'
import { readingHelp, readingOptions } from './reading-options.ts'
import { tiersColumn } from './tiers.ts'

/** How many items and issues are shown when nobody says. */
const shownDefault = 20

/** `tallyman try`. */
export const tryCommand = defineCommand({
  name: 'try',
  summary: 'Show how a file would be read; needs no database, writes nothing',
  description: readingHelp,
  options: {
    ...readingOptions,
    items: {
      kind: 'text',
      placeholder: 'N',
      summary: `How many items and issues to show, or "all" (default ${shownDefault})`,
    },
  },
  positionals: {
    file: {
      placeholder: 'FILE',
      summary: `The list: ${readableFormats('or')}; bare, or in a ZIP or gzip`,
      required: true,
    },
  },
  examples: [
    { line: 'tallyman try prices.xlsx', summary: 'the decision card, the first items, what is not taken' },
    {
      line: 'tallyman try prices.csv --map price=D --json',
      summary: 'with another price column, for a program',
    },
  ],
  async run({ options, positionals }, context) {
    const path = resolve(context.io.cwd, positionals.file)
    const shown = parseShown(options.items)
    const handover: Handover = {
      ...readingPins(options),
      path,
      fileName: basename(path),
      supplier: '',
      source: '',
      trigger: 'cli',
      mayHold: true,
      force: false,
    }
    const settings = pinnedSettings(defaultSettings, handover)
    const progress = context.progress(`Reading ${handover.fileName}`)
    try {
      return await tryFile(
        {
          path,
          options: importOptions(settings, handover, settings.currency ?? context.config.currency),
          limits: readLimits(context.config, context.io),
          onProgress: ({ rows, bytesRead, bytesTotal }) => progress.update(bytesRead / bytesTotal, rows),
          signal: context.io.signal,
        },
        async (preview) => {
          progress.done()
          await (context.json ? printPreviewJson : printPreview)(context, { path, preview, shown })
          // A verdict is an answer, whatever it says: the command has not failed.
          if (preview.decision.verdict === 'not-a-price-list')
            printLine(context.io.stderr, `${handover.fileName}: ${notAListText(preview.decision)}`)
          return exitCodes.done
        },
      )
    } finally {
      progress.done()
    }
  },
})

export function parseShown(text: string | null): number {
  if (text === null) return shownDefault
  if (text === 'all') return Number.MAX_SAFE_INTEGER
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError(`--items takes a number or "all", not "${text}"`)
}

interface Shown {
  path: string
  preview: Preview
  shown: number
}

async function printPreviewJson({ io }: Context, { path, preview, shown }: Shown): Promise<void> {
  const { decision, counts, ignored } = preview
  const { format, wrapping, encoding, delimiter } = decision
  const card = decisionView(decision)
  await printJsonLists(
    io.stdout,
    {
      file: {
        name: basename(path),
        bytes: sizeOf(path),
        sha256: await fileHash(path),
        format,
        wrapping,
        encoding,
        delimiter,
      },
      verdict: decision.verdict,
      reasons: decision.reasons,
      choices: card.choices,
      corrections: card.corrections,
      tables: card.tables,
      counts,
      ignored,
    },
    { items: preview.items(shown), issues: preview.issues(shown) },
  )
}

async function printPreview({ io }: Context, { preview, shown }: Shown): Promise<void> {
  const { stdout } = io
  printCard(stdout, preview.decision, preview)
  const items = await collect(preview.items(shown))
  if (items.length > 0) {
    printLine(stdout, '')
    printItems(stdout, items)
    const more = preview.counts.accepted - items.length
    if (more > 0) printLine(stdout, `… and ${more} more; --items N or --items all shows them.`)
  }
  const issues = await collect(preview.issues(shown))
  printIssues(stdout, {
    shown: issues,
    counts: await preview.issueCounts(),
    howToSeeMore: '--items N or --items all shows them',
  })
}

async function collect<Element>(elements: AsyncIterable<Element>): Promise<Element[]> {
  const collected: Element[] = []
  for await (const element of elements) collected.push(element)
  return collected
}

/** The first items of a list, as they would be taken. */
export function printItems(writer: Context['io']['stdout'], items: PreviewItem[]): void {
  const tiers = tiersColumn(items)
  printTable(writer, {
    columns: [
      { header: 'ROW', align: 'right' },
      { header: 'SKU', canShrink: true },
      { header: 'NAME', canShrink: true },
      { header: 'PRICE', align: 'right' },
      { header: '' },
      { header: 'UNIT' },
      ...tiers.columns,
      { header: 'CATEGORY', canShrink: true },
    ],
    rows: items.map(({ row, sku, name, price, currency, unit, price_quantity, category }, index) => [
      row + 1,
      sku,
      name,
      price ?? 'on request',
      price === null ? null : currency,
      unitText(unit, price_quantity),
      ...tiers.cells(index),
      category,
    ]),
  })
}
