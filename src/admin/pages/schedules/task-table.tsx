import { useState } from 'react'
import type { Answer } from '../../api/routes.ts'
import { type Read, useRead } from '../../api/use-read.ts'
import { countOf } from '../../format/number.ts'
import { sentenceCase } from '../../format/words.ts'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { RowsExport } from '../../ui/rows-export.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { type Task, TaskDialog } from './task-dialog.tsx'
import { taskRunText } from './task-result.tsx'

/** The clean-ups, what each did last, and a look at what it would do. */
export function TaskCard() {
  const read = useRead('/api/v1/maintenance/tasks', {})
  return (
    <Card
      title="Clean-ups"
      isFlush
      actions={read.data && <RowsExport rows={read.data.tasks} name="clean-ups" curl={read.curl} />}
    >
      <TaskTable read={read} />
    </Card>
  )
}

function TaskTable({ read }: { read: Read<Answer<'/api/v1/maintenance/tasks'>> }) {
  const mayClean = useMay('admin')
  const [open, setOpen] = useState<Task | null>(null)
  if (read.data === undefined)
    return (
      <div className="p-4">
        {read.error === null ? (
          <Skeleton lines={6} />
        ) : (
          <ErrorState error={read.error} onRetry={read.retry} />
        )}
      </div>
    )
  const action: Column<Task> = {
    key: 'action',
    header: <span className="sr-only">Run</span>,
    align: 'end',
    cell: (task) => (
      <Button size="sm" onClick={() => setOpen(task)} aria-label={`Dry run of ${task.name}`}>
        Dry run …
      </Button>
    ),
  }
  return (
    <>
      <Table
        caption="Clean-ups"
        columns={mayClean ? [...columns, action] : columns}
        rows={read.data.tasks}
        rowKey={({ name }) => name}
      />
      {open !== null && <TaskDialog task={open} onClose={() => setOpen(null)} />}
    </>
  )
}

/** How long things lie before they go, in days or hours. @param seconds null: it is off */
function periodText(seconds: number | null): string {
  if (seconds === null) return 'Never'
  const hours = seconds / 3600
  return hours % 24 === 0 ? countOf(hours / 24, 'day') : countOf(hours, 'hour')
}

const columns: readonly Column<Task>[] = [
  {
    key: 'name',
    header: 'Clean-up',
    width: 'min-w-40',
    cell: ({ name, description, period }) => (
      <>
        <p className="font-medium">{sentenceCase(name)}</p>
        <p className="text-sm text-muted">{description}</p>
        <p className="text-sm text-muted sm:hidden">
          {period !== null && (period.seconds === null ? 'Never' : `After ${periodText(period.seconds)}`)}
        </p>
      </>
    ),
  },
  {
    key: 'period',
    header: 'After',
    hide: 'phone',
    cell: ({ period }) =>
      period === null ? (
        <span className="text-muted">Once nothing needs it</span>
      ) : (
        <>
          <span className="whitespace-nowrap">{periodText(period.seconds)}</span>
          {period.setting !== null && (
            <code className="block text-xs text-muted max-lg:hidden">{period.setting}</code>
          )}
        </>
      ),
  },
  {
    key: 'last',
    header: 'Last run',
    hide: 'phone',
    cell: ({ last_run: last }) =>
      last === null ? (
        <span className="whitespace-nowrap text-muted" title="Not since the service was started">
          not yet
        </span>
      ) : (
        <>
          <Time at={last.started_at} />
          <p className="text-sm text-muted">{taskRunText(last)}</p>
        </>
      ),
  },
]
