import { useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { useChange } from '../../api/use-change.ts'
import { countOf } from '../../format/number.ts'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-state.tsx'
import type { Source } from '../suppliers/supplier.ts'

/** Asks before a source is deleted; one with a history is asked about once more, in the service's words. */
export function DeleteSourceDialog({
  source,
  onClose,
  onDone,
}: {
  source: Source
  onClose(): void
  onDone(): void
}) {
  const [history, setHistory] = useState<string | null>(null)
  const remove = useChange('DELETE', '/api/v1/sources/:id', {
    done: ({ imports, items_kept: items }) =>
      `${source.name} is deleted with ${countOf(imports, 'import')}; ${countOf(items, 'item')} stay.`,
    showsErrors: true,
    onDone,
  })
  const failure = remove.error instanceof ApiError ? remove.error.failure : null
  const said = failure?.code === 'source_has_history' ? failure.detail : history
  return (
    <ConfirmDialog
      isOpen
      title={`Delete ${source.name}?`}
      action={said === null ? 'Delete source' : 'Delete it all the same'}
      isDangerous
      isBusy={remove.isRunning}
      onConfirm={() => {
        setHistory(said)
        remove.run({
          params: { id: source.id },
          ...(said !== null && { query: { with_history: true } }),
        })
      }}
      onClose={onClose}
    >
      <p>
        Its settings, schedule and logins go, and its imports with their change reports and rejected rows. Its
        items stay, with their prices. What is under way for it is ended.
      </p>
      {said !== null && (
        <p role="alert" className="mt-3 rounded-md bg-warn-soft p-3">
          {said.replace(/ Ask with .*$/, '')}
        </p>
      )}
      <div className="mt-3">
        <ErrorLine error={failure?.code === 'source_has_history' ? null : remove.error} />
      </div>
    </ConfirmDialog>
  )
}
