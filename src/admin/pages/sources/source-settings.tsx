import { type FormEvent, useState } from 'react'
import { useChange } from '../../api/use-change.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import type { Source } from '../suppliers/supplier.ts'
import { draftOf, editOf } from './source-draft.ts'
import { SourceFields } from './source-fields.tsx'

/** The settings of a source, to be changed. @param etag of the source as it is shown */
export function SourceSettings({ source, etag }: { source: Source; etag: string | undefined }) {
  // What somebody else changes meanwhile is not written over: the tag is that of what stands in the form.
  const [seen, setSeen] = useState({ draft: draftOf(source), etag })
  const [draft, setDraft] = useState(seen.draft)
  const save = useChange('PATCH', '/api/v1/sources/:id', { done: 'Saved.', showsErrors: true })
  const isChanged = JSON.stringify(draft) !== JSON.stringify(seen.draft)
  // Nothing is being changed here, so what is newer is taken over.
  if (etag !== seen.etag && !save.isRunning) {
    const now = draftOf(source)
    // Nor does it matter to what is being changed that something moved which does not stand in the form.
    const isAsSeen = JSON.stringify(now) === JSON.stringify(seen.draft)
    if (!isChanged || isAsSeen) setSeen({ draft: now, etag })
    if (!isChanged) setDraft(now)
  }
  const send = async (event: FormEvent) => {
    event.preventDefault()
    const saved = await save.ask({ params: { id: source.id }, body: editOf(draft) }, { ifMatch: seen.etag })
    if (saved === null) return
    const next = draftOf(saved)
    setSeen((before) => ({ ...before, draft: next }))
    setDraft(next)
  }
  return (
    <Card>
      <form onSubmit={(event) => void send(event)} className="max-w-3xl">
        <SourceFields draft={draft} isNew={false} error={save.error} onChange={setDraft} />
        <div className="mt-6 flex flex-wrap gap-2">
          <Button look="primary" type="submit" disabled={!isChanged} isBusy={save.isRunning}>
            Save
          </Button>
          {isChanged && (
            <Button
              onClick={() => {
                save.reset()
                const draft = draftOf(source)
                setSeen({ draft, etag })
                setDraft(draft)
              }}
            >
              Undo changes
            </Button>
          )}
        </div>
      </form>
    </Card>
  )
}
