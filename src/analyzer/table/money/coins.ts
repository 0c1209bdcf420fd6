import { type CurrencyMention, currencyOf } from './currency.ts'
import { type NumberShape, valueE4 } from './number.ts'

/**
 * Reads a price whose currency stands where the decimal sign would: "12 € 50", "9€99", "5 руб. 50 коп.". Coins have two
 * digits. Null: the text is something else.
 * @param shape of the text's first number
 */
export function priceWithCoins(
  text: string,
  { start, end, isNumber, isAmbiguous, decimalAt, fractionE4 }: NumberShape,
): { e4: number; currency: CurrencyMention } | null {
  if (!isNumber || isAmbiguous || decimalAt >= 0 || fractionE4 > 0 || start > 0) return null
  const match = coins.exec(text.slice(end))
  if (match === null) return null
  const currency = currencyOf(match[1]!)
  const whole = valueE4(text, start, end, -1)
  // What is too large comes as a negative number.
  if (currency === null || whole < 0) return null
  return { e4: whole + Number(match[2]) * 100, currency }
}

const coins =
  /^\s{0,2}([\p{L}\p{Sc}]{1,6}\.?)\s{0,2}([0-9]{2})(?:\s{0,2}(?:коп(?:еек|ейки|ійок)?|к|cts?|cent(?:imes|s)?|gr(?:oszy)?|hal|haléřů|øre|öre)\.?)?$/iu
