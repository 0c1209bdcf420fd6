import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Link as RouteLink, useLocation } from 'wouter'
import { useApi } from '../api/context.tsx'
import type { LiveState } from '../api/live.ts'
import { useRead } from '../api/use-read.ts'
import { countText } from '../format/number.ts'
import { useIdentity, useSession } from '../session/session.ts'
import { AnnouncedPage } from './announced-page.tsx'
import { Icon, type IconName } from './icon.tsx'
import { IconButton } from './icon-button.tsx'
import { Menu, MenuItem } from './menu.tsx'
import { type Theme, useTheme } from './theme.ts'
import { useToast } from './toast.tsx'

interface Place {
  href: string
  label: string
  icon: IconName
  /** Further addresses that lie in it. */
  within?: string
  /** What waits for a person there, in the words of readers of the screen. */
  waits?: Waits
}

type Waits = 'held' | 'dead letters'

const places: readonly Place[] = [
  { href: '/', label: 'Overview', icon: 'overview' },
  { href: '/upload', label: 'Upload', icon: 'upload' },
  { href: '/imports', label: 'Imports', icon: 'imports', waits: 'held' },
  { href: '/items', label: 'Items', icon: 'items' },
  { href: '/suppliers', label: 'Suppliers', icon: 'suppliers', within: '/sources' },
  { href: '/jobs', label: 'Jobs', icon: 'jobs' },
  { href: '/dead-letters', label: 'Dead letters', icon: 'dead', waits: 'dead letters' },
  { href: '/schedules', label: 'Schedules', icon: 'schedules' },
  { href: '/settings', label: 'Settings', icon: 'settings' },
]
/** As many as fit under a thumb; the rest is in the drawer. */
const phonePlaces = places.slice(0, 4)

/** The frame of every page: where one can go, whether what is shown is live, and who looks at it. */
export function Shell({ live, children }: { live: LiveState; children: ReactNode }) {
  const [location] = useLocation()
  const main = useRef<HTMLElement>(null)
  const drawer = useRef<HTMLDialogElement>(null)
  const [isOpen, setOpen] = useState(false)

  // Another page begins at its top, the drawer closed.
  useEffect(() => {
    if (location !== '') setOpen(false)
    window.scrollTo(0, 0)
  }, [location])
  useEffect(() => {
    if (isOpen) drawer.current?.showModal()
    else drawer.current?.close()
  }, [isOpen])

  const waiting = useWaiting()

  return (
    <div className="lg:grid lg:min-h-dvh lg:grid-cols-[13.5rem_1fr]">
      <button
        type="button"
        onClick={() => main.current?.focus()}
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-md bg-accent px-3 py-2 text-on-accent focus:translate-y-0"
      >
        Skip to the content
      </button>
      <aside className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-surface lg:flex">
        <Brand />
        <nav aria-label="Main" className="flex-1 overflow-y-auto px-2">
          <PlaceList waiting={waiting} />
        </nav>
        <div className="flex items-center justify-between gap-1 border-t border-line p-2 pl-4">
          <LiveStatus state={live} />
          <UserMenu />
        </div>
      </aside>

      <header className="sticky top-0 z-20 flex items-center justify-between border-b border-line bg-surface pr-2 pl-1 lg:hidden">
        <Brand />
        <div className="flex items-center gap-1">
          <LiveStatus state={live} />
          <UserMenu />
        </div>
      </header>

      <main
        ref={main}
        id="main"
        tabIndex={-1}
        className="min-w-0 p-4 pb-24 outline-none sm:p-6 lg:px-8 lg:pb-10"
      >
        <div className="mx-auto max-w-[90rem]">{children}</div>
      </main>
      <AnnouncedPage path={location} begins="main" />

      <nav
        aria-label="Main"
        className="fixed inset-x-0 bottom-0 z-20 grid grid-cols-5 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
      >
        {phonePlaces.map((place) => (
          <RouteLink
            key={place.href}
            href={place.href}
            aria-current={isHere(place, location) ? 'page' : undefined}
            className={`flex flex-col items-center gap-0.5 py-2 text-xs ${isHere(place, location) ? 'font-semibold text-accent' : 'text-muted'}`}
          >
            <span className="relative">
              <Icon name={place.icon} size={20} />
              {place.waits && (
                <span className="absolute -top-2 left-3 leading-none">
                  <WaitingCount of={place.waits} count={waiting[place.waits]} />
                </span>
              )}
            </span>
            {place.label}
          </RouteLink>
        ))}
        <button
          type="button"
          aria-haspopup="dialog"
          onClick={() => setOpen(true)}
          className="flex flex-col items-center gap-0.5 py-2 text-xs text-muted"
        >
          <Icon name="menu" size={20} />
          More
        </button>
      </nav>
      <dialog
        ref={drawer}
        aria-label="All pages"
        onClose={() => setOpen(false)}
        onMouseDown={(event) => event.target === drawer.current && setOpen(false)}
        className="mx-0 mt-auto mb-0 w-full max-w-none rounded-t-lg border-t border-line bg-raised p-0 text-ink"
      >
        <div className="flex items-center justify-between border-b border-line py-1 pr-2 pl-4">
          <p className="font-semibold">All pages</p>
          <IconButton icon="close" label="Close" onClick={() => setOpen(false)} />
        </div>
        <nav aria-label="All pages" className="p-2 pb-4">
          <PlaceList waiting={waiting} />
        </nav>
      </dialog>
    </div>
  )
}

