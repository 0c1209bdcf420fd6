import { type ReactNode, useEffect, useId, useLayoutEffect, useRef } from 'react'
import { Button } from './button.tsx'
import { IconButton } from './icon-button.tsx'

/**
 * A window over the page: the browser's own dialog, so Escape closes it, the keyboard stays in it, and focus goes back
 * to where it was.
 */
export function Dialog({
  isOpen,
  title,
  onClose,
  actions,
  isWide = false,
  children,
}: {
  isOpen: boolean
  title: string
  onClose(): void
  /** Buttons at its foot, the primary one last. */
  actions?: ReactNode
  isWide?: boolean
  children: ReactNode
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const { current } = dialog
    if (isOpen && !current?.open) {
      current?.showModal()
      // The browser would begin at the button that closes it.
      current?.querySelector<HTMLElement>('[data-body] :is(input, select, textarea):enabled')?.focus()
    }
    if (!isOpen && current?.open) current.close()
  }, [isOpen])
  // What is taken away while it is open would leave focus nowhere; closing gives it back.
  useLayoutEffect(() => {
    const { current } = dialog
    return () => current?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      // A press beside it closes it; what is in it never reaches the dialog itself.
      onMouseDown={(event) => event.target === dialog.current && onClose()}
      className={`m-auto max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] overflow-hidden rounded-lg border border-line bg-raised p-0 text-ink shadow-raised ${isWide ? 'max-w-3xl' : 'max-w-lg'}`}
    >
      {isOpen && (
        <div className="flex max-h-[calc(100dvh-2rem)] flex-col">
          <header className="flex items-center justify-between gap-2 border-b border-line py-2 pr-2 pl-4">
            <h2 id={id} className="text-lg font-semibold">
              {title}
            </h2>
            <IconButton icon="close" label="Close" onClick={onClose} />
          </header>
          <div data-body className="overflow-y-auto p-4">
            {children}
          </div>
          {actions && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line p-3">{actions}</footer>
          )}
        </div>
      )}
    </dialog>
  )
}

/** Asks before something is done that is not easily undone. */
export function ConfirmDialog({
  isOpen,
  title,
  children,
  action,
  isDangerous = false,
  isBusy = false,
  onConfirm,
  onClose,
}: {
  isOpen: boolean
  title: string
  children: ReactNode
  /** What is done, as a verb: "Delete item". */
  action: string
  isDangerous?: boolean
  isBusy?: boolean
  onConfirm(): void
  onClose(): void
}) {
  return (
    <Dialog
      isOpen={isOpen}
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look={isDangerous ? 'danger' : 'primary'} isBusy={isBusy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  )
}
