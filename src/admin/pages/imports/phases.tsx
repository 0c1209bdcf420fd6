import { countOf } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { Progress, Steps } from '../../ui/progress.tsx'

/** Where a list stands: on its way, being read, or being compared with the catalog and written. */
export type Phase = 'waiting' | 'downloading' | 'reading' | 'writing'

const steps = ['Downloading', 'Analyzing', 'Matching', 'Complete'] as const
/** Items are not matched across suppliers yet: that step is named, and never said to be done. */
const absent = 2
const at: Record<Phase, number> = { waiting: 0, downloading: 0, reading: 1, writing: 1 }
const doing: Record<Phase, string> = {
  waiting: 'Waiting for its turn',
  downloading: 'Bringing the file in',
  reading: 'Reading the rows',
  writing: 'Comparing with the catalog and publishing',
}

/** The phases of an import with what is known of its progress. @param share of the present phase, 0 to 1 */
export function Phases({ phase, share, rows }: { phase: Phase; share: number | null; rows: number | null }) {
  const current = at[phase]
  return (
    <Card>
      <div className="mb-3">
        <Steps steps={steps} current={current} absent={absent} />
      </div>
      <Progress label={doing[phase]} share={phase === 'writing' ? null : share} />
      <p role="status" className="mt-2 text-sm text-muted">
        {doing[phase]}
        {rows !== null && rows > 0 && `, ${countOf(rows, 'row')} so far`}
        {share !== null && phase !== 'writing' && ` (${Math.round(share * 100)} %)`}
      </p>
    </Card>
  )
}
