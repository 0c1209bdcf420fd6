import { kept } from './kept.ts'

/**
 * A price as people read it, with at least the currency's own decimals and never rounded: ("13.5", "EUR") → "13.50 EUR".
 * Digits are grouped by the locale; the value stays text, so that nothing of it is lost.
 */
export function moneyText(price: string, currency: string | null, locale?: string): string {
  const [whole = '0', fraction = ''] = price.split('.')
  const decimals = Math.max(fraction.length, ownDecimals(currency))
  const grouped = wholeFormat(locale).format(BigInt(whole))
  const sign = decimalSign(locale)
  const number = decimals === 0 ? grouped : `${grouped}${sign}${fraction.padEnd(decimals, '0')}`
  return currency === null ? number : `${number}\u00a0${currency}`
}

const wholeFormat = kept(
  (locale: string | undefined) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
)

/** How many a currency has by itself. */
const ownDecimals = kept((currency: string | null): number => {
  if (currency === null) return 2
  try {
    return (
      new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ??
      2
    )
  } catch {
    return 2
  }
})

const decimalSign = kept(
  (locale: string | undefined) =>
    new Intl.NumberFormat(locale).formatToParts(1.1).find(({ type }) => type === 'decimal')?.value ?? '.',
)
