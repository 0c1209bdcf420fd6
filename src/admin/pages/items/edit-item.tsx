import { type FormEvent, useState } from 'react'
import type { ChangeBody } from '../../api/routes.ts'
import { useChange } from '../../api/use-change.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-state.tsx'
import { Input } from '../../ui/field.tsx'
import type { ItemDetail } from './item-page.tsx'

const fields = [
  ['name', 'Name'],
  ['category', 'Category'],
  ['brand', 'Brand'],
  ['unit', 'Unit'],
] as const
type Field = (typeof fields)[number][0]

/** What a person sets of an item, so that no list changes it any more. */
export function EditItem({
  item,
  etag,
  isOpen,
  onClose,
}: {
  item: ItemDetail
  etag: string | undefined
  isOpen: boolean
  onClose(): void
}) {
  return (
    <Dialog isOpen={isOpen} title="Edit item" onClose={onClose}>
      {/* Begun anew each time it opens. */}
      {isOpen && <EditForm item={item} etag={etag} onClose={onClose} />}
    </Dialog>
  )
}

function EditForm({ item, etag, onClose }: { item: ItemDetail; etag: string | undefined; onClose(): void }) {
  // As it was when the form opened: what somebody else changes meanwhile is refused, not overwritten.
  const [seen] = useState({ item, etag })
  const [values, setValues] = useState<Record<Field, string>>({
    name: item.name,
    category: item.category ?? '',
    brand: item.brand ?? '',
    unit: item.unit ?? '',
  })
  const change = useChange('PATCH', '/api/v1/items/:id', {
    done: 'Item changed. Lists keep their hands off what was set.',
    showsErrors: true,
    onDone: onClose,
  })
  const send = (event: FormEvent) => {
    event.preventDefault()
    const body: ChangeBody<'PATCH', '/api/v1/items/:id'> = {}
    for (const [field] of fields)
      if (values[field].trim() !== (seen.item[field] ?? '')) body[field] = values[field].trim() || null
    if (Object.keys(body).length === 0) onClose()
    else change.run({ params: { id: item.id }, body }, { ifMatch: seen.etag })
  }
  return (
    <form onSubmit={send} className="space-y-4">
      <p className="text-muted">
        What you set here stays, whatever later lists say. An empty field is the list’s again.
      </p>
      {fields.map(([field, label]) => {
        const said = seen.item.pinned[field]
        return (
          <Input
            key={field}
            label={label}
            value={values[field]}
            onChange={(event) => setValues({ ...values, [field]: event.target.value })}
            hint={said !== undefined && <>Its list says {said === null ? 'nothing' : `“${said}”`}.</>}
          />
        )
      })}
      <ErrorLine error={change.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={change.isRunning}>
          Save
        </Button>
      </div>
    </form>
  )
}
