import { characteristicsWriter } from '../columns/characteristics.ts'
import { tableKeys } from '../columns/keys.ts'
import type { CarriedField, DecimalDecision, Field, TableDecision, TableOptions } from '../decision.ts'
import { decimalEvidence } from '../money/decimal-style.ts'
import { type PriceKind, priceReader } from '../money/price.ts'
import { priceFault } from '../money/price-faults.ts'
import { otherPriceReader, tierWriter } from '../money/tiers.ts'
import { cellText, rowText } from '../text.ts'
import { type CellReaders, cellReaders } from './cells.ts'
import { identityKey } from './identity.ts'
import type { IgnoredReason, Issue } from './issue.ts'
import type { ItemRow, RowOutcome } from './item.ts'
import { saidOnce } from './repeated-text.ts'
import { isTidyAt, type Row } from './row.ts'
import { rowKinds } from './row-kind.ts'
import { sectionTracker } from './sections.ts'
import { faultsOf, nameLengthMax, quoted, skuLengthMax } from './validate.ts'

export { contradicts } from '../money/decimal-style.ts'

/** Reads the rows of one table, top to bottom; it remembers sections and the article that variants belong to. */
export interface TableReader {
  /** Rows must come in the order of their index. */
  read(row: Row): RowOutcome
  /** What the next row inherits from those above it: the headings, joined; '' without any. */
  context(): string
  /** Passes an item that is known already, as `read` would have left it. For tables without groups of variants. */
  skipItem(): void
  /** What the next row may inherit from the article above it: see `TableDecision.carried`, and `group` in `fields`. */
  article(): Readonly<Article>
  /** What the columns of prices have proved so far about their decimal signs; see `contradicts`. */
  decimalDecisions(): ProvedDecimals
}

export interface ProvedDecimals {
  price: DecimalDecision
  /** In the order of the tiers. */
  tiers: DecimalDecision[]
}

