import { moneyText } from '../format/money.ts'

/** A price; null is on request, and never zero. */
export function Money({ price, currency }: { price: string | null; currency: string | null }) {
  if (price === null) return <span className="text-muted">On request</span>
  return <span className="whitespace-nowrap">{moneyText(price, currency)}</span>
}
