import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { ErrorLine } from '../ui/error-state.tsx'

/** The frame of what is shown before anybody is let in. */
export function Entrance({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Tallyman`
  }, [title])
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-sm">
        <div className="mb-5 flex items-center gap-2.5">
          <img src="/admin-assets/icon.svg" alt="" width={32} height={32} />
          <span className="text-lg font-semibold">Tallyman</span>
        </div>
        <div className="rounded-lg border border-line bg-surface p-5 shadow-raised">
          <h1 className="mb-4 text-xl font-semibold">{title}</h1>
          {children}
        </div>
      </div>
    </main>
  )
}

/** A form that says itself what went wrong. @param onSend throws what is to be shown */
export function EntranceForm({
  action,
  onSend,
  children,
}: {
  action: string
  onSend(): Promise<void>
  children: ReactNode
}) {
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      await onSend()
    } catch (caught) {
      setError(caught instanceof Error ? caught : new Error(String(caught)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={send} className="space-y-4">
      {children}
      <ErrorLine error={error} />
      <div className="grid">
        <Button type="submit" look="primary" isBusy={isBusy}>
          {action}
        </Button>
      </div>
    </form>
  )
}