/** @param decision followed to the letter: the same file with the same decision gives the same rows */
export function tableReader(decision: TableDecision, options: TableOptions): TableReader {
  const column = columnsOf(decision)
  const faults = faultsOf(decision.headers)
  const kinds = rowKinds(decision)
  const sections = sectionTracker(decision.nestsHeadings)
  const carries = carriesOf(decision)
  const evidence = decimalEvidence()
  const readPrice = priceReader(decision.decimal.style)
  const cells: CellReaders = cellReaders(decision, options, faults)
  const tiers = decision.tiers.length === 0 ? null : tierWriter(decision, faults)
  const readOther = decision.otherLists.length === 0 ? null : otherPriceReader(decision)
  const writeCharacteristics = characteristicsWriter(tableKeys(decision), decision.headers.length)
  const sectionRows = new Set(decision.sectionRows)
  const isKeyedBySku = column.sku >= 0 && decision.identity.includes('sku')
  // Most rows have nothing to say, so what they could say it in is used again.
  let spareIssues: Issue[] = []
  let spareNotes: Issue[] = []
  const noNotes: Issue[] = []
  const article: Article = { group: '', name: '', brand: null, category: null }

  if (decision.sectionColumn !== null) {
    sections.heading(decision.headers[decision.sectionColumn]!, decision.sectionColumn)
  }

  return {
    read,
    context: () => sections.path() ?? '',
    skipItem: sections.item,
    article: () => article,
    decimalDecisions() {
      const known = { currency: decision.currency.code, fileStyle: null }
      return { price: evidence.decision(known), tiers: tiers?.decimalDecisions(known) ?? [] }
    },
  }

  function read(row: Row): RowOutcome {
    if (row.index < decision.firstDataRow) {
      return sectionRows.has(row.index)
        ? ignore(row, 'section')
        : { kind: 'ignored', reason: kinds.above(row) }
    }
    if (kinds.isNumbering?.(row) === true) return { kind: 'ignored', reason: 'repeated_header' }
    let priceColumn = column.price
    let reading = readPrice(priceColumn < 0 ? undefined : row.cells[priceColumn])
    if (reading.shape !== null) evidence.see(reading.shape, row.index, reading.raw)
    const sku = isKeyedBySku ? lineAt(row, column.sku) : ''
    let name = nameOf(row)
    // Only rows that lack something, or that could be a total, are worth a closer look.
    // Lengths are compared, since comparing texts would make each of them a string of its own.
    const hasName = name.length > 0
    if (reading.kind !== 'price' || !hasName || (isKeyedBySku ? sku.length === 0 : kinds.mayBeTotal(name))) {
      const reason = kinds.ignored(row, reading.kind)
      if (reason !== null && !(reason === 'section' && isOnlyBrand(row))) return ignore(row, reason)
    }
    const ownGroup = column.group < 0 ? '' : rowText(row, column.group)
    const group = ownGroup === '' && carries.group ? article.group : ownGroup
    const continues = group !== '' && group === article.group
    if (!hasName && (continues || carries.name)) name = article.name
    if (column.name < 0) name = sku
    const issues = spareIssues
    const notes = spareNotes
    if (isKeyedBySku) checkSku(row, sku, issues)
    if (name.length > nameLengthMax) name = shortened(row, name, notes)
    checkName(row, name, issues)
    // Where there are several price lists, 0 means that the article is not on this one.
    const isOffList = tiers !== null && reading.kind === 'price' && reading.e4 === 0
    let kind = isOffList ? 'blank' : reading.kind
    const other = kind === 'blank' && readOther !== null ? readOther(row) : null
    if (other !== null) {
      reading = other.reading
      priceColumn = other.column
      kind = 'price'
    }
    const mayBeOnOther = tiers !== null && kind === 'blank'
    if (!mayBeOnOther) checkPrice(row, kind, reading.raw, issues)
    const currency = cells.currency(row, reading.currency, issues)
    const further = tiers === null ? null : tiers.write(row, currency, notes)
    if (mayBeOnOther && further === null) checkPrice(row, kind, reading.raw, issues)
    if (reading.kind === 'price' && !cells.fitsCurrency(reading.e4, currency)) {
      const text = `holds ${quoted(reading.raw)}, which is finer than ${currency} has coins for; round it`
      issues.push(
        faults.error({
          code: 'too_many_decimals',
          row: row.index,
          column: priceColumn,
          raw: reading.raw,
          text,
        }),
      )
    }
    if (reading.isRounded) {
      const text = `holds ${quoted(reading.raw)}, which was rounded to 4 decimals`
      notes.push(
        faults.note({ code: 'price_rounded', row: row.index, column: priceColumn, raw: reading.raw, text }),
      )
    }
    const unit = reading.unit ?? cells.text(row, 'unit') ?? decision.priceUnit.unit
    const priceQuantityE4 = reading.quantityE4 ?? cells.quantity(row, issues) ?? decision.priceUnit.quantityE4
    const { validFrom, validTo } = cells.dates(row, issues)
    checkWidth(row, issues)
    cells.checkCharacters(row, issues, notes)
    if (issues.length > 0) spareIssues = []
    if (notes.length > 0) spareNotes = []

    const brand = cells.text(row, 'brand') ?? (continues || carries.brand ? article.brand : null)
    const ownCategory =
      cells.text(row, 'category') ?? (continues || carries.category ? article.category : null)
    const itemKey = isKeyedBySku ? sku : keyOf(row, name, unit, group, brand)
    if (issues.length > 0) {
      sections.item()
      // A faulty row still names the group that it begins.
      if (carries.brand) article.brand = brand
      if (carries.category) article.category = ownCategory
      if (carries.name && hasName) article.name = name
      const isReadable = isKeyedBySku ? sku !== '' && sku.length <= skuLengthMax : name !== ''
      return { kind: 'rejected', issues, itemKey: isReadable ? itemKey : null }
    }
    sections.item()
    article.group = group
    article.name = name
    article.brand = brand
    article.category = ownCategory
    const isPriced = kind === 'price'
    const item: ItemRow = {
      row: row.index,
      itemKey,
      sku: isKeyedBySku ? sku : skuOf(row),
      name,
      priceE4: isPriced ? reading.e4 : null,
      currency: isPriced ? currency : null,
      unit,
      priceQuantityE4,
      category: ownCategory ?? row.section ?? sections.path(),
      brand,
      validFrom,
      validTo,
      characteristics: writeCharacteristics(row),
      tiers: further === null ? null : further.tiers,
      tierCells: further === null ? null : further.tierCells,
      priceColumn: priceColumn >= 0 ? priceColumn : null,
      priceRaw: priceColumn >= 0 ? reading.raw : null,
      notes: notes.length === 0 ? noNotes : notes,
    }
    return { kind: 'item', item }
  }

  function ignore(row: Row, reason: IgnoredReason): RowOutcome {
    if (reason !== 'section') return { kind: 'ignored', reason }
    if (decision.hasSecondLines || goesOnWithName(row)) return { kind: 'ignored', reason: 'note' }
    const at = kinds.headingColumn(row)
    const text = String(row.cells[at])
    sections.heading(text, at)
    if (isKeyedBySku) return { kind: 'ignored', reason }
    // Without SKUs an article whose price was left out looks like a heading: it must not count as missing.
    const itemKey = keyOf(row, oneLine(text.trim()), decision.priceUnit.unit, '', null)
    return { kind: 'ignored', reason, itemKey }
  }

  function checkWidth(row: Row, issues: Issue[]): void {
    const from = decision.overflowFrom
    if (from === null || row.cells.length <= from) return
    for (let column = from; column < row.cells.length; column++) {
      const text = cellText(row.cells[column])
      if (text === '') continue
      const what = `holds ${quoted(text)} beyond the last column of the header; was a delimiter meant as text? Quote it`
      issues.push(faults.error({ code: 'too_many_cells', row: row.index, column, raw: text, text: what }))
      return
    }
  }

  /** A second line of the name above it: "name continued" below "Very long", where names begin with a capital. */
  function goesOnWithName(row: Row): boolean {
    const at = kinds.headingColumn(row)
    if (!decision.hasCapitalNames || at !== column.name || !sections.isBehindItem()) return false
    // Where a heading begins with a small letter, so may the next one.
    const isSmall = (text: string | undefined) => text !== undefined && /^\p{Ll}/u.test(text)
    return isSmall(cellText(row.cells[at])) && !isSmall(sections.path()?.split(' > ').at(-1))
  }

  /** The brand of the row above alone in its column: an article whose other cells are missing, no heading. */
  function isOnlyBrand(row: Row): boolean {
    return column.brand >= 0 && article.brand !== null && cellText(row.cells[column.brand]) === article.brand
  }

  function nameOf(row: Row): string {
    if (column.name < 0) return ''
    const name = lineAt(row, column.name)
    if (name.length > 0 || decision.nameFallback === null) return name
    return lineAt(row, decision.nameFallback)
  }

  /** Of a column that the sample left blank: it says what it says, and identifies nothing. */
  function skuOf(row: Row): string | null {
    const sku = column.sku < 0 ? '' : lineAt(row, column.sku)
    return sku.length === 0 || sku.length > skuLengthMax ? null : sku
  }

  function checkSku(row: Row, sku: string, issues: Issue[]): void {
    if (sku.length > 0 && sku.length <= skuLengthMax) return
    const isMissing = sku === ''
    const code = isMissing ? 'missing_sku' : 'sku_too_long'
    const text = isMissing
      ? 'has no SKU; enter one'
      : `holds ${sku.length} characters; a SKU has at most ${skuLengthMax}`
    issues.push(faults.error({ code, row: row.index, column: column.sku, raw: isMissing ? null : sku, text }))
  }

  function checkPrice(row: Row, kind: PriceKind, raw: string, issues: Issue[]): void {
    const fault = priceFault(kind, raw)
    if (fault === null || column.price < 0) return
    issues.push(faults.error({ ...fault, row: row.index, column: column.price, raw }))
  }

  /** A name that is only too long because it says the same several times is read once. */
  function shortened(row: Row, name: string, notes: Issue[]): string {
    const once = saidOnce(name)
    if (once === null || once.length > nameLengthMax) return name
    const text = 'says the same several times; it was read once'
    notes.push(faults.note({ code: 'repeated_text', row: row.index, column: column.name, raw: name, text }))
    return once
  }

  function checkName(row: Row, name: string, issues: Issue[]): void {
    if (column.name < 0 && isKeyedBySku) return
    if (name.length > 0 && name.length <= nameLengthMax) return
    const isMissing = name === ''
    const code = isMissing ? 'missing_name' : 'name_too_long'
    const text = isMissing
      ? 'has no name; enter one'
      : `holds ${name.length} characters; a name has at most ${nameLengthMax}`
    const at = column.name < 0 ? null : column.name
    issues.push(faults.error({ code, row: row.index, column: at, raw: isMissing ? null : name, text }))
  }

  function keyOf(row: Row, name: string, unit: string | null, group: string, brand: string | null): string {
    return identityKey(
      decision.identity.map((field) => {
        if (field === 'name') return name
        if (field === 'unit') return unit ?? ''
        if (field === 'group') return group
        if (field === 'brand') return brand ?? ''
        return column[field] < 0 ? '' : cellText(row.cells[column[field]])
      }),
    )
  }
}

