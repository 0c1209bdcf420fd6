import { type DragEvent, useId, useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { classes } from '../../ui/classes.ts'
import { Input } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { Given } from './use-preview.ts'

/** Takes a file, dropped or chosen, or a link to one. */
export function GivenCard({ onGiven }: { onGiven(given: Given): void }) {
  const [link, setLink] = useState('')
  const isLink = /^https?:\/\/\S+\.?\S+$/i.test(link.trim())
  return (
    <Card>
      <FileDrop onFile={(file) => onGiven({ kind: 'file', file })} />
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

function FileDrop({ onFile }: { onFile(file: File): void }) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const over = (event: DragEvent, is: boolean) => {
    event.preventDefault()
    setOver(is)
  }
  return (
    // The button in it does the same by keyboard.
    // biome-ignore lint/a11y/noStaticElementInteractions: see above
    <div
      onDragOver={(event) => over(event, true)}
      onDragLeave={(event) => over(event, false)}
      onDrop={(event) => {
        over(event, false)
        const [file] = event.dataTransfer.files
        if (file) onFile(file)
      }}
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
