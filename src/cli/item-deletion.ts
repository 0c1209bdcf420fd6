import type { App } from '../app.ts'
import { consoleActor } from '../auth/model.ts'
import { deleteItem, restoreItem } from '../catalog/delete-item.ts'
import type { Item } from '../catalog/model.ts'
import { itemStore } from '../catalog/store.ts'
import { UsageError } from './arguments.ts'
import { type Context, type ExitCode, exitCodes } from './command.ts'
import { printJson, printLine } from './output.ts'

/**
 * `tallyman items delete` and `restore`.
 * @param which.item an id, or a SKU that only one supplier has
 */
export async function deleteOrRestore(
  { io, json, config }: Context,
  app: App,
  which: { action: 'delete' | 'restore'; item: string | null; supplierId: string | null },
): Promise<ExitCode> {
  const store = itemStore(app.db)
  const { id } = await oneItem(store, which)
  const change = { actor: consoleActor, at: io.clock.now() }
  if (which.action === 'delete') await deleteItem(app.db, id, change)
  else await restoreItem(app.db, id, change)
  const item = await store.get(id)
  if (json) printJson(io, item)
  else {
    const name = `Item ${item.id} of ${item.supplier} (${item.sku ?? 'without SKU'}, ${item.name})`
    if (item.deleted_at !== null)
      printLine(
        io.stdout,
        `${name} is deleted. For ${config.deletedItemDays} days "tallyman items restore ${item.id}" brings it back, and so does a list that has it again.`,
      )
    else
      printLine(
        io.stdout,
        `${name} is restored${item.gone_at === null ? '' : '; its supplier no longer lists it'}.`,
      )
  }
  return exitCodes.done
}

/**
 * The item that a person means.
 * @param which.item an id, or a SKU that only one supplier has
 */
export async function oneItem(
  store: ReturnType<typeof itemStore>,
  { action, item, supplierId }: { action: string; item: string | null; supplierId: string | null },
): Promise<Item> {
  if (item === null) throw new UsageError(`which item? Give its id or SKU: items ${action} ITEM`)
  const found = (await store.find(item)).filter(
    (each) => supplierId === null || each.supplier_id === supplierId,
  )
  const [only, ...others] = found
  if (only === undefined) throw new UsageError(`the supplier has no item "${item}"`)
  if (others.length > 0)
    throw new UsageError(
      `several suppliers have "${item}"; give the id: ${found.map(({ id, supplier }) => `#${id} of ${supplier}`).join(', ')}`,
    )
  return only
}
