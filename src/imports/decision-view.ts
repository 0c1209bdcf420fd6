import type { Choice } from '../analyzer/table/card/choice.ts'
import { correctionsOf } from '../analyzer/table/card/corrections.ts'
import { whyNotRunnerUp } from '../analyzer/table/card/runner-up.ts'
import { type Field, fields, type TableDecision } from '../analyzer/table/decision.ts'
import { isRead, whyLeftAside } from '../analyzer/table/verdict/verdict.ts'
import { snakeCaseKeys } from '../lib/json.ts'
import { formatE4 } from '../lib/money.ts'
import { oneOf, type Static, t, textOrNull } from '../lib/schema.ts'
import { type FileDecision, wrapperKinds } from './model.ts'
import { ImportView } from './view.ts'

const Confidence = t.Number({ minimum: 0, maximum: 1, description: '0 to 1.' })

const Cell = t.Object(
  {
    row: t.Integer({ description: '0-based, like the column.' }),
    column: t.Integer(),
    raw: t.String({ description: "The cell's text, cut to 100 characters." }),
    read: t.String({ description: 'What was read from it; empty: the text as it stands.' }),
  },
  { title: 'ProvingCell' },
)

const Column = t.Object(
  {
    column: t.Integer({ description: '0-based.' }),
    header: textOrNull('As the file writes it.'),
    confidence: Confidence,
    is_pinned: t.Boolean({ description: 'A person said it.' }),
    runner_up: t.Union(
      [
        t.Object({
          column: t.Integer(),
          header: textOrNull(''),
          confidence: Confidence,
          why: textOrNull('Why it is not the one; null: it is less likely.'),
        }),
        t.Null(),
      ],
      { description: 'The next best column.' },
    ),
    cells: t.Array(Cell, { maxItems: 3, description: 'What shows how the column was read.' }),
  },
  { title: 'ColumnDecision' },
)

const ChoiceView = t.Object(
  {
    value: t.String(),
    confidence: Confidence,
    is_pinned: t.Boolean({ description: 'A person said it.' }),
    why: textOrNull('What speaks for it.'),
    runner_up: t.Union([
      t.Object({ value: t.String(), confidence: Confidence, why: textOrNull('Why it is not the one.') }),
      t.Null(),
    ]),
  },
  { title: 'Choice' },
)

/** The decision card of a file: what was found out about it, how surely, and which cells prove it. */
export const DecisionView = t.Object(
  {
    format: t.String({ description: 'csv, xlsx, pdf, …; several where an archive holds several.' }),
    wrapping: t.Union(
      [
        t.Object({
          kind: oneOf(wrapperKinds),
          left_aside: t.Array(t.Object({ name: t.String(), reason: t.String() }), {
            description: 'Files in it that are not read, and why.',
          }),
        }),
        t.Null(),
      ],
      { description: 'What the list was packed in; null: it was not.' },
    ),
    encoding: textOrNull('Of a text file.'),
    delimiter: textOrNull('Of a delimited file.'),
    choices: t.Object(
      {
        format: ChoiceView,
        encoding: t.Union([ChoiceView, t.Null()]),
        delimiter: t.Union([ChoiceView, t.Null()]),
      },
      { description: 'The three above, with what proves them; null: the format has no such thing.' },
    ),
    verdict: t.String({ description: 'price-list, review or not-a-price-list.' }),
    reasons: t.Array(t.String()),
    layout_changes: t.Array(
      t.Object({
        kind: oneOf(['renamed', 'moved', 'added', 'removed'], {
          description: 'moved: it stands elsewhere, or another column that was there before is taken for it.',
        }),
        sheet: textOrNull('The sheet.'),
        field: textOrNull('Null: a column that is no field, or a whole table.'),
        from: textOrNull('Header, or letter where there is none, in the last list.'),
        to: textOrNull('In this list; of a field that is gone: the column that seems to hold it now.'),
        overlap: t.Union([Confidence, t.Null()], {
          description:
            'Share of its values that the catalog knows, of prices that are near; null: not compared.',
        }),
        doubt: textOrNull('Why a person has to look at it; null: it is only noted.'),
      }),
      {
        description:
          "What differs from the source's last list in what its columns are called and where they stand.",
      },
    ),
    corrections: t.Array(
      t.Object({
        option: t.String({ description: 'The field of an upload or of a correction that says it.' }),
        value: t.String(),
        means: t.String({ description: 'What it says, in words for people.' }),
      }),
      { description: 'What is not sure: what to say if it is wrong, and what to say so that it is sure.' },
    ),
    tables: t.Array(
      t.Object(
        {
          sheet: textOrNull('The name of the sheet.'),
          area: t.Object(
            {
              first_row: t.Integer(),
              last_row: t.Union([t.Integer(), t.Null()], { description: 'Null: to the end.' }),
              first_column: t.Integer(),
              last_column: t.Union([t.Integer(), t.Null()], { description: 'Null: to the end.' }),
            },
            { description: 'Where on the sheet it stands, 0-based; a sheet may hold several tables.' },
          ),
          verdict: t.String(),
          reasons: t.Array(t.String()),
          is_read: t.Boolean({ description: 'Whether its rows were taken.' }),
          left_aside: textOrNull('Why its rows were not taken; null: they were.'),
          header_rows: t.Array(t.Integer(), { description: '0-based; none: the table has no header.' }),
          header: t.Object({
            confidence: t.Union([Confidence, t.Null()], { description: 'Null: the table has none.' }),
            is_pinned: t.Boolean({ description: 'A person said where it is.' }),
            runner_up: t.Union(
              [t.Object({ row: t.Integer(), text: t.String(), confidence: Confidence }), t.Null()],
              { description: 'The row that would have been the header otherwise; 0-based.' },
            ),
          }),
          first_data_row: t.Integer({ description: '0-based.' }),
          mapping: t.Record(t.String(), Column, { description: 'Field → the column that was taken for it.' }),
          identity: t.Array(t.String(), { description: 'Fields that identify an item.' }),
          tiers: t.Array(
            t.Object({
              column: t.Integer(),
              name: t.String(),
              min_quantity: textOrNull('The price holds from so many units on; null: for any quantity.'),
              currency: textOrNull("ISO 4217; null: as its own column says, or as the row's own price."),
              currency_column: t.Union([t.Integer(), t.Null()], {
                description: 'The column that says the currency of this price alone.',
              }),
              tax: textOrNull('net or gross, where the header says so.'),
            }),
            { description: 'Further columns of prices.' },
          ),
          other_lists: t.Array(t.Integer(), {
            description:
              'Columns of other price lists, in their order: an article without a price of its own takes the first that has one.',
          }),
          price_tax: textOrNull('Whether the price is net or gross, where its header says so.'),
          characteristics: t.Array(t.Object({ column: t.Integer(), key: t.String() })),
          currency: t.Object({
            code: textOrNull('ISO 4217.'),
            from: textOrNull('symbol, code, header, column or configuration.'),
            cells: t.Array(Cell, { maxItems: 3, description: 'What says so.' }),
          }),
          decimal: t.Object({
            style: textOrNull('dot, comma or mixed; null: no cell needs one.'),
            confidence: t.Number(),
            is_pinned: t.Boolean({ description: 'A person said it.' }),
            ambiguous_count: t.Integer({ description: 'Cells such as "1.234" that follow their column.' }),
            evidence: t.Array(t.Object({ row: t.Integer(), raw: t.String() })),
          }),
          counts: ImportView.properties.counts,
          ignored: ImportView.properties.ignored,
        },
        { title: 'TableDecision' },
      ),
    ),
  },
  { title: 'Decision' },
)
export type DecisionView = Static<typeof DecisionView>

