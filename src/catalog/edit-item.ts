import { nameLengthMax } from '../analyzer/table/rows/validate.ts'
import { type AuditFields, type Change, changedFields } from '../audit/model.ts'
import type { Database, Tx } from '../db/database.ts'
import { noPrecondition, type Precondition } from '../http/etag.ts'
import { InvalidError } from '../lib/errors.ts'
import { type PinnableField, pinnableFields, pinnedFields } from './model.ts'
import { addBrands, addCategory } from './names.ts'
import { notePins } from './pinned.ts'
import { itemStore } from './store.ts'
import { writeItem } from './write-item.ts'

/** What a person sets of an item; null gives the field back to its list; what is left out stays. */
export type ItemEdit = Partial<Record<PinnableField, string | null>>

/** Longest text of each field, in characters. */
export const fieldLengthMax: Record<PinnableField, number> = {
  name: nameLengthMax,
  category: 2000,
  brand: 500,
  unit: 100,
}

interface ItemRow extends Record<PinnableField, string | null> {
  pinned: unknown
}

/**
 * Sets fields of an item, which no list changes from then on, or gives them back: see catalog/pinned.ts.
 * @throws NotFoundError `unknown_item`; ConflictError `precondition_failed`
 * @throws InvalidError `invalid_item` for a text that is empty, too long or not printable
 */
export async function editItem(
  db: Database,
  id: string,
  edit: ItemEdit,
  change: Change,
  precondition: Precondition = noPrecondition,
): Promise<void> {
  const given = checkedEdit(edit)
  await writeItem(db, id, { ...change, action: 'item.change' }, async (tx, supplier) => {
    await precondition.hold(() => itemStore({ ...db, all: tx.all }).get(id))
    const [row] = await tx.all<ItemRow>(
      'select name, category, brand, unit, pinned from supplier_items where id = $1',
      [Number(id)],
    )
    // `writeItem` has just found it, and keeps its supplier's items from being written.
    if (row === undefined) throw new Error(`Item ${id} vanished while it was edited.`)
    const before = { ...row, pinned: pinnedFields(row.pinned) }
    const after = edited(before, given)
    const changed = changedFields(shown(before), shown(after))
    if (changed === null) return null
    const pinned = Object.keys(after.pinned).length === 0 ? null : JSON.stringify(after.pinned)
    const json = db.engine === 'sqlite' ? '$6' : '$6::text::jsonb'
    await tx.run(
      `update supplier_items set name = $2, category = $3, brand = $4, unit = $5, pinned = ${json} where id = $1`,
      [Number(id), after.name, after.category, after.brand, after.unit, pinned],
    )
    if (pinned !== null) await notePins(tx, supplier.no)
    // Also what its list says: the tree may have lost it since nothing was there.
    if (after.category !== null) await addCategory(tx, supplier.id, after.category)
    if (after.brand !== null) await addBrand(db, tx, after.brand)
    return changed
  })
}

/** Known ones need no lock: other suppliers' imports may hold it for a while. */
async function addBrand(db: Database, tx: Tx, name: string): Promise<void> {
  const known = await tx.all('select 1 from brands where name_key = $1', [name.trim().toLowerCase()])
  if (known.length === 0) await addBrands(tx, db.engine, [name])
}

type Fields = Record<PinnableField, string | null> & { pinned: ItemEdit }

function edited(before: Fields, edit: ItemEdit): Fields {
  const after = { ...before, pinned: { ...before.pinned } }
  for (const field of pinnableFields) {
    const value = edit[field]
    if (value === undefined) continue
    const listed = before.pinned[field]
    if (value !== null) {
      if (listed === undefined) after.pinned[field] = before[field]
      after[field] = value
    } else if (listed !== undefined) {
      after[field] = listed
      delete after.pinned[field]
    }
  }
  return after
}

/** As the audit log has it: which fields a person has set is part of it. */
const shown = ({ pinned, name, category, brand, unit }: Fields): AuditFields => ({
  name,
  category,
  brand,
  unit,
  pinned: pinnableFields.filter((field) => field in pinned),
})

function checkedEdit(edit: ItemEdit): ItemEdit {
  const checked: ItemEdit = {}
  for (const field of pinnableFields) {
    const given = edit[field]
    if (given === undefined) continue
    checked[field] = given === null ? null : checkedText(field, given)
  }
  return checked
}

function checkedText(field: PinnableField, given: string): string {
  const words = given.normalize('NFC').trim().replace(/\s+/g, ' ')
  const text = field === 'category' ? tidyPath(words) : words
  const max = fieldLengthMax[field]
  if (!visible.test(text) || text.length > max || deceptive.test(text) || !text.isWellFormed())
    throw new InvalidError(
      'invalid_item',
      `${field} must be a text of 1 to ${max} printable characters; null gives it back to the list.`,
    )
  return text
}

/** "Tools>Hand tools >" → "Tools > Hand tools", as lists are read. */
const tidyPath = (path: string) =>
  path
    .split('>')
    .map((level) => level.trim())
    .filter((level) => level !== '')
    .join(' > ')

const visible = /[^\s\p{Cf}\p{Mn}]/u
/** Control characters, and those that turn the direction of writing for what stands behind them. */
const deceptive = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u
