import type { Pager as PagerState } from '../api/use-list.ts'
import { countOf } from '../format/number.ts'
import { Button } from './button.tsx'

/** From page to page of a list; nothing where all of it is on one. */
export function Pager({ pager, shown, what }: { pager: PagerState; shown: number; what: string }) {
  if (pager.isFirst && !pager.hasNext) {
    return shown === 0 ? null : <p className="px-4 py-2.5 text-sm text-muted">{countOf(shown, what)}</p>
  }
  return (
    <nav aria-label="Pages" className="flex items-center justify-between gap-2 px-4 py-2.5">
      <p className="text-sm text-muted">{countOf(shown, what)} on this page</p>
      <div className="flex gap-2">
        <Button size="sm" icon="left" disabled={pager.isFirst} onClick={pager.back}>
          Previous
        </Button>
        <Button size="sm" disabled={!pager.hasNext} onClick={pager.next}>
          Next
        </Button>
      </div>
    </nav>
  )
}
