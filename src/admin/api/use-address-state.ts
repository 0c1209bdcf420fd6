import { useCallback } from 'react'
import { useLocation, useSearch } from 'wouter'

export type AddressState<Name extends string> = Partial<Record<Name, string>>

/**
 * Texts that live in the address, so that it can be shared: `const [filter, setFilter] = useAddressState(['search'])`.
 * What is set to null or '' leaves the address.
 */
export function useAddressState<const Name extends string>(
  names: readonly Name[],
): [
  AddressState<Name>,
  (change: Partial<Record<Name, string | null>>, options?: { isReplacing?: boolean }) => void,
] {
  const search = useSearch()
  const [path, navigate] = useLocation()
  const given = new URLSearchParams(search)
  const state: AddressState<Name> = {}
  for (const name of names) {
    const value = given.get(name)
    if (value !== null && value !== '') state[name] = value
  }
  const set = useCallback(
    (change: Partial<Record<Name, string | null>>, { isReplacing = false } = {}) => {
      // As it is now: several changes may come before the next drawing.
      const next = new URLSearchParams(location.search)
      for (const [name, value] of Object.entries<string | null | undefined>(change)) {
        if (value === null || value === undefined || value === '') next.delete(name)
        else next.set(name, value)
      }
      const text = next.toString()
      navigate(text === '' ? path : `${path}?${text}`, { replace: isReplacing })
    },
    [navigate, path],
  )
  return [state, set]
}
