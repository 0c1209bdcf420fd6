import { useEffect, useRef } from 'react'
import type { ReadRequest } from './client.ts'
import type { Answer, Query, ReadPath } from './routes.ts'
import { useAddressState } from './use-address-state.ts'
import { type Read, type ReadOptions, useRead } from './use-read.ts'

/** The rows that an answer has under a name. */
type RowOf<Data, Rows extends string> = Data extends Record<Rows, readonly (infer Row)[]> ? Row : never

/** One page of a list; which one stands in the address. */
export interface List<Row> {
  rows: readonly Row[] | undefined
  /** How the reading stands. */
  read: Pick<Read<unknown>, 'error' | 'isLoading' | 'isStale' | 'retry' | 'curl'>
  pager: Pager
  /** The address of the whole list as a file, format aside; null: it cannot be exported. */
  exportAddress: ExportAddress | null
}

export interface Pager {
  isFirst: boolean
  hasNext: boolean
  next(): void
  /** Back to the page before where it is known, else to the first. */
  back(): void
}

export interface ExportAddress {
  path: string
  params: Record<string, string>
  query: object
}

export interface ListOptions extends ReadOptions {
  /** Rows a page; 50 unless said. */
  limit?: number
  /** False: the API has no export of it. */
  isExported?: boolean
  /** The parameter of the address that holds the cursor, where a page has several lists. */
  cursorName?: string
}

/**
 * A list of the API, page by page: `useList('/api/v1/imports', 'imports', { query: { status } })`. A change of the
 * filters begins with the first page.
 */
export function useList<Path extends ReadPath, Rows extends string>(
  path: Path,
  rows: Rows,
  request: ReadRequest<Path>,
  { limit = 50, isExported = true, cursorName = 'cursor', ...options }: ListOptions = {},
): List<RowOf<Answer<Path>, Rows>> {
  const [state, setState] = useAddressState([cursorName])
  const cursor = state[cursorName] ?? null
  const filters = JSON.stringify([request.params ?? {}, request.query ?? {}])
  const before = useRef<(string | null)[]>([])
  const known = useRef(filters)
  const isOther = known.current !== filters

  useEffect(() => {
    if (known.current === filters) return
    known.current = filters
    before.current = []
    setState({ [cursorName]: null }, { isReplacing: true })
  }, [filters, cursorName, setState])

  // Every list of the API takes both.
  const query = {
    ...request.query,
    limit,
    ...(cursor !== null && !isOther && { cursor }),
  } as unknown as Query<Path>
  const read = useRead(path, { ...request, query }, options)
  // Every list of the API is an object with its rows and where the next page begins.
  const page = read.data as (Record<string, unknown> & { next_cursor: string | null }) | undefined
  const next = page?.next_cursor ?? null
  return {
    rows: page?.[rows] as readonly RowOf<Answer<Path>, Rows>[] | undefined,
    read,
    pager: {
      isFirst: cursor === null,
      hasNext: next !== null,
      next() {
        if (next === null) return
        before.current.push(cursor)
        setState({ [cursorName]: next })
      },
      back() {
        setState({ [cursorName]: before.current.pop() ?? null })
      },
    },
    exportAddress: isExported
      ? {
          path: path.replace('/api/v1/', '/api/v1/exports/'),
          params: request.params ?? {},
          query: request.query ?? {},
        }
      : null,
  }
}
