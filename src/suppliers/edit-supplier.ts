import { type AuditFields, type Change, changedFields } from '../audit/model.ts'
import { auditStore } from '../audit/store.ts'
import type { Database, Tx } from '../db/database.ts'
import { noPrecondition, type Precondition } from '../http/etag.ts'
import { isCountry } from '../lib/country.ts'
import { InvalidError } from '../lib/errors.ts'
import { isCurrency } from '../lib/money.ts'
import { checkTimeZone } from '../lib/time-zone.ts'
import { sourceStore } from '../sources/store.ts'
import { requireStaying, type Supplier, supplierExists, supplierState, supplierStore } from './store.ts'

/** What a person says of a supplier; what is left out stays. */
export type SupplierEdit = Partial<
  Pick<Supplier, 'name' | 'currency' | 'country' | 'timeZone' | 'usesAnalyzer'>
>

/**
 * Makes a supplier.
 * @param also what is written in the same transaction
 * @throws ConflictError `supplier_exists`
 * @throws InvalidError `invalid_supplier`, `invalid_currency`, `invalid_country`, `unknown_time_zone`
 */
export async function addSupplier(
  db: Database,
  { name, ...edit }: SupplierEdit & { name: string },
  change: Change,
  also: (tx: Tx, supplier: Supplier) => Promise<void> = async () => {},
): Promise<Supplier> {
  checkEdit(edit)
  return db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const store = supplierStore(stores)
    const { id } = await store.add(name, change.at)
    if (Object.keys(edit).length > 0) await store.change(id, edit)
    const supplier = await store.get(id)
    await tellAudit(stores, change, { action: 'supplier.add', before: null, after: supplier })
    await also(tx, supplier)
    return supplier
  })
}

/**
 * Changes a supplier. Sources that follow its time zone are due by the new one from now on.
 * @throws NotFoundError `unknown_supplier`
 * @throws ConflictError `supplier_exists`, `precondition_failed`, `supplier_being_deleted`
 * @throws InvalidError `invalid_supplier`, `invalid_currency`, `invalid_country`, `unknown_time_zone`
 */
export async function changeSupplier(
  db: Database,
  id: string,
  edit: SupplierEdit,
  change: Change,
  precondition: Precondition = noPrecondition,
): Promise<void> {
  checkEdit(edit)
  await db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const store = supplierStore(stores)
    const before = await store.lock(id)
    await precondition.hold(() => supplierState(before))
    requireStaying(before)
    const namesake = edit.name === undefined ? null : await store.find(edit.name)
    if (namesake !== null && namesake.id !== id) throw supplierExists(namesake.name)
    await store.change(id, edit)
    if (edit.timeZone !== undefined && edit.timeZone !== before.timeZone)
      await sourceStore(stores).followZone(id, change.at)
    await tellAudit(stores, change, { action: 'supplier.change', before, after: await store.get(id) })
  })
}

function checkEdit({ currency, country, timeZone }: SupplierEdit): void {
  if (typeof currency === 'string' && !isCurrency(currency))
    throw new InvalidError(
      'invalid_currency',
      `currency takes an ISO 4217 code such as EUR, not "${currency}"`,
    )
  if (typeof country === 'string' && !isCountry(country))
    throw new InvalidError(
      'invalid_country',
      `country takes an ISO 3166-1 code of two letters such as DE, not "${country}"`,
    )
  if (typeof timeZone === 'string') checkTimeZone(timeZone)
}

async function tellAudit(
  stores: Parameters<typeof supplierStore>[0],
  { actor, at }: Change,
  { action, before, after }: { action: string; before: Supplier | null; after: Supplier },
): Promise<void> {
  const changed =
    before === null
      ? { before: null, after: supplierFields(after) }
      : changedFields(supplierFields(before), supplierFields(after))
  if (changed === null) return
  const subject = { kind: 'supplier', id: after.id, name: after.name }
  await auditStore(stores).add({ actor, at, action, subject, supplierId: after.id, ...changed })
}

/** As the audit log has it. */
const supplierFields = (supplier: Supplier): AuditFields => ({
  name: supplier.name,
  currency: supplier.currency,
  country: supplier.country,
  time_zone: supplier.timeZone,
  uses_analyzer: supplier.usesAnalyzer,
})
