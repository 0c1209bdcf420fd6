import { useEffect, useState } from 'react'
import { Icon } from './icon.tsx'

/** Copies a text; says so where it is pressed. @param label what is copied: "id", "curl" */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [isCopied])
  return (
    <button
      type="button"
      title={`Copy ${label}`}
      aria-label={`Copy ${label}`}
      onClick={async () => setCopied(await copyText(text))}
      className="inline-grid size-6 place-items-center rounded-sm align-middle text-muted hover:bg-hover hover:text-ink"
    >
      <Icon name={isCopied ? 'check' : 'copy'} size={14} />
      <span role="status" className="sr-only">
        {isCopied ? 'Copied' : ''}
      </span>
    </button>
  )
}

/** A hash or an id: its beginning, and all of it when it is pointed at or copied. */
export function Hash({ value, label = 'id', shown = 8 }: { value: string; label?: string; shown?: number }) {
  return (
    <span className="inline-flex items-center gap-0.5 font-mono text-sm" title={value}>
      {value.length > shown + 3 ? `${value.slice(0, shown)}…` : value}
      <CopyButton text={value} label={label} />
    </span>
  )
}

/** @returns whether it was copied: a page without TLS on another machine has no clipboard of its own */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    const parent = document.querySelector('dialog[open]') ?? document.body
    parent.append(area)
    area.select()
    // Deprecated, and the only way there is where a page has no clipboard.
    const isDone = document.execCommand('copy')
    area.remove()
    return isDone
  }
}
