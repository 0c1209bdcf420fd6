import { quoted } from '../rows/validate.ts'
import type { PriceKind } from './price.ts'

/** The issue that a price cell deserves; null where it is fine (a price, or on request). */
export function priceFault(kind: PriceKind, raw: string): { code: string; text: string } | null {
  switch (kind) {
    case 'price':
    case 'on_request':
      return null
    case 'blank':
      // Where there are several price lists, 0 says that the article is not on this one.
      if (raw !== '')
        return {
          code: 'missing_price',
          text: `holds ${quoted(raw)}, and no other column of prices has one; enter a price, or "on request"`,
        }
      return { code: 'missing_price', text: 'has no price; enter one, or "on request"' }
    case 'negative':
      return { code: 'negative_price', text: `holds ${quoted(raw)}; a price is 0 or more` }
    case 'ambiguous':
      return {
        code: 'ambiguous_price',
        text: `holds ${quoted(raw)}, and the column writes decimals both with a point and with a comma; write it with two decimals`,
      }
    case 'too_many_decimals':
      return { code: 'too_many_decimals', text: `holds ${quoted(raw)}; a price has at most 4 decimals` }
    case 'too_large':
      return { code: 'price_too_large', text: `holds ${quoted(raw)}; the largest price is 900719925474.0991` }
    case 'unreadable':
      return {
        code: 'unreadable_price',
        text: `holds ${quoted(raw)}, which is no price; correct it, or write "on request"`,
      }
  }
}
