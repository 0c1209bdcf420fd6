import { useRead } from '../../api/use-read.ts'
import { useSettled } from '../../api/use-settled.ts'
import type { Found } from '../../ui/combobox.tsx'

const shownMax = 20
/** As the service has it. */
const searchMax = 200

/** The suppliers in whose name a text is, however many there are: the service looks. Values are their ids. */
export function useSupplierSearch(text: string, isEnabled: boolean): Found {
  const wanted = text.trim().slice(0, searchMax)
  const search = useSettled(wanted)
  const { data, isStale, error } = useRead(
    '/api/v1/suppliers',
    { query: search === '' ? { limit: shownMax } : { search, limit: shownMax } },
    { isEnabled, everyMs: 60_000 },
  )
  return {
    options: data?.suppliers.map(({ id, name }) => ({ value: id, label: name })),
    isStale: isStale || search !== wanted,
    hasMore: data !== undefined && data.next_cursor !== null,
    error,
  }
}
