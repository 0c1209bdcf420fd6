import { useState } from 'react'
import { useParams } from 'wouter'
import type { Answer } from '../../api/routes.ts'
import { useChange } from '../../api/use-change.ts'
import { type Read, useRead } from '../../api/use-read.ts'
import { sentenceCase } from '../../format/words.ts'
import { useMay } from '../../session/session.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Link } from '../../ui/link.tsx'
import { Money } from '../../ui/money.tsx'
import { MoreMenu } from '../../ui/more-menu.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Time } from '../../ui/time.tsx'
import { EditItem } from './edit-item.tsx'
import { ItemEdits } from './item-edits.tsx'
import { PriceHistory } from './price-history.tsx'

export type ItemDetail = Answer<'/api/v1/items/:id'>

/** One item: what it costs, since when and where that is written; what people changed of it. */
export function ItemPage() {
  const { id = '' } = useParams()
  const item = useRead('/api/v1/items/:id', { params: { id } })
  const back = { href: '/items', label: 'Items' }
  if (item.data === undefined)
    return (
      <>
        <PageHeader title="Item" back={back} />
        {item.error ? <ErrorState error={item.error} onRetry={item.retry} /> : <Skeleton lines={8} />}
      </>
    )
  const { name, gone_at: gone, deleted_at: deleted } = item.data
  return (
    <>
      <PageHeader
        title={name}
        back={back}
        description={
          <span className="flex flex-wrap items-center gap-2">
            <Link href={`/suppliers/${item.data.supplier_id}`}>{item.data.supplier}</Link>
            {deleted !== null ? (
              <Badge tone="bad">
                Deleted <Time at={deleted} />
              </Badge>
            ) : (
              gone !== null && (
                <Badge tone="warn">
                  Gone <Time at={gone} />
                </Badge>
              )
            )}
          </span>
        }
        actions={
          <>
            <ItemActions item={item.data} etag={item.etag} />
            <MoreMenu curl={item.curl} />
          </>
        }
      />
      {item.error && (
        <div className="mb-4">
          <ErrorState error={item.error} onRetry={item.retry} />
        </div>
      )}
      <div className="grid gap-5 xl:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="min-w-0 space-y-5">
          <PriceHistory id={id} />
          <ItemEdits id={id} />
        </div>
        <ItemFacts item={item} />
      </div>
    </>
  )
}

function ItemFacts({ item }: { item: Read<ItemDetail> }) {
  const { data } = item
  if (data === undefined) return null
  const { pinned } = data
  const edited = (field: keyof typeof pinned, value: string | null) => (
    <>
      {value ?? <span className="text-muted">–</span>}
      {pinned[field] !== undefined && (
        <span className="block text-sm text-muted">
          Edited; its list says {pinned[field] === null ? 'nothing' : `“${pinned[field]}”`}
        </span>
      )}
    </>
  )
  const price = (
    <>
      <span className="text-xl font-semibold">
        <Money price={data.price} currency={data.currency} />
      </span>
      {data.price !== null && (data.unit !== null || data.price_quantity !== null) && (
        <span className="block text-sm text-muted">
          per {[data.price_quantity, data.unit ?? 'units'].filter(Boolean).join(' ')}
        </span>
      )}
    </>
  )
  const validity =
    data.valid_from === null && data.valid_to === null
      ? []
      : [['Valid', `${data.valid_from ?? '…'} until before ${data.valid_to ?? '…'}`] as const]
  return (
    <aside className="space-y-5 xl:order-none max-xl:order-first">
      <Card title="Now">
        <Facts
          facts={[
            ['Price', price],
            ...data.tiers.map(
              (tier) =>
                [tier.name, <Money key={tier.name} price={tier.price} currency={tier.currency} />] as const,
            ),
            ...validity,
            ...(data.sku === null
              ? []
              : [
                  [
                    'SKU',
                    <span key="sku" className="font-mono">
                      {data.sku}
                    </span>,
                  ] as const,
                ]),
            // The page is called by its name; what is not known of it takes no room.
            ...(pinned.name === undefined ? [] : [['Name', edited('name', data.name)] as const]),
            ...(['brand', 'category', 'unit'] as const)
              .filter((field) => data[field] !== null || pinned[field] !== undefined)
              .map((field) => [sentenceCase(field), edited(field, data[field])] as const),
          ]}
        />
      </Card>
      {Object.keys(data.characteristics).length > 0 && (
        <Card title="Characteristics">
          <Facts facts={Object.entries(data.characteristics)} />
        </Card>
      )}
    </aside>
  )
}

function ItemActions({ item, etag }: { item: ItemDetail; etag: string | undefined }) {
  const mayChange = useMay('operator')
  const [isEditing, setEditing] = useState(false)
  const [isDeleting, setDeleting] = useState(false)
  const params = { id: item.id }
  const remove = useChange('DELETE', '/api/v1/items/:id', {
    done: 'Item deleted.',
    onDone: () => setDeleting(false),
  })
  const restore = useChange('POST', '/api/v1/items/:id/restore', { done: 'Item restored.' })
  if (!mayChange) return null
  if (item.deleted_at !== null)
    return (
      <Button icon="history" isBusy={restore.isRunning} onClick={() => restore.run({ params })}>
        Restore
      </Button>
    )
  return (
    <>
      <Button icon="edit" onClick={() => setEditing(true)}>
        Edit
      </Button>
      <Button icon="trash" look="danger" onClick={() => setDeleting(true)}>
        Delete
      </Button>
      <EditItem item={item} etag={etag} isOpen={isEditing} onClose={() => setEditing(false)} />
      <ConfirmDialog
        isOpen={isDeleting}
        title="Delete this item?"
        action="Delete item"
        isDangerous
        isBusy={remove.isRunning}
        onConfirm={() => remove.run({ params }, { ifMatch: etag })}
        onClose={() => setDeleting(false)}
      >
        <p>
          “{item.name}” is no longer shown. It can be restored for some weeks, and it comes back by itself
          when a list has it again.
        </p>
      </ConfirmDialog>
    </>
  )
}
