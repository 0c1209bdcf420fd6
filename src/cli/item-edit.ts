import type { App } from '../app.ts'
import { consoleActor } from '../auth/model.ts'
import { editItem, type ItemEdit } from '../catalog/edit-item.ts'
import { pinnableFields } from '../catalog/model.ts'
import { itemStore } from '../catalog/store.ts'
import { UsageError } from './arguments.ts'
import { type Context, type ExitCode, exitCodes, type OptionSpecs } from './command.ts'
import { oneItem } from './item-deletion.ts'
import { printJson, printLine } from './output.ts'

/** What `tallyman items set` may say of an item. */
export const editOptions = {
  name: { kind: 'text', placeholder: 'TEXT', summary: 'With set: what it is called' },
  category: { kind: 'text', placeholder: 'PATH', summary: 'With set: its category, levels joined by " > "' },
  brand: { kind: 'text', placeholder: 'TEXT', summary: 'With set: who makes it' },
  unit: { kind: 'text', placeholder: 'TEXT', summary: 'With set: what its price is for' },
  unpin: {
    kind: 'list',
    placeholder: 'FIELD',
    summary: `With set: give ${pinnableFields.join(', ')} back to the list; may be given several times`,
  },
} as const satisfies OptionSpecs

/** @throws UsageError for a field that there is not, that is set and given back at once, or is set by no `set` */
export function editOf(
  given: Record<(typeof pinnableFields)[number], string | null> & { unpin: string[] },
  { isSet }: { isSet: boolean },
): ItemEdit {
  const edit: ItemEdit = {}
  for (const field of pinnableFields) if (given[field] !== null) edit[field] = given[field]
  for (const name of given.unpin) {
    const field = pinnableFields.find((each) => each === name)
    if (field === undefined) throw new UsageError(`--unpin takes ${pinnableFields.join(', ')}, not "${name}"`)
    if (given[field] !== null) throw new UsageError(`--${field} sets what --unpin ${field} gives back`)
    edit[field] = null
  }
  const isEmpty = Object.keys(edit).length === 0
  if (!isSet && !isEmpty)
    throw new UsageError('--name, --category, --brand, --unit and --unpin go with "items set"')
  if (isSet && isEmpty)
    throw new UsageError('what of it? Give --name, --category, --brand, --unit or --unpin FIELD')
  return edit
}

/** `tallyman items set`. */
export async function setItem(
  { io, json }: Context,
  app: App,
  which: { item: string | null; edit: ItemEdit; supplierId: string | null },
): Promise<ExitCode> {
  const store = itemStore(app.db)
  const { id } = await oneItem(store, { action: 'set', ...which })
  await editItem(app.db, id, which.edit, { actor: consoleActor, at: io.clock.now() })
  const item = await store.get(id)
  if (json) {
    printJson(io, item)
    return exitCodes.done
  }
  printLine(io.stdout, `Item ${item.id} of ${item.supplier} (${item.sku ?? 'without SKU'}, ${item.name})`)
  for (const field of pinnableFields) {
    const listed = item.pinned[field]
    if (listed !== undefined)
      printLine(
        io.stdout,
        `  ${field}: ${item[field] ?? 'none'} (pinned; its list says ${listed ?? 'nothing'})`,
      )
  }
  return exitCodes.done
}
