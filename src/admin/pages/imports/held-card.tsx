import { useState } from 'react'
import { useChange } from '../../api/use-change.ts'
import { pageText } from '../../format/advice.ts'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Icon } from '../../ui/icon.tsx'
import { CorrectLink, canCorrect } from './correct-link.tsx'
import type { Import } from './import-page.tsx'

/** Why a list waits for a person, and what that person decides. @param etag of what they look at */
export function HeldCard({ found, etag }: { found: Import; etag: string | undefined }) {
  const mayDecide = useMay('operator')
  const [isDiscarding, setDiscarding] = useState(false)
  /** Of what was there when it was asked whether to discard it. */
  const [asked, setAsked] = useState(etag)
  const approve = useChange('POST', '/api/v1/imports/:id/approve', { done: 'It is being published.' })
  const discard = useChange('POST', '/api/v1/imports/:id/discard', {
    done: 'Given up. The catalog stays as it is.',
    onDone: () => setDiscarding(false),
  })
  const request = { params: { id: found.id } }
  return (
    <section aria-label="Held" className="rounded-lg border border-warn/50 bg-warn-soft p-4">
      <h2 className="flex items-center gap-2 text-lg font-semibold text-warn">
        <Icon name="pause" />
        {mayDecide ? 'It waits for you' : 'It waits for approval'}
      </h2>
      <ul className="mt-1 max-w-4xl list-disc space-y-1 pl-5">
        {found.hold_reasons.map(({ code, message }) => (
          <li key={code} className="break-words">
            {pageText(message)}
          </li>
        ))}
      </ul>
      {mayDecide && (
        <div className="mt-4 flex flex-wrap gap-2">
          <Button
            look="primary"
            icon="check"
            isBusy={approve.isRunning}
            onClick={() => approve.run(request, { ifMatch: etag })}
          >
            Approve and publish
          </Button>
          {canCorrect(found) && <CorrectLink id={found.id} />}
          <Button
            look="danger"
            icon="trash"
            onClick={() => {
              setAsked(etag)
              setDiscarding(true)
            }}
          >
            Discard
          </Button>
        </div>
      )}
      <ConfirmDialog
        isOpen={isDiscarding}
        title="Discard this list?"
        action="Discard"
        isDangerous
        isBusy={discard.isRunning}
        onConfirm={() => discard.run(request, { ifMatch: asked })}
        onClose={() => setDiscarding(false)}
      >
        Nothing of {found.file_name} comes into the catalog. The file itself is kept in the archive.
      </ConfirmDialog>
    </section>
  )
}
