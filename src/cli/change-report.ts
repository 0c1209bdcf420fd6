import { moveOf } from '../imports/change-report-view.ts'
import type { ChangeReport, ReportedItem, ReportedMove } from '../imports/model.ts'
import { formatPrice } from '../lib/money.ts'
import { printLine, printProse, printTable } from './output.ts'
import type { Writer } from './writer.ts'

/** "12 new, 3 dearer" …, of how many where that says more; nothing is left out but what is none. */
export function changesLine({ changes, itemsBefore, rejectedRows }: ChangeReport): string {
  const parts = [
    [changes.new, 'new'],
    [changes.changed, 'changed'],
    [changes.priceUp, 'dearer'],
    [changes.priceDown, 'cheaper'],
    [changes.returned, 'back again'],
    [changes.gone, 'gone'],
    [rejectedRows, 'rejected'],
  ] as const
  const shown = parts.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`)
  if (shown.length === 0) return 'nothing changed'
  return `${shown.join(', ')}${itemsBefore === 0 ? '' : `; ${itemsBefore} were listed before`}`
}

/** Says in a line or two how far prices moved, and where the farthest; nothing where none did. */
export function printMoves(writer: Writer, { prices, rises, falls }: ChangeReport): void {
  const { steps, medianBp, ofOtherKind } = prices
  const near = steps.down0 + steps.up0
  const parts = [
    [near, 'less than 5 %'],
    [steps.down5 + steps.up5, '5–20 %'],
    [steps.down20 + steps.up20, '20–50 %'],
    [steps.down50 + steps.up50, '50 % or more'],
  ] as const
  const shown = parts.filter(([count]) => count > 0).map(([count, by]) => `${count} by ${by}`)
  if (medianBp !== null)
    printProse(
      writer,
      `Prices moved: ${shown.join(', ')}; the one in the middle by ${signed(medianBp / 10_000)}.`,
    )
  for (const [what, move] of [
    ['rise', rises[0]],
    ['fall', falls[0]],
  ] as const)
    if (move !== undefined) printLine(writer, `  Largest ${what}: ${moveText(move)}`)
  if (ofOtherKind > 0) printLine(writer, `  In another currency, or for another quantity: ${ofOtherKind}.`)
}

/** The whole report, below what an import says of itself. */
export function printChanges(writer: Writer, report: ChangeReport): void {
  const { rises, falls, newItems, goneItems, fields, changes, rejected } = report
  const fieldCounts = Object.entries(fields)
  if (fieldCounts.length > 0)
    printProse(
      writer,
      `Changed besides prices: ${fieldCounts.map(([field, count]) => `${field.replaceAll('_', ' ')} of ${count}`).join(', ')}.`,
    )
  printMoveTable(writer, 'Largest rises', rises)
  printMoveTable(writer, 'Largest falls', falls)
  printItemTable(writer, 'New', { items: newItems, count: changes.new })
  printItemTable(writer, 'Gone', { items: goneItems, count: changes.gone })
  if (rejected.length === 0) return
  printLine(writer, '\nRejected')
  for (const { code, count, example } of rejected)
    printProse(writer, `  ${count} ${code}, such as: ${example.message}`)
}

function printMoveTable(writer: Writer, title: string, moves: ReportedMove[]): void {
  if (moves.length === 0) return
  printLine(writer, `\n${title}`)
  printTable(writer, {
    columns: [
      { header: 'SKU', canShrink: true },
      { header: 'NAME', canShrink: true },
      { header: 'OLD', align: 'right' },
      { header: 'NEW', align: 'right' },
      { header: 'CURRENCY' },
      { header: 'MOVE', align: 'right' },
    ],
    rows: moves.map((move) => [
      move.sku,
      move.name,
      formatPrice(move.oldE4),
      formatPrice(move.newE4),
      move.currency,
      signed(moveOf(move)),
    ]),
  })
}

function printItemTable(
  writer: Writer,
  title: string,
  { items, count }: { items: ReportedItem[]; count: number },
): void {
  if (items.length === 0) return
  printLine(writer, `\n${title}${count > items.length ? ` (${items.length} of ${count})` : ''}`)
  printTable(writer, {
    columns: [
      { header: 'SKU', canShrink: true },
      { header: 'NAME', canShrink: true },
      { header: 'PRICE', align: 'right' },
      { header: 'CURRENCY' },
    ],
    rows: items.map(({ sku, name, priceE4, currency }) => [
      sku,
      name,
      priceE4 === null ? 'on request' : formatPrice(priceE4),
      currency,
    ]),
  })
}

function moveText(move: ReportedMove): string {
  const { sku, name, oldE4, newE4, currency } = move
  const what = [sku, name].filter((part) => part !== null).join(' ')
  const prices = `${formatPrice(oldE4)} → ${formatPrice(newE4)}${currency === null ? '' : ` ${currency}`}`
  return `${what}, ${prices} (${signed(moveOf(move))})`
}

/** 0.0523 → "+5.2 %". */
function signed(share: number): string {
  const size = Math.abs(share)
  const percent = size < 10 ? Math.round(size * 1000) / 10 : Math.round(size * 100)
  return `${percent === 0 ? '' : share > 0 ? '+' : '−'}${percent} %`
}
