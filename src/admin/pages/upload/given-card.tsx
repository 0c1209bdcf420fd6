import { useId, useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { classes } from '../../ui/classes.ts'
import { Input } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { Given } from './use-preview.ts'

/**
 * Takes a file that is chosen, or a link to one.
 * @param isOver a file is being held over the page
 */
export function GivenCard({ isOver, onGiven }: { isOver: boolean; onGiven(given: Given): void }) {
  const [link, setLink] = useState('')
  const isLink = /^https?:\/\/\S+\.?\S+$/i.test(link.trim())
  return (
    <Card>
      <FileChoice isOver={isOver} onFile={(file) => onGiven({ kind: 'file', file })} />
      <form
        className="mt-4 flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (isLink) onGiven({ kind: 'link', link: link.trim() })
        }}
      >
        <div className="min-w-0 grow">
          <Input
            label="Or paste a link to a list"
            type="url"
            inputMode="url"
            placeholder="https://"
            value={link}
            onChange={(event) => setLink(event.target.value)}
          />
        </div>
        <Button type="submit" icon="link" disabled={!isLink}>
          Fetch
        </Button>
      </form>
    </Card>
  )
}

function FileChoice({ isOver, onFile }: { isOver: boolean; onFile(file: File): void }) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  return (
    <div
      className={classes(
        'flex flex-col items-center rounded-lg border-2 border-dashed px-4 py-12 text-center transition-colors',
        isOver ? 'border-accent bg-accent-soft' : 'border-edge/60',
      )}
    >
      <span className="mb-3 grid size-12 place-items-center rounded-full bg-accent-soft text-accent">
        <Icon name="upload" size={22} />
      </span>
      <p className="text-lg font-semibold">Drop a price list here</p>
      <p className="mt-1 mb-4 text-muted">
        Excel, CSV, PDF, ODS, XML or JSON, also zipped. Nothing is published yet.
      </p>
      <input
        ref={input}
        id={id}
        type="file"
        aria-label="Price list"
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => {
          const [file] = event.target.files ?? []
          if (file) onFile(file)
          // The same file can be chosen again once it was mended.
          event.target.value = ''
        }}
      />
      <Button look="primary" icon="file" onClick={() => input.current?.click()}>
        Choose a file
      </Button>
    </div>
  )
}
