import { InvalidError } from '../lib/errors.ts'
import { isSecretName, isSecretParameter, redactText } from '../lib/redact.ts'
import type { Connector } from './kinds/index.ts'

/**
 * Refuses a secret in a part of a configuration that is kept and shown in the clear, where the kind has a part that
 * is not: a password or a token in the query of an address, or a parameter or header that is called so.
 * @throws InvalidError `secret_in_the_clear`
 */
export function refusePlainSecrets(
  { name: kind, secrets, config: { properties } }: Pick<Connector, 'name' | 'secrets' | 'config'>,
  config: Record<string, unknown>,
): void {
  for (const [key, value] of Object.entries(config)) {
    if (secrets.includes(key)) continue
    const [place, found] = [key === 'url' ? 'secret_query' : `secret_${key}`, secretIn(value)]
    if (found === null || !(place in properties)) continue
    throw new InvalidError(
      'secret_in_the_clear',
      `${key} of a source of kind ${kind} is kept and shown as it is, and its "${found}" looks like a secret; take it out, and give it in ${place}, which is sealed.`,
    )
  }
}

/** What a secret in there is called; null: there is none. Never the secret itself. */
function secretIn(value: unknown): string | null {
  if (typeof value === 'string') return secretInAddress(value)
  if (typeof value !== 'object' || value === null) return null
  for (const [name, each] of Object.entries(value)) {
    if (isSecretName(name) && each !== '' && each !== null) return name
    const within = typeof each === 'object' ? secretIn(each) : null
    if (within !== null) return within
  }
  return null
}

function secretInAddress(text: string): string | null {
  const url = URL.parse(text)
  const names = [...(url?.searchParams ?? [])].flatMap(([name, value]) => (value === '' ? [] : [name]))
  const named = names.find(isSecretParameter)
  if (named !== undefined) return named
  return redactText(text) === text ? null : 'password'
}
