import { hasWholeRows, wholeSheet } from './areas/area.ts'
import type { FoundArea } from './areas/areas.ts'
import { type ProvingCells, provingCells } from './card/proving-cells.ts'
import { hasCapitalNames } from './columns/capital-names.ts'
import { carriedFields, findVariantColumn, isGroupNumber } from './columns/carried.ts'
import type { ColumnFormat } from './columns/column-format.ts'
import { type ColumnProfile, profileColumns } from './columns/columns.ts'
import { dateOrderOf } from './columns/dates.ts'
import { nameCharacteristics } from './columns/keys.ts'
import { findLineColumn, type Mapping, mapColumns } from './columns/mapping.ts'
import { pinnedHeaders, resolveOverrides } from './columns/overrides.ts'
import { isTie } from './columns/ties.ts'
import { isOnlyName, isPlainList, plainConfidence } from './columns/unnamed.ts'
import type { ColumnDecision, DateOrder, Field, TableDecision, TableOptions } from './decision.ts'
import { findHeader } from './header/header.ts'
import { type HeaderNames, headerNames } from './header/header-names.ts'
import { countLostRows } from './header/lost-rows.ts'
import { headersByContent } from './header/merged-headers.ts'
import { headerInRows } from './header/pinned-header.ts'
import { decideCurrency } from './money/currency-decision.ts'
import { decideDecimals } from './money/decimal-decision.ts'
import type { FileStyle } from './money/decimal-style.ts'
import { numberTest } from './money/number-cell.ts'
import {
  findOtherLists,
  findTiers,
  isPriceTie,
  type PriceTable,
  quantityColumns,
} from './money/price-columns.ts'
import { partOfPrice } from './money/price-part.ts'
import { priceTaxOf } from './money/price-tax.ts'
import { isSalesUnit, priceUnitOf } from './money/price-unit.ts'
import { reducedColumns } from './money/reduced-prices.ts'
import { titleFacts } from './money/titles.ts'
import type { Issue } from './rows/issue.ts'
import { tableReader } from './rows/reader.ts'
import type { Row } from './rows/row.ts'
import { findSectionColumn } from './rows/section-column.ts'
import { findFirstSection, findSectionRows } from './rows/section-rows.ts'
import { areSecondLines, type Heading, nestsByOrder } from './rows/sections.ts'
import { cellText, filledCount } from './text.ts'
import { otherDocument } from './verdict/document-kind.ts'
import { sureMin } from './verdict/sure.ts'
import { judgeTable, type SampleCounts } from './verdict/verdict.ts'

/**
 * Decides what a table means: header, columns, decimal sign, currency, and whether it is a price list at all.
 * Pure: the same sample and options give the same decision.
 * @param sample the first rows of the table, some 1000 at most, ascending by index; cells of other tables are blank
 * @param place what is known of the table's place; by default it is the sheet's only one
 */
