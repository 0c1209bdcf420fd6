import { useEffect, useRef, useState } from 'react'
import type { Answer } from '../../api/routes.ts'
import { useChange } from '../../api/use-change.ts'
import { sentenceCase } from '../../format/words.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-state.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { TaskResult, type TaskRun } from './task-result.tsx'

export type Task = Answer<'/api/v1/maintenance/tasks'>['tasks'][number]

/** First what a clean-up would delete, and only then, if that is right, the clean-up itself. */
export function TaskDialog({ task, onClose }: { task: Task; onClose(): void }) {
  const [result, setResult] = useState<TaskRun | null>(null)
  const look = useChange('POST', '/api/v1/maintenance/tasks/:name/run', {
    showsErrors: true,
    onDone: setResult,
  })
  const clean = useChange('POST', '/api/v1/maintenance/tasks/:name/run', {
    showsErrors: true,
    onDone: setResult,
  })
  const params = { name: task.name }
  const isAsked = useRef(false)
  const { run } = look
  useEffect(() => {
    if (isAsked.current) return
    isAsked.current = true
    run({ params: { name: task.name }, body: { dry_run: true } })
  }, [run, task.name])
  const count = Object.values(result?.deleted ?? {}).reduce((sum, each) => sum + each, 0)
  return (
    <Dialog
      isOpen
      isWide
      title={`Clean-up: ${sentenceCase(task.name)}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Close</Button>
          {result?.dry_run === true && count > 0 && (
            <Button
              look="danger"
              isBusy={clean.isRunning}
              onClick={() => clean.run({ params, body: { dry_run: false } })}
            >
              Delete now
            </Button>
          )}
        </>
      }
    >
      <p className="mb-4 text-muted">{task.description}.</p>
      {result === null && look.error === null && <Skeleton lines={3} />}
      {result !== null && <TaskResult run={result} />}
      <ErrorLine error={clean.error ?? look.error} />
    </Dialog>
  )
}
