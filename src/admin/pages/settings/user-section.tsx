import { useState } from 'react'
import { type Role, roles } from '../../../auth/model.ts'
import type { Answer } from '../../api/routes.ts'
import { useAddressState } from '../../api/use-address-state.ts'
import { useChange } from '../../api/use-change.ts'
import { useList } from '../../api/use-list.ts'
import { sentenceCase } from '../../format/words.ts'
import { useIdentity } from '../../session/session.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { ChoiceFilter, FilterBar } from '../../ui/filter-bar.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { type Column, ListTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { Toolbar } from '../../ui/toolbar.tsx'
import { AddUserDialog } from './add-user-dialog.tsx'
import { ResetPasswordDialog } from './reset-password-dialog.tsx'
import { RoleDialog } from './role-dialog.tsx'

export type User = Answer<'/api/v1/users'>['users'][number]
type Opened = { what: 'role' | 'password' | 'disable' | 'delete'; user: User }

/** Who can sign in, and what they may do. */
export function UserSection() {
  const { identity } = useIdentity()
  const [filter, setFilter] = useAddressState(['role'])
  const [isAdding, setAdding] = useState(false)
  const [opened, setOpened] = useState<Opened | null>(null)
  const close = () => setOpened(null)
  const list = useList('/api/v1/users', 'users', {
    // What is no role at all is left to the API to say.
    query: { ...(filter.role !== undefined && { role: filter.role as Role }) },
  })
  const change = useChange('PATCH', '/api/v1/users/:id', { done: 'Saved.', onDone: close })
  const remove = useChange('DELETE', '/api/v1/users/:id', { done: 'The user is deleted.', onDone: close })
  const action: Column<User> = {
    key: 'action',
    header: <span className="sr-only">More</span>,
    align: 'end',
    cell: (user) => (
      // No taller than the line that it stands in.
      <div className="-my-2">
        <Menu label={`More about ${user.name}`} icon="more" isIconOnly>
          <MenuItem icon="edit" onChoose={() => setOpened({ what: 'role', user })}>
            Change role
          </MenuItem>
          {user.id !== identity?.user_id && (
            <MenuItem icon="key" onChoose={() => setOpened({ what: 'password', user })}>
              Reset password, or unlock
            </MenuItem>
          )}
          {user.disabled_at === null ? (
            <MenuItem icon="pause" onChoose={() => setOpened({ what: 'disable', user })}>
              Disable …
            </MenuItem>
          ) : (
            <MenuItem
              icon="play"
              onChoose={() => change.run({ params: { id: user.id }, body: { disabled: false } })}
            >
              Enable
            </MenuItem>
          )}
          <MenuItem icon="trash" onChoose={() => setOpened({ what: 'delete', user })}>
            Delete …
          </MenuItem>
        </Menu>
      </div>
    ),
  }
  return (
    <>
      <Toolbar
        actions={
          <>
            <ExportMenu address={list.exportAddress} curl={list.read.curl} />
            <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
              Add user
            </Button>
          </>
        }
      >
        <FilterBar onClear={null}>
          <ChoiceFilter
            label="Role"
            value={filter.role ?? ''}
            choices={[
              { value: '', label: 'All roles' },
              ...roles.map((value) => ({ value, label: sentenceCase(value) })),
            ]}
            onChange={(role) => setFilter({ role })}
          />
        </FilterBar>
      </Toolbar>
      <Card isFlush>
        <ListTable
          list={list}
          what="user"
          caption="Users"
          columns={[...columns, action]}
          rowKey={({ id }) => id}
          empty={
            <EmptyState
              icon="user"
              title={filter.role === undefined ? 'No users yet' : 'Nobody has this role'}
            >
              Once there is a user, everybody has to sign in.
            </EmptyState>
          }
        />
      </Card>
      {isAdding && <AddUserDialog onClose={() => setAdding(false)} />}
      {opened?.what === 'role' && <RoleDialog user={opened.user} onClose={close} />}
      {opened?.what === 'password' && <ResetPasswordDialog user={opened.user} onClose={close} />}
      <ConfirmDialog
        isOpen={opened?.what === 'disable'}
        title={`Disable ${opened?.user.name}?`}
        action="Disable user"
        isDangerous
        isBusy={change.isRunning}
        onConfirm={() => opened && change.run({ params: { id: opened.user.id }, body: { disabled: true } })}
        onClose={close}
      >
        They can no longer sign in, their sessions end, and their tokens rest until they are enabled again.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={opened?.what === 'delete'}
        title={`Delete ${opened?.user.name}?`}
        action="Delete user"
        isDangerous
        isBusy={remove.isRunning}
        onConfirm={() => opened && remove.run({ params: { id: opened.user.id } })}
        onClose={close}
      >
        Their sessions and API tokens go too. What they did stays in the audit log. To keep somebody out for a
        while, disable them instead.
      </ConfirmDialog>
    </>
  )
}

const columns: readonly Column<User>[] = [
  {
    key: 'name',
    header: 'Name',
    width: 'min-w-32',
    cell: ({ name, disabled_at: disabledAt }) => (
      <>
        <span className="font-medium">{name}</span>{' '}
        {disabledAt !== null && <Badge tone="warn">Disabled</Badge>}
      </>
    ),
  },
  { key: 'role', header: 'Role', cell: ({ role }) => sentenceCase(role) },
  {
    key: 'seen',
    header: 'Last sign-in',
    cell: ({ last_sign_in_at: at }) =>
      at === null ? <span className="text-muted">never</span> : <Time at={at} />,
  },
  {
    key: 'password',
    header: 'Password changed',
    hide: 'tablet',
    cell: ({ password_changed_at: at }) => <Time at={at} look="date" />,
  },
  { key: 'made', header: 'Added', hide: 'phone', cell: ({ created_at: at }) => <Time at={at} look="date" /> },
]