export function decideTable(
  sample: Row[],
  sheet: { index: number; name: string | null; isHidden?: boolean; isChosen?: boolean | null },
  options: TableOptions,
  place: FoundArea = { area: wholeSheet, headingRow: null },
  known: TableKnowledge = nothingKnown,
  names: HeaderNames = headerNames(),
): TableDecision {
  const { headerRows } = options
  const header =
    headerRows === null
      ? findHeader(sample, names, { pinned: pinnedHeaders(options), last: place.headingRow })
      : headerRows.length === 0
        ? null
        : headerInRows(sample, headerRows, names)
  const firstDataRow = header?.firstDataRow ?? firstWideRow(sample)
  const body = sample.filter((row) => row.index >= firstDataRow && filledCount(row.cells) >= 2)
  const headers = cutHeaders(header?.texts ?? [])
  const width = Math.max(headers.length, widthOf(body))
  const formats = new Map(known.formats.map((format) => [format.column, format]))
  const profiles = profileColumns(body.slice(0, profiledRows(width)), width, formats)
  const { columns: pinned, unknown } = resolveOverrides(options, headers, width)
  const table = { texts: headers, profiles, body }
  const breaks = quantityColumns(table, names)
  const reduced = reducedColumns(table)
  const mapping = mapColumns(headersByContent(headers, profiles), profiles, names, pinned, {
    breaks,
    reduced,
    currency: options.currency,
  })
  const isUnnamed = header === null || header.confidence < sureMin
  const isPlain = isUnnamed && isPlainList(mapping, profiles, body)
  if (isPlain) trust(mapping, ['sku', 'name', 'price'])
  else {
    if (pinned.price === undefined && mapping.price !== undefined && isPriceTie(table, mapping))
      doubt(mapping.price)
    if (isOnlyName(mapping, profiles)) trust(mapping, ['name'])
    for (const field of ['sku', 'name'] as const) if (isTie(field, mapping, table)) doubt(mapping[field]!)
  }
  const nameFallback = findNameFallback(mapping, headers, profiles, body)
  if (pinned.sku === undefined && mapping.variant === undefined && isGroupNumber(mapping, profiles, body)) {
    mapping.group = mapping.sku!
    delete mapping.sku
  }
  const carried = carriedFields(mapping, profiles, body, nameFallback)
  if (carried.includes('name') && mapping.sku === undefined) mapping.variant ??= variantOf(mapping, table)
  const facts = titleFacts(outside(sample, body, header), sheet.name)
  const priceFormat = formats.get(mapping.price?.column ?? -1) ?? null
  const priceUnit = priceUnitOf(mapping, names, priceFormat)
  if (
    mapping.unit !== undefined &&
    !mapping.unit.isPinned &&
    isSalesUnit(priceUnit, mapping.unit.column, body)
  )
    delete mapping.unit
  const clues = { headers, body, title: facts.currency, format: priceFormat }
  const currency = decideCurrency(mapping, clues, options)
  const decimals = decideDecimals(
    mapping,
    body,
    { currency: currency.code, fileStyle: known.fileStyle },
    options.decimal,
  )
  const isPinned = headerRows !== null || Object.keys(pinned).length > 0
  const tiers = findTiers(table, names, mapping, breaks).map((tier) => ({
    ...tier,
    decimal: decimals.styleOf(tier.column),
  }))
  const decision: TableDecision = {
    sheet: sheet.index,
    sheetName: sheet.name,
    area: place.area,
    verdict: 'review',
    reasons: [],
    headerRows: header?.rows.filter((row) => row >= 0) ?? [],
    headerLines: header?.lines ?? [],
    header: {
      confidence: header?.confidence ?? null,
      isPinned: headerRows !== null,
      runnerUp: header?.runnerUp ?? null,
    },
    firstDataRow,
    sectionRows:
      header === null ? findFirstSection(sample, firstDataRow) : findSectionRows(sample, header, place.area),
    headers,
    sectionColumn: header === null ? null : findSectionColumn(header, body, names),
    nestsHeadings: false,
    hasSecondLines: false,
    hasCapitalNames: hasCapitalNames(mapping, body),
    mapping,
    cells: {},
    tiers,
    otherLists: findOtherLists(table, mapping, tiers),
    characteristics: nameCharacteristics(
      headers,
      (column) => profiles[column]!.filled > 0,
      { mapping, tiers },
      width,
    ),
    currency,
    decimal: decimals.price,
    priceTax: priceTaxOf(mapping.price?.header ?? '') ?? facts.tax,
    priceUnit,
    dateOrder: decideDateOrder(mapping, body),
    carried,
    nameFallback,
    unknownColumns: unknown,
    lineColumn: findLineColumn(headers, profiles, mapping),
    overflowFrom:
      sheet.name === null && header !== null && hasWholeRows(place.area) ? overflowOf(headers, body) : null,
    isHidden: sheet.isHidden ?? false,
    isChosen: sheet.isChosen ?? null,
    identity: identityOf(mapping, profiles, options),
  }
  if (headerRows !== null && header === null && headerRows.length > 0)
    return { ...decision, verdict: 'not-a-price-list', reasons: [noHeaderText(headerRows)] }
  const titles = sample.filter(({ index }) => index < firstDataRow)
  const signs = { headers, mapping, profiles, titles, body }
  const otherwise = isPinned ? null : (otherDocument(signs) ?? partOfPrice(signs))
  const { counts, headings, cells } = readSample(decision, sample, options)
  return {
    ...decision,
    nestsHeadings: nestsByOrder(headings),
    hasSecondLines: areSecondLines(headings, counts.items + counts.rejected),
    cells,
    ...judgeTable(
      decision,
      isPlain ? 'plain' : header,
      { ...counts, lost: countLostRows(titles, mapping) },
      otherwise,
    ),
  }
}

