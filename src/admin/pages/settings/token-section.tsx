import { useState } from 'react'
import type { Answer, Changed } from '../../api/routes.ts'
import { useAddressState } from '../../api/use-address-state.ts'
import { useChange } from '../../api/use-change.ts'
import { useList } from '../../api/use-list.ts'
import { useIdentity } from '../../session/session.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { ChoiceFilter, FilterBar } from '../../ui/filter-bar.tsx'
import { type Column, ListTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { Toolbar } from '../../ui/toolbar.tsx'
import { AddTokenDialog } from './add-token-dialog.tsx'

type Token = Answer<'/api/v1/tokens'>['tokens'][number]
type NewToken = Changed<'POST', '/api/v1/tokens'>

/** With what programs come in: one's own, and for administrators everybody's. */
export function TokenSection() {
  const { identity } = useIdentity()
  const [filter, setFilter] = useAddressState(['revoked'])
  const [isAdding, setAdding] = useState(false)
  const [made, setMade] = useState<NewToken | null>(null)
  const [revoking, setRevoking] = useState<Token | null>(null)
  const list = useList('/api/v1/tokens', 'tokens', {
    query: { ...(filter.revoked === 'true' && { with_revoked: true }) },
  })
  const revoke = useChange('DELETE', '/api/v1/tokens/:id', {
    done: 'The token is revoked.',
    onDone: () => setRevoking(null),
  })
  const action: Column<Token> = {
    key: 'action',
    header: <span className="sr-only">Revoke</span>,
    align: 'end',
    cell: (token) =>
      token.revoked_at === null && (
        // No taller than the line that it stands in.
        <div className="-my-1">
          <Button
            size="sm"
            look="danger"
            aria-label={`Revoke ${token.name}`}
            onClick={() => setRevoking(token)}
          >
            Revoke
          </Button>
        </div>
      ),
  }
  return (
    <>
      <Toolbar
        actions={
          <>
            <ExportMenu address={list.exportAddress} curl={list.read.curl} />
            {identity?.user_id != null && (
              <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
                Make a token
              </Button>
            )}
          </>
        }
      >
        <FilterBar onClear={null}>
          <ChoiceFilter
            label="Revoked"
            value={filter.revoked ?? ''}
            choices={[
              { value: '', label: 'Those that work' },
              { value: 'true', label: 'Revoked ones too' },
            ]}
            onChange={(revoked) => setFilter({ revoked })}
          />
        </FilterBar>
      </Toolbar>
      {made !== null && <MadeToken token={made} onClose={() => setMade(null)} />}
      <Card isFlush>
        <ListTable
          list={list}
          what="token"
          caption="API tokens"
          columns={[...columns, action]}
          rowKey={({ id }) => id}
          empty={
            <EmptyState icon="key" title="No API tokens">
              A program shows a token instead of signing in: Authorization: Bearer TOKEN.
            </EmptyState>
          }
        />
      </Card>
      {isAdding && (
        <AddTokenDialog
          onClose={() => setAdding(false)}
          onDone={(token) => {
            setAdding(false)
            setMade(token)
          }}
        />
      )}
      <ConfirmDialog
        isOpen={revoking !== null}
        title={`Revoke ${revoking?.name}?`}
        action="Revoke token"
        isDangerous
        isBusy={revoke.isRunning}
        onConfirm={() => revoking && revoke.run({ params: { id: revoking.id } })}
        onClose={() => setRevoking(null)}
      >
        Programs that use it are shut out within seconds. It cannot be given back; make another one then.
      </ConfirmDialog>
    </>
  )
}

/** The token itself: it is there until this is closed, and nowhere afterwards. */
function MadeToken({ token, onClose }: { token: NewToken; onClose(): void }) {
  return (
    <section aria-label="New token" className="mb-5 rounded-lg border border-good/50 bg-good-soft p-4">
      <h2 className="text-lg font-semibold">{token.name}</h2>
      <p className="mt-1">Copy it now: it is shown this once, and nobody can look it up later.</p>
      <p className="mt-3 flex flex-wrap items-center gap-2">
        <code className="rounded-md border border-line bg-surface px-3 py-2 text-sm break-all">
          {token.token}
        </code>
        <CopyButton text={token.token} label="token" />
      </p>
      <div className="mt-3">
        <Button size="sm" onClick={onClose}>
          I have copied it
        </Button>
      </div>
    </section>
  )
}

const columns: readonly Column<Token>[] = [
  {
    key: 'name',
    header: 'Name',
    width: 'min-w-32',
    cell: ({ name, revoked_at: revokedAt }) => (
      <>
        <span className="font-medium">{name}</span> {revokedAt !== null && <Badge>Revoked</Badge>}
      </>
    ),
  },
  {
    key: 'beginning',
    header: 'Begins with',
    hide: 'tablet',
    cell: ({ beginning }) => <code className="text-sm">{beginning}…</code>,
  },
  { key: 'user', header: 'User', hide: 'phone', cell: ({ user }) => user },
  { key: 'scopes', header: 'May', cell: ({ scopes }) => scopes.join(', ') },
  {
    key: 'used',
    header: 'Last used',
    hide: 'phone',
    cell: ({ last_used_at: at }) =>
      at === null ? <span className="text-muted">never</span> : <Time at={at} />,
  },
  {
    key: 'ends',
    header: 'Ends',
    hide: 'phone',
    cell: ({ expires_at: at }) =>
      at === null ? <span className="text-muted">not by itself</span> : <Time at={at} look="date" />,
  },
]