export function decisionView(decision: FileDecision): DecisionView {
  const { format, wrapping, encoding, delimiter, verdict, reasons, tables } = decision
  const card = {
    format,
    wrapping,
    encoding,
    delimiter,
    choices: choicesView(decision),
    verdict,
    reasons,
    layoutChanges: decision.layoutChanges,
    corrections: correctionsOf(decision),
    tables: tables.map((table) => ({
      sheet: table.sheetName,
      area: table.area,
      verdict: table.verdict,
      reasons: table.reasons,
      ...readView(table, tables),
      headerRows: table.headerRows,
      header: table.header,
      firstDataRow: table.firstDataRow,
      mapping: mappingView(table),
      identity: table.identity,
      tiers: tiersView(table),
      otherLists: table.otherLists,
      priceTax: table.priceTax,
      characteristics: table.characteristics.map(({ column, key }) => ({ column, key })),
      currency: currencyView(table),
      decimal: {
        style: table.decimal.style,
        confidence: table.decimal.confidence,
        isPinned: table.decimal.isPinned ?? false,
        ambiguousCount: table.decimal.ambiguousCount,
        evidence: table.decimal.evidence,
      },
      counts: table.counts,
      ignored: table.ignored,
    })),
  }
  // The response's schema is checked against it; `characteristics` is a list of ours here, no data of the file's.
  return snakeCaseKeys(card, []) as DecisionView
}

/** Format, encoding and delimiter with what proves them; keys in camelCase. */
function choicesView({ choices }: Pick<FileDecision, 'choices'>) {
  const of = (choice: Choice | null) =>
    choice && {
      value: choice.value,
      confidence: choice.confidence,
      isPinned: choice.isPinned ?? false,
      why: choice.why,
      runnerUp: choice.runnerUp,
    }
  return { format: of(choices.format), encoding: of(choices.encoding), delimiter: of(choices.delimiter) }
}

/** Whether a table's rows were taken, and if not why. */
function readView(table: TableDecision, tables: readonly TableDecision[]) {
  const isTaken = isRead(table, tables)
  return { isRead: isTaken, leftAside: isTaken ? null : whyLeftAside(table) }
}

/** The columns of the fields with what proves them; keys in camelCase. */
function mappingView(table: TableDecision) {
  const view: Partial<Record<Field, object>> = {}
  for (const field of fields) {
    const decided = table.mapping[field]
    if (decided === undefined) continue
    const { column, header, confidence, runnerUp, isPinned = false } = decided
    view[field] = {
      column,
      header,
      confidence,
      isPinned,
      runnerUp: runnerUp && {
        column: runnerUp.column,
        header: runnerUp.header,
        confidence: runnerUp.confidence,
        why: whyNotRunnerUp(table, field),
      },
      cells: cellsView(table, field),
    }
  }
  return view
}

/** Further columns of prices; keys in camelCase. */
function tiersView({ tiers }: TableDecision) {
  return tiers.map(({ column, name, minQuantityE4, currency, currencyColumn, tax }) => ({
    column,
    name,
    minQuantity: minQuantityE4 === null ? null : formatE4(minQuantityE4),
    currency,
    currencyColumn,
    tax,
  }))
}

/** The currency with the cells that say it; keys in camelCase. */
function currencyView(table: TableDecision) {
  const { code, from } = table.currency
  return { code, from, cells: cellsView(table, 'currency') }
}

const cellsView = ({ cells }: TableDecision, field: Field) =>
  (cells[field] ?? []).map(({ row, column, raw, read }) => ({ row, column, raw, read }))