/** What the cells alone show without doubt is as good as a header. */
function trust(mapping: Mapping, trusted: readonly Field[]): void {
  for (const field of trusted) {
    const decided = mapping[field]
    if (decided !== undefined) decided.confidence = Math.max(decided.confidence, plainConfidence)
  }
}

/** A header may be as long as any cell, and is kept with every import: what is too long is cut, alike each time. */
function cutHeaders(texts: readonly string[]): string[] {
  const longest = Math.min(headerLengthMax, Math.floor(headersLengthMax / Math.max(1, texts.length)))
  return texts.map((text) => (text.length > longest ? text.slice(0, longest).toWellFormed() : text))
}

const headerLengthMax = 500
const headersLengthMax = 1_000_000

function noHeaderText(rows: readonly number[]): string {
  const text = rows.map((row) => row + 1).join(' and ')
  return `Row ${text} was named as the header, but is blank or not there; say where it is with --header-row, or --header-row auto.`
}
/** What is known of a table before its rows are looked at. */
export interface TableKnowledge {
  /** The decimal sign that the other tables of the file prove; null where they prove none. */
  fileStyle: FileStyle
  /** How a workbook shows the numbers of its columns; empty where it does not tell. */
  formats: readonly ColumnFormat[]
}

const nothingKnown: TableKnowledge = { fileStyle: null, formats: [] }

/** Rows to profile: fewer of very wide tables, whose cells would take many seconds to look at. */
function profiledRows(width: number): number {
  return Math.min(500, Math.max(20, Math.floor(profiledCellsMax / Math.max(1, width))))
}

/** Two columns are equally good, so neither is surer than the other: a person has to choose. */
function doubt(decided: ColumnDecision): void {
  decided.confidence = Math.round(decided.confidence * tieFactor * 100) / 100
  const { runnerUp } = decided
  if (runnerUp !== null)
    decided.runnerUp = { ...runnerUp, confidence: Math.min(runnerUp.confidence, decided.confidence) }
}

/** What is left of the confidence. */
const tieFactor = 0.55

const profiledCellsMax = 100_000

/** Without a header, data starts at the first row with several cells, one of them a number. */
function firstWideRow(sample: readonly Row[]): number {
  const isNumber = numberTest()
  const first = sample.find((row) => filledCount(row.cells) >= 2 && row.cells.some((cell) => isNumber(cell)))
  return first?.index ?? sample[0]?.index ?? 0
}

function widthOf(rows: readonly Row[]): number {
  let width = 0
  for (const row of rows) width = Math.max(width, row.cells.length)
  return width
}

/** The first column beyond the header, unless many rows go on there. */
function overflowOf(headers: readonly string[], body: readonly Row[]): number | null {
  const width = headers.findLastIndex((text) => text !== '') + 1
  const overflowing = body.filter((row) => filledCount(row.cells.slice(width)) > 0).length
  return overflowing < body.length / 2 ? width : null
}

