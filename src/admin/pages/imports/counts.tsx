import { countText } from '../../format/number.ts'
import { sentenceCase } from '../../format/words.ts'
import type { Import } from './import-page.tsx'

/** Every row of the list, once: what was read is what was accepted, unchanged, rejected and ignored. */
export function Counts({ found: { counts, ignored } }: { found: Import }) {
  const parts = [
    ['Accepted', counts.accepted, counts.accepted > 0 ? 'text-good' : 'text-ink'],
    ['Unchanged', counts.unchanged, 'text-ink'],
    ['Rejected', counts.rejected, counts.rejected > 0 ? 'text-bad' : 'text-ink'],
    ['Ignored', counts.ignored, 'text-ink'],
  ] as const
  const reasons = Object.entries(ignored).filter(([, count]) => count > 0)
  return (
    <section aria-label="Rows" className="rounded-lg border border-line bg-surface px-4 py-3">
      <dl className="flex flex-wrap gap-x-4 gap-y-2">
        <Count name="Rows read" count={counts.read} tone="text-ink" />
        {parts.map(([name, count, tone], index) => (
          <Count key={name} name={name} count={count} tone={tone} sign={index === 0 ? '=' : '+'} />
        ))}
      </dl>
      {reasons.length > 0 && (
        <p className="mt-2 text-sm text-muted">
          Ignored: {reasons.map(([reason, count]) => ignoredText(reason, count)).join(', ')}
        </p>
      )}
    </section>
  )
}

/** Why a row is ignored: of one row, of several. */
const ignoredWords: Readonly<Record<string, readonly [string, string]>> = {
  blank: ['blank row', 'blank rows'],
  title: ['title', 'titles'],
  header: ['header', 'headers'],
  repeated_header: ['repeated header', 'repeated headers'],
  section: ['heading', 'headings'],
  total: ['total', 'totals'],
  note: ['note', 'notes'],
  duplicate: ['duplicate', 'duplicates'],
  superseded: ['replaced by a later row', 'replaced by later rows'],
  not_a_list: ['outside of the list', 'outside of the list'],
}

function ignoredText(reason: string, count: number): string {
  const words = ignoredWords[reason]?.[count === 1 ? 0 : 1] ?? sentenceCase(reason).toLowerCase()
  return `${countText(count)} ${words}`
}

const signs = { '=': "before:content-['=']", '+': "before:content-['+']" }

/** @param sign what joins it to the one before */
function Count({ name, count, tone, sign }: { name: string; count: number; tone: string; sign?: '=' | '+' }) {
  const joined =
    sign &&
    `relative pl-6 before:absolute before:bottom-0 before:left-0 before:text-xl before:text-muted ${signs[sign]}`
  return (
    <div className={joined}>
      <dt className="text-sm text-muted">{name}</dt>
      <dd className={`text-xl font-semibold ${tone}`}>{countText(count)}</dd>
    </div>
  )
}
