import { EmptyState } from '../ui/empty-state.tsx'
import { ButtonLink } from '../ui/link.tsx'
import { PageHeader } from '../ui/page-header.tsx'

/** There is no such page. */
export function NotFoundPage() {
  return (
    <>
      <PageHeader title="Nothing here" />
      <EmptyState
        icon="search"
        title="There is no page at this address"
        action={<ButtonLink href="/">Go to the overview</ButtonLink>}
      >
        It may have been typed wrongly, or what it showed was deleted.
      </EmptyState>
    </>
  )
}
