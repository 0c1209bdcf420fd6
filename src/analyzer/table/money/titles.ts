import type { Row } from '../rows/row.ts'
import { cellText } from '../text.ts'
import { currencyIn, isOnlyAmountOf } from './currency.ts'
import { type PriceTax, statedTaxOf } from './price-tax.ts'

/** What the titles and notes around a table say about its prices. */
export interface TitleFacts {
  /** ISO 4217; null: none is named, or several are. */
  currency: string | null
  tax: PriceTax | null
}

/**
 * Reads "All prices in EUR", "Цены указаны в рублях с НДС", "Preços em R$", "Währung: CHF". A currency beside a number
 * ("minimum order 500 EUR", "1 USD = 41,20 UAH") is an amount, not the currency of the list.
 * @param rows those of the table that are no data: above its header, and notes below it
 * @param sheetName may be "EUR" or "Preise CHF"
 */
export function titleFacts(rows: readonly Row[], sheetName: string | null): TitleFacts {
  const currencies = new Set<string>()
  const taxes = new Set<PriceTax>()
  for (const text of titleTexts(rows)) {
    const isAboutPrices = priceWord.test(text)
    if (isAboutPrices || currencyWord.test(text)) {
      const code = currencyIn(text)?.code ?? null
      if (code !== null && !isOnlyAmountOf(text, code)) currencies.add(code)
    }
    const tax = isAboutPrices ? statedTaxOf(text) : null
    if (tax !== null) taxes.add(tax)
  }
  if (currencies.size === 0 && sheetName !== null) {
    const named = currencyIn(sheetName)?.code ?? null
    if (named !== null) currencies.add(named)
  }
  return { currency: only(currencies), tax: only(taxes) }
}

const titleCellsMax = 500
const titleLengthMax = 300

// Words that speak of prices, by their stems.
const priceWord =
  /price|preis|prix|tarif|prezz|listino|preci|preç|prijs|pris(?:er|erna|lista)?(?!\p{L})|cen[ay]|ceník|cennik|цен|прайс|цін|fiyat|τιμ|מחיר|أسعار|اسعار|سعر|价|價|単価|定価|価格/iu
const currencyWord =
  /currency|währung|waehrung|devise|monnaie|valut|divisa|moneda|moeda|munteenheid|walut|měna|mena(?!\p{L})|валют|para birimi|döviz|νόμισμα|מטבע|العملة|عملة|币种|幣別|貨幣|货币|通貨/iu

function titleTexts(rows: readonly Row[]): string[] {
  const texts: string[] = []
  for (const row of rows) {
    for (const cell of row.cells) {
      const text = cellText(cell)
      if (text.length < 2 || typeof cell === 'number') continue
      texts.push(text.slice(0, titleLengthMax))
    }
    // "Currency" and "EUR" may stand in two cells.
    if (row.cells.length > 1)
      texts.push(
        row.cells
          .map((cell) => cellText(cell))
          .join(' ')
          .slice(0, titleLengthMax),
      )
    if (texts.length > titleCellsMax) break
  }
  return texts
}

function only<T>(values: ReadonlySet<T>): T | null {
  const [value] = values
  return values.size === 1 && value !== undefined ? value : null
}
