import { countText } from '../format/number.ts'
import { Icon } from './icon.tsx'

/** How many; none of them is said in a quiet voice. @param isBad some are a reason to look */
export function Count({ of: count, isBad = false }: { of: number; isBad?: boolean }) {
  if (count === 0) return <span className="text-muted">0</span>
  return <span className={isBad ? 'font-medium text-bad' : ''}>{countText(count)}</span>
}

/** How many prices went up, or down. */
export function Moved({ count, isUp = false }: { count: number; isUp?: boolean }) {
  if (count === 0) return <span className="text-muted">0</span>
  return (
    <span className={`inline-flex items-center gap-0.5 font-medium ${isUp ? 'text-bad' : 'text-good'}`}>
      <Icon name={isUp ? 'up' : 'down'} size={12} />
      {countText(count)}
    </span>
  )
}
