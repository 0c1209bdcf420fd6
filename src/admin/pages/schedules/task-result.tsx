import type { Changed } from '../../api/routes.ts'
import { bytesText, countText } from '../../format/number.ts'
import { durationText } from '../../format/time.ts'
import { sentenceCase } from '../../format/words.ts'

export type TaskRun = Changed<'POST', '/api/v1/maintenance/tasks/:name/run'>

/** What a clean-up deleted, or would. */
export function TaskResult({ run }: { run: TaskRun }) {
  const deleted = Object.entries(run.deleted).filter(([, count]) => count > 0)
  const kept = Object.entries(run.kept).filter(([, count]) => count > 0)
  return (
    <div className="space-y-3">
      <p>
        <strong>{run.dry_run ? 'It would delete ' : 'It deleted '}</strong>
        {deleted.length === 0
          ? 'nothing'
          : deleted.map(([what, count]) => `${countText(count)} ${what.replaceAll('_', ' ')}`).join(', ')}
        {run.bytes > 0 && ` (${bytesText(run.bytes)})`}. It took {durationText(run.duration_ms)}.
        {!run.is_complete && ' There is more: the next run goes on.'}
      </p>
      {kept.length > 0 && (
        <div>
          <h3 className="font-semibold">Old enough, and kept all the same</h3>
          <ul className="list-disc pl-5">
            {kept.map(([reason, count]) => (
              <li key={reason}>
                {sentenceCase(reason)}: {countText(count)}
              </li>
            ))}
          </ul>
        </div>
      )}
      {run.examples.length > 0 && (
        <div>
          <h3 className="font-semibold">Some of them</h3>
          <ul className="list-disc pl-5 font-mono text-sm break-all">
            {run.examples.map((example) => (
              <li key={example}>{example}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

/** The same in a few words. */
export function taskRunText(run: TaskRun): string {
  const count = Object.values(run.deleted).reduce((sum, each) => sum + each, 0)
  return `${countText(count)} deleted${run.bytes > 0 ? `, ${bytesText(run.bytes)}` : ''}`
}