function carriesOf({ carried }: TableDecision): Record<CarriedField, boolean> {
  return {
    name: carried.includes('name'),
    category: carried.includes('category'),
    brand: carried.includes('brand'),
    group: carried.includes('group'),
  }
}

/** What the rows of one group share; variants that leave it out inherit it. */
export interface Article {
  group: string
  name: string
  brand: string | null
  category: string | null
}

type Columns = Record<Field, number>

/** The column of every field, -1 where the table has none. */
function columnsOf({ mapping }: TableDecision): Columns {
  const at = (field: Field) => mapping[field]?.column ?? -1
  return {
    sku: at('sku'),
    name: at('name'),
    price: at('price'),
    currency: at('currency'),
    unit: at('unit'),
    price_quantity: at('price_quantity'),
    category: at('category'),
    brand: at('brand'),
    ean: at('ean'),
    stock: at('stock'),
    description: at('description'),
    url: at('url'),
    image: at('image'),
    valid_from: at('valid_from'),
    valid_to: at('valid_to'),
    group: at('group'),
    variant: at('variant'),
  }
}

function lineAt(row: Row, column: number): string {
  const text = rowText(row, column)
  return isTidyAt(row, column) ? text : oneLine(text)
}

/** Line breaks inside a cell become spaces; other inner white space is the supplier's own. */
function oneLine(text: string): string {
  return text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]+/g, ' ') : text
}
