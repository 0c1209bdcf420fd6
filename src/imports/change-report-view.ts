import { Money } from '../catalog/model.ts'
import { formatPrice } from '../lib/money.ts'
import { type Static, t, textOrNull } from '../lib/schema.ts'
import { type ChangeReport, type MoveStep, noReport, type ReportedItem, type ReportedMove } from './model.ts'
import type { Import } from './store.ts'

const Count = t.Integer({ minimum: 0 })
const shareOrNull = (description: string) => t.Union([t.Number(), t.Null()], { description })

const Named = {
  sku: textOrNull('Null: the list has no SKUs.'),
  name: t.String(),
  currency: textOrNull('ISO 4217; null: the list does not say.'),
}
const MoveView = t.Object(
  {
    ...Named,
    old_price: Money,
    new_price: Money,
    move: t.Number({ description: 'Relative to the old price: 0.05 is a rise of 5 %.' }),
  },
  { title: 'PriceMove' },
)
const NamedItem = t.Object(
  { ...Named, price: t.Union([Money, t.Null()], { description: 'Null: on request.' }) },
  { title: 'NamedItem' },
)

/** What an import changed over HTTP (R3.4). */
export const ChangeReportView = t.Object(
  {
    items_before: t.Integer({
      minimum: 0,
      description:
        'What shares are of: items of a full list that were listed before; of a partial list, those that it names.',
    }),
    counts: t.Object({
      new: Count,
      changed: Count,
      price_up: Count,
      price_down: Count,
      gone: Count,
      returned: Count,
      unchanged: Count,
      rejected_rows: Count,
    }),
    shares: t.Object(
      {
        new: shareOrNull(''),
        changed: shareOrNull(''),
        price_up: shareOrNull(''),
        price_down: shareOrNull(''),
        gone: shareOrNull(''),
      },
      { description: 'Of `items_before`: 0.05 is 5 %. Null: nothing was listed before.' },
    ),
    prices: t.Object({
      median_move: shareOrNull(
        'Of all moves, relative to the old price, at most 10 (+ 1,000 %); null: no price moved.',
      ),
      steps: t.Object(
        {
          fell_50_or_more: Count,
          fell_20_to_50: Count,
          fell_5_to_20: Count,
          fell_under_5: Count,
          rose_under_5: Count,
          rose_5_to_20: Count,
          rose_20_to_50: Count,
          rose_50_or_more: Count,
        },
        { description: 'How many prices moved by so many percent, each step without its upper bound.' },
      ),
      of_other_kind: t.Integer({
        minimum: 0,
        description: 'Prices that are in another currency now, or for another quantity.',
      }),
    }),
    largest_rises: t.Array(MoveView, { description: 'Relative to the old price, at most ten.' }),
    largest_falls: t.Array(MoveView),
    new_items: t.Array(NamedItem, { description: 'The first ten of the list.' }),
    gone_items: t.Array(NamedItem, { description: 'Ten of them, with their last prices.' }),
    fields: t.Record(t.String(), Count, {
      description: 'How many items differ in a field, the price aside; fields without any are left out.',
    }),
    rejected: t.Array(
      t.Object({
        code: t.String(),
        count: t.Integer({ minimum: 1 }),
        example: t.Object(
          {
            message: t.String(),
            sheet: textOrNull(''),
            row: t.Union([t.Integer(), t.Null()], { description: '0-based.' }),
            column: t.Union([t.Integer(), t.Null()], { description: '0-based.' }),
            raw: textOrNull('The text of the cell.'),
          },
          { description: 'The first on the list.' },
        ),
      }),
      {
        description:
          'Rejected rows by the code of what is wrong with them, the most first, at most ten codes.',
      },
    ),
  },
  { title: 'ChangeReport' },
)
export type ChangeReportView = Static<typeof ChangeReportView>

/** An import's change report; null: it was not compared with the catalog. One that found its file unchanged has an empty one. */
export function reportOf({ report, status }: Pick<Import, 'report' | 'status'>): ChangeReport | null {
  return report ?? (status === 'unchanged' ? noReport : null)
}

export function changeReportView(report: ChangeReport): ChangeReportView {
  const { itemsBefore, changes, prices } = report
  const share = (count: number) => (itemsBefore === 0 ? null : rounded(count / itemsBefore))
  const { new: added, changed, priceUp, priceDown, gone, returned } = changes
  return {
    items_before: itemsBefore,
    counts: {
      new: added,
      changed,
      price_up: priceUp,
      price_down: priceDown,
      gone,
      returned,
      unchanged: report.unchanged,
      rejected_rows: report.rejectedRows,
    },
    shares: {
      new: share(added),
      changed: share(changed),
      price_up: share(priceUp),
      price_down: share(priceDown),
      gone: share(gone),
    },
    prices: {
      median_move: prices.medianBp === null ? null : prices.medianBp / 10_000,
      steps: stepsView(prices.steps),
      of_other_kind: prices.ofOtherKind,
    },
    largest_rises: report.rises.map(moveView),
    largest_falls: report.falls.map(moveView),
    new_items: report.newItems.map(itemView),
    gone_items: report.goneItems.map(itemView),
    fields: report.fields,
    rejected: report.rejected,
  }
}

const rounded = (share: number) => Math.round(share * 10_000) / 10_000

/** How far a price moved, relative to the old one. */
export const moveOf = ({ oldE4, newE4 }: Pick<ReportedMove, 'oldE4' | 'newE4'>) =>
  rounded((newE4 - oldE4) / oldE4)

function stepsView(steps: Record<MoveStep, number>): ChangeReportView['prices']['steps'] {
  return {
    fell_50_or_more: steps.down50,
    fell_20_to_50: steps.down20,
    fell_5_to_20: steps.down5,
    fell_under_5: steps.down0,
    rose_under_5: steps.up0,
    rose_5_to_20: steps.up5,
    rose_20_to_50: steps.up20,
    rose_50_or_more: steps.up50,
  }
}

function moveView(move: ReportedMove): Static<typeof MoveView> {
  const { sku, name, currency, oldE4, newE4 } = move
  return {
    sku,
    name,
    currency,
    old_price: formatPrice(oldE4),
    new_price: formatPrice(newE4),
    move: moveOf(move),
  }
}

function itemView({ sku, name, currency, priceE4 }: ReportedItem): Static<typeof NamedItem> {
  return { sku, name, currency, price: priceE4 === null ? null : formatPrice(priceE4) }
}
