import { useState } from 'react'
import { Redirect, useSearch } from 'wouter'
import { useRead } from '../api/use-read.ts'
import { ErrorState } from '../ui/error-state.tsx'
import { Input } from '../ui/field.tsx'
import { Link } from '../ui/link.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Entrance, EntranceForm } from './entrance.tsx'
import { nextPage } from './next-page.ts'
import { useIdentity, useSession } from './session.ts'

/** Name and password; or a token, where there are no users or a program's token is at hand. */
export function SignInPage() {
  const { identity } = useIdentity()
  const next = nextPage(useSearch())
  const setup = useRead('/api/v1/setup', {})
  const [chosen, setChosen] = useState<'password' | 'token' | null>(null)
  if (identity) return <Redirect to={next} replace />
  if (setup.error && !setup.data)
    return (
      <Entrance title="Sign in">
        <ErrorState error={setup.error} onRetry={setup.retry} />
      </Entrance>
    )
  if (!setup.data)
    return (
      <Entrance title="Sign in">
        <Skeleton lines={4} />
      </Entrance>
    )
  const { has_users: hasUsers, is_offered: isOffered } = setup.data
  if (chosen === null && !hasUsers && isOffered) return <Redirect to="/setup" replace />
  const way = chosen ?? (hasUsers ? 'password' : 'token')
  return (
    <Entrance title={way === 'password' ? 'Sign in' : 'Enter a token'}>
      {way === 'password' ? <PasswordForm /> : <TokenForm />}
      <p className="mt-4 flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {hasUsers && (
          <button
            type="button"
            className="text-accent hover:underline"
            onClick={() => setChosen(way === 'password' ? 'token' : 'password')}
          >
            {way === 'password' ? 'Use an API token' : 'Use name and password'}
          </button>
        )}
        {!hasUsers && isOffered && <Link href="/setup">Make the first administrator</Link>}
      </p>
    </Entrance>
  )
}

function PasswordForm() {
  const { signIn } = useSession()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  return (
    <EntranceForm action="Sign in" onSend={() => signIn(name, password)}>
      <Input
        label="Name"
        autoComplete="username"
        required
        autoFocus
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Input
        label="Password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
    </EntranceForm>
  )
}

function TokenForm() {
  const { showToken } = useSession()
  const [token, setToken] = useState('')
  return (
    <EntranceForm action="Continue" onSend={() => showToken(token.trim())}>
      <Input
        label="Token"
        type="password"
        autoComplete="off"
        required
        autoFocus
        hint="TALLYMAN_TOKEN of the service, or an API token. It is kept until this tab is closed."
        value={token}
        onChange={(event) => setToken(event.target.value)}
      />
    </EntranceForm>
  )
}
