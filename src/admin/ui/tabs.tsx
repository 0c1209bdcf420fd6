import { type ReactNode, useEffect, useRef } from 'react'
import { useAddressState } from '../api/use-address-state.ts'

export interface Tab {
  name: string
  label: ReactNode
}

/**
 * Parts of a page of which one is shown; which one stands in the address. The keyboard's arrows go from one to the next.
 * @param name the parameter of the address: "tab" unless said
 */
export function Tabs({
  tabs,
  label,
  name = 'tab',
  children,
}: {
  tabs: readonly Tab[]
  /** What they are parts of, for readers of the screen. */
  label: string
  name?: string
  children: (current: string) => ReactNode
}) {
  const [state, setState] = useAddressState([name])
  const first = tabs[0]?.name ?? ''
  const current = tabs.some((tab) => tab.name === state[name]) ? (state[name] ?? first) : first
  const choose = (tab: Tab | undefined) =>
    tab && setState({ [name]: tab.name === first ? null : tab.name }, { isReplacing: true })
  const list = useRef<HTMLDivElement>(null)
  // On a phone not all of them may fit: the one that is shown is in sight.
  useEffect(() => {
    // By its own means: scrollIntoView would move the page too, as soon as a phone's address bar comes or goes.
    const show = () => {
      const box = list.current
      const tab = box?.querySelector<HTMLElement>('[aria-selected="true"]')
      if (!box || !tab) return
      const start = tab.offsetLeft - box.offsetLeft
      const end = start + tab.offsetWidth
      if (start < box.scrollLeft) box.scrollLeft = start
      else if (end > box.scrollLeft + box.clientWidth) box.scrollLeft = end - box.clientWidth
    }
    show()
    // A phone that is turned has another width.
    window.addEventListener('resize', show)
    return () => window.removeEventListener('resize', show)
  }, [name, current])
  return (
    <div>
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        className="mb-4 flex overflow-x-auto border-b border-line sm:gap-1"
      >
        {tabs.map((tab, index) => (
          <button
            key={tab.name}
            type="button"
            role="tab"
            id={`${name}-${tab.name}`}
            aria-selected={tab.name === current}
            aria-controls={`${name}-panel`}
            tabIndex={tab.name === current ? 0 : -1}
            onClick={() => choose(tab)}
            onKeyDown={(event) => {
              const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
              if (step === 0) return
              const next = tabs[(index + step + tabs.length) % tabs.length]
              choose(next)
              document.getElementById(`${name}-${next?.name}`)?.focus()
            }}
            className={`-mb-px border-b-2 px-2.5 py-2 font-medium whitespace-nowrap sm:px-3 -outline-offset-2 ${tab.name === current ? 'border-accent text-accent' : 'border-transparent text-muted hover:text-ink'}`}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${name}-panel`} aria-labelledby={`${name}-${current}`}>
        {children(current)}
      </div>
    </div>
  )
}
