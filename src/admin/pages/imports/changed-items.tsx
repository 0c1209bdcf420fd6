import type { Answer } from '../../api/routes.ts'
import { useAddressState } from '../../api/use-address-state.ts'
import { useList } from '../../api/use-list.ts'
import { Card } from '../../ui/card.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { ChoiceFilter } from '../../ui/filter-bar.tsx'
import { Money } from '../../ui/money.tsx'
import { type Column, ListTable } from '../../ui/table.tsx'

type Changed = Answer<'/api/v1/imports/:id/changes/items'>['items'][number]
type Kind = Changed['kind']

const kinds: Record<Kind, string> = { new: 'New', changed: 'Changed', gone: 'Gone', returned: 'Listed again' }

/** Every item that a published import touched, by what it did to it. */
export function ChangedItems({ id }: { id: string }) {
  const [state, setState] = useAddressState(['kind'])
  // An address may say anything; what is no kind is refused by the service, which says so.
  const kind = (state.kind ?? 'changed') as Kind
  const list = useList(
    '/api/v1/imports/:id/changes/items',
    'items',
    { params: { id }, query: { kind } },
    { isLive: false, cursorName: 'items' },
  )
  return (
    <Card
      title="Every item"
      isFlush
      actions={
        <>
          <ChoiceFilter
            label="What became of them"
            value={kind}
            choices={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
            onChange={(next) => setState({ kind: next === 'changed' ? null : next })}
          />
          <ExportMenu address={list.exportAddress} curl={list.read.curl} />
        </>
      }
    >
      <ListTable
        list={list}
        what="item"
        caption="Items that the import changed"
        columns={columns}
        rowKey={(row) => row.item_id}
        rowHref={(row) => `/items/${row.item_id}`}
        empty={<p className="p-4 text-muted">None.</p>}
      />
    </Card>
  )
}

const columns: Column<Changed>[] = [
  { key: 'sku', header: 'Article', cell: (row) => row.sku ?? row.name },
  { key: 'name', header: 'Name', cell: (row) => row.name, width: 'min-w-40 break-words' },
  {
    key: 'before',
    header: 'Before',
    align: 'end',
    cell: ({ before }) =>
      before === null ? (
        <span className="text-muted">–</span>
      ) : (
        <Money price={before.price} currency={before.currency} />
      ),
  },
  {
    key: 'after',
    header: 'Now',
    align: 'end',
    cell: ({ after, kind }) =>
      after !== null ? (
        <Money price={after.price} currency={after.currency} />
      ) : (
        <span className="text-muted">{kind === 'gone' ? 'Gone' : 'Same price'}</span>
      ),
  },
]
