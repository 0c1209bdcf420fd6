import { ConflictError } from '../lib/errors.ts'
import { oneOf, type Static, t } from '../lib/schema.ts'
import type { runStore } from './store.ts'
import { RunView, runView } from './view.ts'

/** Why a source was left out of a run. */
export const skipReasons = ['paused', 'under_way', 'not_fetchable'] as const
export type SkipReason = (typeof skipReasons)[number]

/** What came of a trigger. */
export interface Triggered {
  /** Null: nothing was started, so there is no run. */
  runId: string | null
  started: { sourceId: string; importId: string; jobId: string }[]
  skipped: { sourceId: string; reason: SkipReason; message: string }[]
}

/** The same over HTTP. */
export const TriggeredView = t.Object(
  {
    run: t.Union([RunView, t.Null()], { description: 'Null: nothing was started, so there is no run.' }),
    started: t.Array(
      t.Object({
        source_id: t.String(),
        import_id: t.String(),
        job_id: t.String({ description: 'Follow it under /api/v1/jobs/{id}/events.' }),
      }),
    ),
    skipped: t.Array(
      t.Object({
        source_id: t.String(),
        reason: oneOf(skipReasons, {
          description:
            'under_way: what was started before has not ended; not_fetchable: its lists are handed in.',
        }),
        message: t.String(),
      }),
    ),
  },
  { title: 'Triggered' },
)
export type TriggeredView = Static<typeof TriggeredView>

async function triggeredView(
  runs: ReturnType<typeof runStore>,
  { runId, started, skipped }: Triggered,
): Promise<Static<typeof TriggeredView>> {
  return {
    run: runId === null ? null : runView(await runs.get(runId)),
    started: started.map(({ sourceId, importId, jobId }) => ({
      source_id: sourceId,
      import_id: importId,
      job_id: jobId,
    })),
    skipped: skipped.map(({ sourceId, reason, message }) => ({ source_id: sourceId, reason, message })),
  }
}

/** How a request that triggers is answered. */
export async function triggeredAnswer(runs: ReturnType<typeof runStore>, triggered: Triggered) {
  const view = await triggeredView(runs, triggered)
  const headers: Record<string, string> = view.run === null ? {} : { location: view.run.links.self }
  return { status: 202 as const, headers, view }
}

/** Where one source was asked for, that it is left out is no answer. @throws ConflictError with the reason as its code */
export function requireStarted({ started, skipped }: Triggered): void {
  const [reason] = skipped
  if (started.length === 0 && reason !== undefined) throw new ConflictError(reason.reason, reason.message)
}