/** Rows that are no data: titles above the header and notes below the table. */
function outside(sample: readonly Row[], body: readonly Row[], header: { rows: number[] } | null): Row[] {
  const inside = new Set([...body.map(({ index }) => index), ...(header?.rows ?? [])])
  const rows = sample.filter(({ index, cells }) => !inside.has(index) && cells.length > 0)
  return [...rows.slice(0, titleRowsMax), ...rows.slice(titleRowsMax).slice(-titleRowsMax)]
}

const titleRowsMax = 40

function decideDateOrder(mapping: Mapping, body: readonly Row[]): DateOrder | null {
  const columns = (['valid_from', 'valid_to'] as const)
    .map((field) => mapping[field]?.column)
    .filter((column) => column !== undefined)
  return dateOrderOf(body.flatMap((row) => columns.map((column) => cellText(row.cells[column]))))
}

/** A name that spans merged cells may stand in the cell beside its column; that column has no header of its own. */
function findNameFallback(
  mapping: Mapping,
  headers: readonly string[],
  profiles: readonly ColumnProfile[],
  body: readonly Row[],
): number | null {
  const name = mapping.name
  if (name === undefined || name.header === null) return null
  for (const column of [name.column - 1, name.column + 1]) {
    const profile = profiles[column]
    if (profile === undefined || profile.withLetters === 0 || (headers[column] ?? '') !== '') continue
    const completes = body.some(
      (row) => cellText(row.cells[name.column]) === '' && cellText(row.cells[column]) !== '',
    )
    if (completes && !Object.values(mapping).some((decided) => decided.column === column)) return column
  }
  return null
}

/** Depends on the columns that are there, never on the rows: the same list must give the same keys next week. */
function identityOf(mapping: Mapping, profiles: readonly ColumnProfile[], options: TableOptions): Field[] {
  // A blank column of SKUs identifies nothing.
  if (mapping.sku !== undefined && profiles[mapping.sku.column]?.filled !== 0) return ['sku']
  const variants = (['group', 'variant'] as const).filter((field) => mapping[field] !== undefined)
  return [...new Set([...options.identity, ...variants])]
}

/** What the rows of the sample come to, the headings among them, and the cells that show how they were read. */
function readSample(
  decision: TableDecision,
  sample: readonly Row[],
  options: TableOptions,
): { counts: SampleCounts; headings: Heading[]; cells: ProvingCells } {
  const counts: SampleCounts = { items: 0, priced: 0, rejected: 0, negative: 0 }
  const headings: Heading[] = []
  let isFirst = true
  const reader = tableReader(decision, options)
  const proof = provingCells(decision)
  for (const row of sample) {
    const outcome = reader.read(row)
    if (outcome.kind === 'rejected' && !isOnNoList(outcome.issues)) counts.rejected++
    if (outcome.kind === 'rejected' && outcome.issues.some(({ code }) => code === 'negative_price'))
      counts.negative++
    if (outcome.kind === 'ignored' && outcome.reason === 'section') {
      const column = row.cells.findIndex((cell) => typeof cell === 'string' && /\p{L}/u.test(cell))
      const hasArticleAbove = counts.items + counts.rejected > 0
      headings.push({ text: String(row.cells[column]), column, isFirst, hasArticleAbove })
      isFirst = false
    } else if (outcome.kind !== 'ignored') isFirst = true
    if (outcome.kind !== 'item') continue
    counts.items++
    if (outcome.item.priceE4 !== null) counts.priced++
    proof.see(row, outcome.item)
  }
  return { counts, headings, cells: proof.cells() }

  /** Among several price lists, an article that is on none of them is nothing that could not be read. */
  function isOnNoList(issues: readonly Issue[]): boolean {
    return decision.otherLists.length > 0 && issues.every(({ code }) => code === 'missing_price')
  }
}

/** Sizes and colours under one name, where they have no name that is known. */
function variantOf(mapping: Mapping, { texts, profiles, body }: PriceTable): ColumnDecision {
  const column = findVariantColumn(mapping, profiles, body)!
  return { column, header: texts[column] || null, confidence: plainConfidence, runnerUp: null }
}
