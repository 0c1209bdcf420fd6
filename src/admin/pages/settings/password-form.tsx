import { type FormEvent, useState } from 'react'
import { useApi } from '../../api/context.tsx'
import { useChange } from '../../api/use-change.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorLine } from '../../ui/error-state.tsx'
import { Input } from '../../ui/field.tsx'

export const passwordHint = '12 to 256 characters, none that anybody would try first.'

/** Changes your own password. */
export function PasswordForm() {
  const api = useApi()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const change = useChange('POST', '/api/v1/password', {
    done: 'Your password is changed. Your other sessions have ended.',
    showsErrors: true,
    onDone({ csrf_token: csrf }) {
      api.credentials.setCsrf(csrf)
      setCurrent('')
      setNext('')
      setAgain('')
    },
  })
  const differs = again !== '' && again !== next
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (next === again) change.run({ body: { current_password: current, new_password: next } })
  }
  return (
    <form onSubmit={send} className="max-w-md space-y-4">
      <Input
        label="Current password"
        type="password"
        autoComplete="current-password"
        required
        value={current}
        onChange={(event) => setCurrent(event.target.value)}
      />
      <Input
        label="New password"
        type="password"
        autoComplete="new-password"
        required
        hint={passwordHint}
        value={next}
        onChange={(event) => setNext(event.target.value)}
      />
      <Input
        label="New password, once more"
        type="password"
        autoComplete="new-password"
        required
        error={differs ? 'This is another one than above.' : null}
        value={again}
        onChange={(event) => setAgain(event.target.value)}
      />
      <ErrorLine error={change.error} />
      <Button type="submit" look="primary" isBusy={change.isRunning} disabled={differs}>
        Change password
      </Button>
    </form>
  )
}
