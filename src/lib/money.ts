/**
 * Money is an integer count of ten-thousandths of the currency unit ("e4") with an ISO 4217 code; at the edges it is
 * a decimal string. An e4 is always a safe integer, so every sum and comparison below is exact.
 */

/**
 * The shortest exact decimal: 125000 → "12.5", 13750000 → "1375", 5 → "0.0005", -12500 → "-1.25".
 * @param e4 a safe integer
 */
export function formatE4(e4: number): string {
  const absolute = Math.abs(e4)
  const fraction = absolute % 10_000
  // Exact: subtracting the remainder leaves a multiple of 10,000 below 2^53.
  const whole = String((absolute - fraction) / 10_000)
  const sign = e4 < 0 ? '-' : ''
  if (fraction === 0) return sign + whole
  const digits = String(fraction).padStart(4, '0')
  let end = 4
  while (digits.charCodeAt(end - 1) === zero) end--
  return `${sign}${whole}.${digits.slice(0, end)}`
}

/**
 * A price as it leaves the program: exact, with at least two decimals: 125000 → "12.50", 5 → "0.0005".
 * @param e4 a safe integer
 */
export function formatPrice(e4: number): string {
  const text = formatE4(e4)
  const point = text.indexOf('.')
  if (point < 0) return `${text}.00`
  return text.length - point === 2 ? `${text}0` : text
}

/**
 * Reads a decimal string as our own API writes it: "12.50" → 125000. Null for anything else: grouping, exponents,
 * leading zeros or plus signs, more than 4 decimals, or an amount that is no safe integer.
 */
export function parseE4(text: string): number | null {
  const match = canonicalDecimal.exec(text)
  if (match === null) return null
  const whole = match[2]!
  const fraction = match[3] ?? ''
  if (whole.length > 12) return null
  const e4 = Number(whole) * 10_000 + Number(fraction.padEnd(4, '0'))
  if (!Number.isSafeInteger(e4)) return null
  return match[1] === '-' && e4 !== 0 ? -e4 : e4
}

/** Whether this is an ISO 4217 code that is in use, in capitals. */
export function isCurrency(code: string): boolean {
  return minorDigitsByCode.has(code)
}

/** Decimals that the currency itself has (JPY 0, EUR 2, KWD 3); null for an unknown code. */
export function minorDigits(code: string): number | null {
  return minorDigitsByCode.get(code) ?? null
}

const zero = 48
const canonicalDecimal = /^(-?)(0|[1-9][0-9]{0,12})(?:\.([0-9]{1,4}))?$/

// ISO 4217 list one: circulating currencies. Funds, metals and test codes are no money that a price list states.
const codesByMinorDigits: [number, string][] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
  [
    2,
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF ' +
      'CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK ' +
      'HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR ' +
      'MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP ' +
      'SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ' +
      'ZAR ZMW ZWG ZWL',
  ],
]

const minorDigitsByCode: ReadonlyMap<string, number> = new Map(
  codesByMinorDigits.flatMap(([digits, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, digits]),
  ),
)

/** Every known ISO 4217 code, in alphabetical order. */
export const currencies: readonly string[] = [...minorDigitsByCode.keys()].sort()
