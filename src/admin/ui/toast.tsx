import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { ApiError } from '../api/api-error.ts'
import { copyText } from './copy.tsx'
import { RequestId } from './error-state.tsx'
import { Icon } from './icon.tsx'
import { IconButton } from './icon-button.tsx'

interface Message {
  id: number
  text: string
  isBad: boolean
  curl: string | null
  error: Error | null
}

export interface Toast {
  /** Something is done. @param curl the request that did it, as a command line to be copied */
  good(text: string, curl?: string): void
  /** Something is not; it stays until it is closed. */
  bad(error: Error | string): void
}

const Context = createContext<Toast | null>(null)
/** Long enough to be read twice. */
const shownMs = 6000

/** Short messages in the corner, read out as they come. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<Message[]>([])
  const last = useRef(0)
  const list = useRef<HTMLDivElement>(null)
  // Each new one comes to lie above whatever dialog is open.
  useEffect(() => {
    list.current?.hidePopover()
    if (messages.length > 0) list.current?.showPopover()
  }, [messages])
  const close = useCallback((id: number) => setMessages((all) => all.filter((each) => each.id !== id)), [])
  const toast = useMemo<Toast>(() => {
    const show = (message: Omit<Message, 'id'>) => {
      const id = ++last.current
      // The same again replaces itself, and no more than a few are on screen.
      setMessages((all) => [...all.filter(({ text }) => text !== message.text).slice(-3), { id, ...message }])
      if (!message.isBad) setTimeout(() => close(id), shownMs)
    }
    return {
      good: (text, curl) => show({ text, isBad: false, curl: curl ?? null, error: null }),
      bad: (given) => {
        const error = typeof given === 'string' ? null : given
        show({ text: typeof given === 'string' ? given : textOf(given), isBad: true, curl: null, error })
      },
    }
  }, [close])
  return (
    <Context value={toast}>
      {children}
      <div
        ref={list}
        popover="manual"
        role="status"
        aria-live="polite"
        className="pointer-events-none inset-x-4 top-auto bottom-4 m-0 w-auto overflow-visible bg-transparent p-0 text-ink not-open:hidden flex flex-col items-end gap-2 max-sm:bottom-20"
      >
        {messages.map(({ id, text, isBad, curl, error }) => (
          <div
            key={id}
            className={`pointer-events-auto flex max-w-md items-start gap-2 rounded-lg border bg-raised py-1.5 pr-1.5 pl-3 shadow-raised ${isBad ? 'border-bad/60' : 'border-line'}`}
          >
            <span className={`mt-2 ${isBad ? 'text-bad' : 'text-good'}`}>
              <Icon name={isBad ? 'warning' : 'check'} />
            </span>
            <p className="min-w-0 py-2 break-words">
              {text}
              {error && <RequestId error={error} />}
            </p>
            {curl !== null && (
              <IconButton icon="code" label="Copy as curl" onClick={() => void copyText(curl)} />
            )}
            <IconButton icon="close" label="Close message" onClick={() => close(id)} />
          </div>
        ))}
      </div>
    </Context>
  )
}

/** Says what has come of something. */
export function useToast(): Toast {
  const toast = use(Context)
  if (toast === null) throw new Error('There is no ToastProvider above.')
  return toast
}

const textOf = (error: Error) => (error instanceof ApiError ? error.failure.detail : error.message)
