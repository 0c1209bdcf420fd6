import { type ComponentType, useEffect, useRef } from 'react'
import { Link as RouteLink, useParams } from 'wouter'
import { useMay } from '../../session/session.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ButtonLink } from '../../ui/link.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { AccountSection } from './account-section.tsx'
import { AuditSection } from './audit-section.tsx'
import { CleanUpSection } from './clean-up-section.tsx'
import { HealthSection } from './health-section.tsx'
import { TokenSection } from './token-section.tsx'
import { UserSection } from './user-section.tsx'

interface Section {
  name: string
  label: string
  component: ComponentType
  isForAdmins: boolean
}

const sections: readonly Section[] = [
  { name: 'account', label: 'Your account', component: AccountSection, isForAdmins: false },
  { name: 'tokens', label: 'API tokens', component: TokenSection, isForAdmins: false },
  { name: 'users', label: 'Users', component: UserSection, isForAdmins: true },
  { name: 'audit', label: 'Audit log', component: AuditSection, isForAdmins: true },
  { name: 'clean-up', label: 'Clean-ups', component: CleanUpSection, isForAdmins: false },
  { name: 'health', label: 'System health', component: HealthSection, isForAdmins: false },
]

/** What is everybody's own, and what only administrators see. */
export function SettingsPage() {
  const isAdmin = useMay('admin')
  const { section: name = 'account' } = useParams()
  const offered = sections.filter(({ isForAdmins }) => isAdmin || !isForAdmins)
  const current = offered.find((section) => section.name === name)
  const nav = useRef<HTMLElement>(null)
  // On a phone not all of them fit: the one that is shown is in sight.
  useEffect(() => {
    const link = nav.current?.querySelector(`[href="/settings/${CSS.escape(name)}"]`)
    link?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [name])
  return (
    <>
      <PageHeader title={current === undefined ? 'Settings' : `Settings: ${current.label}`} />
      <nav
        ref={nav}
        aria-label="Settings"
        className="mb-5 flex overflow-x-auto border-b border-line sm:gap-1"
      >
        {offered.map((section) => (
          <RouteLink
            key={section.name}
            href={`/settings/${section.name}`}
            aria-current={section === current ? 'page' : undefined}
            className={`-mb-px border-b-2 px-2.5 py-2 font-medium whitespace-nowrap -outline-offset-2 sm:px-3 ${section === current ? 'border-accent text-accent' : 'border-transparent text-muted hover:text-ink'}`}
          >
            {section.label}
          </RouteLink>
        ))}
      </nav>
      {current === undefined ? (
        <EmptyState
          icon="settings"
          title="There is nothing here for you"
          action={<ButtonLink href="/settings">Your account</ButtonLink>}
        >
          {sections.some((section) => section.name === name)
            ? 'This part of the settings is for administrators.'
            : 'There is no such part of the settings.'}
        </EmptyState>
      ) : (
        <current.component />
      )}
    </>
  )
}
