import { sentenceCase } from '../../format/words.ts'
import { useIdentity } from '../../session/session.ts'
import { Card, Facts } from '../../ui/card.tsx'
import { PasswordForm } from './password-form.tsx'
import { SessionList } from './session-list.tsx'

/** Who you are, your password and where you are signed in. */
export function AccountSection() {
  const { identity } = useIdentity()
  const isPerson = identity?.session_id != null
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Card title="You">
        <Facts
          facts={[
            ['Name', identity?.name],
            ['Role', sentenceCase(identity?.role ?? '')],
            ['You may', rights[identity?.role ?? 'viewer']],
          ]}
        />
        {!isPerson && (
          <p className="mt-4 max-w-prose text-muted">
            You have not signed in with name and password, so there is neither a password nor a session to
            show here.
          </p>
        )}
      </Card>
      {isPerson && (
        <Card title="Change your password">
          <PasswordForm />
        </Card>
      )}
      {isPerson && (
        <div className="lg:col-span-2">
          <SessionList />
        </div>
      )}
    </div>
  )
}

const rights = {
  viewer: 'see everything in the catalog and how it came there',
  operator: 'change the catalog, sources, imports and jobs',
  admin: 'do everything, users and clean-ups included',
}
