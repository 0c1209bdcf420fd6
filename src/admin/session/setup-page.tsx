import { useState } from 'react'
import { Redirect } from 'wouter'
import { Input } from '../ui/field.tsx'
import { Link } from '../ui/link.tsx'
import { Entrance, EntranceForm } from './entrance.tsx'
import { useIdentity, useSession } from './session.ts'

/** The first administrator, with the token that the service shows on its console. */
export function SetupPage() {
  const { identity } = useIdentity()
  const { setUp } = useSession()
  const [token, setToken] = useState('')
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  if (identity) return <Redirect to="/" replace />
  return (
    <Entrance title="Make the first administrator">
      <EntranceForm action="Make administrator" onSend={() => setUp(token.trim(), name, password)}>
        <Input
          label="Setup token"
          autoComplete="off"
          spellCheck={false}
          required
          autoFocus
          hint="The service shows it on its console when it starts; it begins with tlm_setup_."
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
        <Input
          label="Name"
          autoComplete="username"
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Input
          label="Password"
          type="password"
          autoComplete="new-password"
          required
          minLength={12}
          hint="12 characters or more; a few words that have nothing to do with each other are good."
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </EntranceForm>
      <p className="mt-4 text-sm">
        <Link href="/sign-in">Sign in instead</Link>
      </p>
    </Entrance>
  )
}
