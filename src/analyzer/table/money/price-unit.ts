import type { ColumnFormat } from '../columns/column-format.ts'
import type { Mapping } from '../columns/mapping.ts'
import type { TableDecision } from '../decision.ts'
import type { HeaderNames } from '../header/header-names.ts'
import type { Row } from '../rows/row.ts'
import { cellText, normalize } from '../text.ts'
import { sureMin } from '../verdict/sure.ts'
import { headerUnitOf, perUnitOf } from './affix.ts'
import { withoutCurrency } from './currency.ts'
import { isPiece } from './price-rank.ts'

/**
 * What the header of the prices, or the way in which a workbook shows them, says a price is for: "Preis / 100 St" → "St"
 * and 1000000. "Preis/Euro" has a slash and no unit; currencies are looked for in decideCurrency.
 */
export function priceUnitOf(
  mapping: Mapping,
  names: HeaderNames,
  format: ColumnFormat | null,
): TableDecision['priceUnit'] {
  const { header = null } = mapping.price ?? {}
  const inHeader = header === null ? null : headerUnitOf(withoutCurrency(header))
  // "Preis/Price" says it in two languages.
  const isUnit =
    inHeader !== null && (inHeader.unit === null || (names.quick(inHeader.unit).price ?? 0) < sureMin)
  const inFormat = format === null ? null : perUnitOf(withoutCurrency(format.text))
  return (isUnit ? inHeader : null) ?? inFormat ?? { unit: null, quantityE4: null }
}

/**
 * Whether the column of units says what the goods are sold in, and not what the price is for: prices "per 100 kg" of
 * sacks are no prices of 100 sacks. Where some cells say the unit of the header, they say what each price is for.
 * "Per piece" and "per unit" leave it to the cells, unless these count pieces: "100 szt." is a pack.
 */
export function isSalesUnit(
  { unit: stated }: TableDecision['priceUnit'],
  column: number,
  body: readonly Row[],
): boolean {
  if (stated === null) return false
  const unit = nameOf(stated)
  if (isPiece(stated)) {
    const counts = body.filter(({ cells }) => packOfPieces.test(cellText(cells[column])))
    return counts.length >= body.length * 0.5
  }
  if (!measures.has(unit) && !packings.has(unit)) return false
  return !body.some(({ cells }) => nameOf(cellText(cells[column]).slice(0, unitLengthMax)) === unit)
}

const unitLengthMax = 20
/** "100 szt.", "12 x 75 cl"; "1 kg" is a unit. */
const packOfPieces = /^(?:[2-9]|[1-9]\d{1,4})\s?[\p{L}x×*]/u

/** One name for a unit in Latin and in Cyrillic letters. */
function nameOf(unit: string): string {
  const words = normalize(unit)
  return cyrillic.get(words) ?? (packings.has(words) ? 'pack' : words)
}

const measures: ReadonlySet<string> = new Set('kg g gr t m m2 qm m3 cbm lfm l ltr ml cm mm'.split(' '))
const packings: ReadonlySet<string> = new Set(
  'pack package box case carton karton ktn krt ve vpe уп упак упаковка упаковку кор коробка коробку colis caja doos frp forp opakowanie baleni koli'.split(
    ' ',
  ),
)
const cyrillic = new Map(
  Object.entries({
    кг: 'kg',
    г: 'g',
    т: 't',
    м: 'm',
    м2: 'm2',
    'кв м': 'm2',
    м3: 'm3',
    л: 'l',
    мл: 'ml',
    qm: 'm2',
  }),
)
