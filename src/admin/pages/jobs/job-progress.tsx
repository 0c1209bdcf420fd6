import { bytesText, countText } from '../../format/number.ts'
import { Progress, Steps } from '../../ui/progress.tsx'
import { type Job, phaseSteps, shareOf, stepOf } from './job.ts'

/** Where a job stands: its phases, how far it is, and in what. Nothing for one that waits or has failed. */
export function JobProgress({ job }: { job: Job }) {
  const step = stepOf(job)
  if (step === null) return null
  const isDone = step === phaseSteps.length
  return (
    <div className="space-y-2">
      <Steps steps={phaseSteps} current={step} />
      {!isDone && (
        <>
          <Progress label={phaseSteps[step] ?? 'Progress'} share={shareOf(job)} />
          <p className="text-sm text-muted">{amountText(job)}</p>
        </>
      )}
    </div>
  )
}

/** The same in little room, for a row of a table. */
export function JobProgressLine({ job }: { job: Job }) {
  const step = stepOf(job)
  if (step === null || step === phaseSteps.length) return <RowsText job={job} />
  const name = phaseSteps[step] ?? ''
  return (
    <div className="min-w-32 space-y-1">
      <p className="text-sm whitespace-nowrap">
        {name} <span className="text-muted">{amountText(job)}</span>
      </p>
      <Progress label={`${name}: ${job.file_name}`} share={shareOf(job)} />
    </div>
  )
}

function RowsText({ job }: { job: Job }) {
  const rows = job.analysis_progress?.items_processed ?? 0
  return rows === 0 ? <span className="text-muted">–</span> : <>{countText(rows)} rows</>
}

function amountText({ phase, download_progress: download, analysis_progress: rows }: Job): string {
  if (phase === 'downloading' && download !== null) return bytesText(download.bytes_downloaded)
  if (rows === null) return ''
  const total = rows.items_total === null ? '' : ` of ${countText(rows.items_total)}`
  return `${countText(rows.items_processed)}${total} rows`
}
