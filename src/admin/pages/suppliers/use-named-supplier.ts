import type { Answer } from '../../api/routes.ts'
import { useRead } from '../../api/use-read.ts'
import { useSettled } from '../../api/use-settled.ts'

export type Supplier = Answer<'/api/v1/suppliers'>['suppliers'][number]

/** The supplier of just this name; null: there is none yet; undefined: not known yet, or no name is given. */
export function useNamedSupplier(text: string): Supplier | null | undefined {
  const name = text.trim()
  const asked = useSettled(name)
  const named = useRead(
    '/api/v1/suppliers',
    { query: { name: asked, limit: 1 } },
    { isEnabled: asked !== '', everyMs: 60_000 },
  )
  const isAnswered = name !== '' && asked === name && named.data !== undefined && !named.isStale
  return isAnswered ? (named.data?.suppliers[0] ?? null) : undefined
}