function Brand() {
  return (
    <RouteLink href="/" className="flex items-center gap-2.5 px-4 py-3.5 max-lg:px-3 max-lg:py-2">
      <img src="/admin-assets/icon.svg" alt="" width={26} height={26} />
      <span className="text-lg font-semibold">Tallyman</span>
    </RouteLink>
  )
}

type Waiting = Readonly<Record<Waits, number>>

/** How much waits for a person, wherever they are. */
function useWaiting(): Waiting {
  const { data } = useRead('/api/v1/queue', {})
  return { held: data?.jobs.held ?? 0, 'dead letters': data?.dead_letters ?? 0 }
}

/** How much of it waits, beside the name of a place; nothing where nothing does. */
function WaitingCount({ of: waits, count }: { of: Waits; count: number }) {
  if (count === 0) return null
  return (
    <span
      className={`inline-block rounded-full px-1.5 text-xs font-semibold whitespace-nowrap ${waits === 'held' ? 'bg-warn-soft text-warn' : 'bg-bad-soft text-bad'}`}
    >
      {countText(count)}
      <span className="sr-only"> {waits}</span>
    </span>
  )
}

function PlaceList({ waiting }: { waiting: Waiting }) {
  const [location] = useLocation()
  return (
    <ul className="space-y-0.5">
      {places.map((place) => (
        <li key={place.href}>
          <RouteLink
            href={place.href}
            aria-current={isHere(place, location) ? 'page' : undefined}
            className={`flex items-center gap-2.5 rounded-md px-2.5 py-2 ${isHere(place, location) ? 'bg-accent-soft font-semibold text-accent' : 'text-ink hover:bg-hover'}`}
          >
            <Icon name={place.icon} />
            <span className="mr-auto">{place.label}</span>
            {place.waits && <WaitingCount of={place.waits} count={waiting[place.waits]} />}
          </RouteLink>
        </li>
      ))}
    </ul>
  )
}

function isHere({ href, within }: Place, location: string): boolean {
  if (href === '/') return location === '/'
  return (
    location === href ||
    location.startsWith(`${href}/`) ||
    (within !== undefined && location.startsWith(within))
  )
}

const liveWords: Record<LiveState, [string, string, string]> = {
  live: ['bg-good', 'Live', 'Changes show within a second or two.'],
  connecting: ['bg-warn', 'Connecting', 'Changes show every few seconds meanwhile.'],
  slow: ['bg-warn', 'Every 8 s', 'There is no stream of changes; the page asks by itself every few seconds.'],
  lost: [
    'bg-bad',
    'No connection',
    'The service does not answer: what is shown may be old. It is asked again every few seconds.',
  ],
  paused: ['bg-edge', 'Paused', 'Nothing is asked for while nobody looks.'],
}

/** Whether what is shown follows what goes on. */
function LiveStatus({ state }: { state: LiveState }) {
  const [colour, word, hint] = liveWords[state]
  return (
    <span title={hint} className="inline-flex items-center gap-1.5 text-sm text-muted">
      <span aria-hidden="true" className={`size-2 rounded-full ${colour}`} />
      <span role="status">{word}</span>
    </span>
  )
}

const themes: readonly [Theme, string, IconName][] = [
  ['system', 'As the system', 'settings'],
  ['light', 'Light', 'sun'],
  ['dark', 'Dark', 'moon'],
]

/** Who looks, light or dark, and the way out. */
function UserMenu() {
  const { credentials } = useApi()
  const { identity } = useIdentity()
  const { signOut } = useSession()
  const [theme, setTheme] = useTheme()
  const toast = useToast()
  if (!identity) return null
  const hasSession = identity.session_id !== null || identity.token_id !== null
  return (
    <Menu label={`Menu of ${identity.name}`} icon="user" isIconOnly>
      <p className="max-w-56 truncate px-2.5 py-1.5">
        <span className="font-semibold">{identity.name}</span>{' '}
        <span className="text-muted">{identity.role}</span>
      </p>
      <div className="my-1 border-t border-line" />
      {themes.map(([name, label, icon]) => (
        <MenuItem key={name} icon={icon} onChoose={() => setTheme(name)}>
          {label}
          {theme === name && (
            <>
              <span className="sr-only">(chosen)</span>
              <span className="ml-auto">
                <Icon name="check" size={16} />
              </span>
            </>
          )}
        </MenuItem>
      ))}
      <div className="my-1 border-t border-line" />
      <a href="/swagger" className="flex items-center gap-2 rounded-sm px-2.5 py-1.5 hover:bg-hover">
        <Icon name="code" size={16} />
        API
      </a>
      {(hasSession || credentials.read().token !== null) && (
        <MenuItem icon="leave" onChoose={() => void signOut().catch((error) => toast.bad(error))}>
          Sign out
        </MenuItem>
      )}
    </Menu>
  )
}
