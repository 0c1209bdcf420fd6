import { type MouseEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { Link as RouteLink, useLocation } from 'wouter'
import type { List } from '../api/use-list.ts'
import { classes } from './classes.ts'
import { ErrorState } from './error-state.tsx'
import { Pager } from './pager.tsx'
import { Skeleton } from './skeleton.tsx'

export interface Column<Row> {
  key: string
  header: ReactNode
  cell(row: Row): ReactNode
  /** Numbers and prices stand at the end. */
  align?: 'start' | 'end'
  /** Where there is little room it is left out: on phones, or on tablets too. */
  hide?: 'phone' | 'tablet'
  /** Long texts may take several lines, and this much room: Tailwind's classes of width. */
  width?: string
}

export interface TableProps<Row> {
  /** What the rows are, for readers of the screen. */
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey(row: Row): string
  /** Where a row leads; its first cell is the link, and all of the row can be pressed. */
  rowHref?: (row: Row) => string
  /** It has more columns than a screen is wide: it scrolls by itself, its first column and its head stay. */
  isWide?: boolean
}

const hidden = { phone: 'max-sm:hidden', tablet: 'max-lg:hidden' }

/** Rows and columns. The head stays in sight; on phones the first column does. */
export function Table<Row>({ caption, columns, rows, rowKey, rowHref, isWide = false }: TableProps<Row>) {
  const { frame, isOverflowing } = useOverflow()
  const press = useRowPress()
  const cellClasses = ({ align, hide, width }: Column<Row>, index: number) =>
    classes(
      'px-3 first:pl-4 last:pr-4',
      align === 'end' ? 'text-right' : 'text-left',
      hide && hidden[hide],
      width,
      index === 0 && (isWide || isOverflowing) && 'sticky left-0 z-1',
    )
  return (
    <section
      aria-label={caption}
      // What scrolls must be reached by keyboard; what does not is no place to stop at.
      tabIndex={isWide || isOverflowing ? 0 : undefined}
      ref={frame}
      className={
        isWide ? 'max-h-[calc(100dvh-15rem)] min-h-64 overflow-auto' : isOverflowing ? 'overflow-x-auto' : ''
      }
    >
      <table className="w-full border-separate border-spacing-0">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th
                key={column.key}
                scope="col"
                className={classes(
                  cellClasses(column, index),
                  'sticky top-0 z-2 border-b border-line bg-surface py-2 text-sm font-medium whitespace-nowrap text-muted',
                  index === 0 && 'z-3',
                )}
              >
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            // By keyboard the link in its first cell does the same.
            <tr
              key={rowKey(row)}
              onClick={rowHref && ((event) => press(event, rowHref(row)))}
              className={classes('group relative', rowHref && 'cursor-pointer')}
            >
              {columns.map((column, index) => (
                <td
                  key={column.key}
                  className={classes(
                    cellClasses(column, index),
                    'border-b border-line bg-surface py-2 align-top group-last:border-b-0',
                    rowHref && 'group-hover:bg-hover',
                  )}
                >
                  {index === 0 && rowHref ? (
                    <RouteLink
                      href={rowHref(row)}
                      className="font-medium text-ink hover:text-accent hover:underline"
                    >
                      {column.cell(row)}
                    </RouteLink>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Goes where a row leads, unless what was pressed in it does something of its own, or a text is being marked. */
function useRowPress(): (event: MouseEvent, href: string) => void {
  const [, navigate] = useLocation()
  return (event, href) => {
    const { target } = event
    const isOwn =
      target instanceof Element &&
      target.closest('a, button, input, select, label, summary, dialog, [popover]')
    if (event.defaultPrevented || isOwn || getSelection()?.isCollapsed === false) return
    if (event.metaKey || event.ctrlKey) window.open(href, '_blank', 'noopener')
    else navigate(href)
  }
}

/**
 * Whether what is in an element is wider than it. Only then does it scroll by itself: in what scrolls, the head of a
 * table stays in sight no longer when the page is scrolled.
 */
function useOverflow() {
  const frame = useRef<HTMLElement>(null)
  const [isOverflowing, setOverflowing] = useState(false)
  useEffect(() => {
    const { current } = frame
    const inner = current?.firstElementChild
    if (!current || !inner) return
    const look = () => setOverflowing(inner.getBoundingClientRect().width > current.clientWidth + 1)
    const observer = new ResizeObserver(look)
    observer.observe(current)
    observer.observe(inner)
    return () => observer.disconnect()
  }, [])
  return { frame, isOverflowing }
}

/** A list of the API as a table, with what is shown while it loads, when it fails and where it is empty, and its pages. */
export function ListTable<Row>({
  list,
  what,
  empty,
  ...table
}: Omit<TableProps<Row>, 'rows'> & {
  list: List<Row>
  /** One of its rows: "import". */
  what: string
  empty: ReactNode
}) {
  const { rows, read, pager } = list
  if (rows === undefined && read.error !== null)
    return (
      <div className="p-4">
        <ErrorState error={read.error} onRetry={read.retry} />
      </div>
    )
  if (rows === undefined)
    return (
      <div className="p-4">
        <Skeleton lines={8} />
      </div>
    )
  return (
    <div aria-busy={read.isStale} className={read.isStale ? 'opacity-60 transition-opacity delay-200' : ''}>
      {read.error !== null && (
        <div className="p-4 pb-0">
          <ErrorState error={read.error} onRetry={read.retry} />
        </div>
      )}
      {rows.length === 0 && pager.isFirst ? empty : <Table rows={rows} {...table} />}
      <Pager pager={pager} shown={rows.length} what={what} />
    </div>
  )
}
