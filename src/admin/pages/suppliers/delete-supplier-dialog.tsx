import { useState } from 'react'
import { useChange } from '../../api/use-change.ts'
import { countOf } from '../../format/number.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-state.tsx'
import { Input } from '../../ui/field.tsx'
import type { Supplier } from './supplier.ts'

/** Says what goes with a supplier, and asks for its name before it does. */
export function DeleteSupplierDialog({
  supplier,
  onClose,
  onDone,
}: {
  supplier: Supplier
  onClose(): void
  onDone(): void
}) {
  const [name, setName] = useState('')
  const remove = useChange('DELETE', '/api/v1/suppliers/:id', {
    done: ({ items, sources }) =>
      `${supplier.name} is deleted, with ${countOf(items, 'item')} and ${countOf(sources, 'source')}.`,
    showsErrors: true,
    onDone,
  })
  const items = supplier.item_count + supplier.gone_count
  return (
    <Dialog
      isOpen
      title={`Delete ${supplier.name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            look="danger"
            disabled={name !== supplier.name}
            isBusy={remove.isRunning}
            onClick={() => remove.run({ params: { id: supplier.id }, query: { name } })}
          >
            Delete supplier
          </Button>
        </>
      }
    >
      <p>This cannot be taken back. With it go</p>
      <ul className="my-3 list-disc space-y-1 pl-5">
        <li>
          <strong>{countOf(items, 'item')}</strong> with all their prices, past ones too,
        </li>
        <li>
          <strong>{countOf(supplier.source_count, 'source')}</strong> with their settings, schedules and
          logins,
        </li>
        <li>all its imports with their change reports and rejected rows.</li>
      </ul>
      <p className="mb-4 text-muted">
        Raw files stay as long as they are kept. What waits or is held is ended; while an import of it runs
        this is refused.
      </p>
      <Input
        label={`Type “${supplier.name}” to delete it`}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <div className="mt-3">
        <ErrorLine error={remove.error} />
      </div>
    </Dialog>
  )
}
