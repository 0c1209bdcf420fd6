import { moveText } from '../format/number.ts'
import { Icon } from './icon.tsx'

/**
 * How far a price moved, as a share of the old one. For a buyer a rise is bad and a fall is good; the arrow says it
 * without colour.
 */
export function Delta({ share }: { share: number | null }) {
  if (share === null || !Number.isFinite(share)) return <span className="text-muted">–</span>
  if (share === 0) return <span className="text-muted">±0 %</span>
  return (
    <span
      className={`inline-flex items-center gap-0.5 font-medium whitespace-nowrap ${share > 0 ? 'text-bad' : 'text-good'}`}
    >
      <Icon name={share > 0 ? 'up' : 'down'} size={12} />
      {moveText(share)}
    </span>
  )
}
