import { and, asc, eq, gt, is, isNotNull, isNull, like } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Query } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'
import { isTaken } from '../db/taken.ts'
import { ConflictError, NotFoundError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { supplierNameKey } from './model.ts'

export interface Supplier {
  id: string
  name: string
  currency: string | null
  /** ISO 3166-1, two letters; null: nobody has said. */
  country: string | null
  /** IANA; null: as the configuration says. */
  timeZone: string | null
  /** Whether its files go to the analyzer over HTTP; null: as the configuration says. */
  usesAnalyzer: boolean | null
  revision: number
  /** Since when it is being deleted; null: it is not. */
  deletingAt: Date | null
}

/** What of a supplier people change: what If-Match is held against. */
export function supplierState({ id, name, currency, country, timeZone, usesAnalyzer }: Supplier) {
  return { id, name, currency, country, timeZone, usesAnalyzer }
}

/** Suppliers. Takes a database for reads, a transaction for writes. */
export function supplierStore({ query, tables: { suppliers } }: { query: Query; tables: Tables }) {
  // Said to be no more than that: PostgreSQL's type is what the tables go by on both.
  const isSqlite: boolean = is(suppliers, SQLiteTable)

  return {
    /** By name, as a person writes it: case and white space do not matter. */
    async find(name: string): Promise<Supplier | null> {
      const [supplier] = await query
        .select()
        .from(suppliers)
        .where(eq(suppliers.nameKey, supplierNameKey(name)))
      return supplier ?? null
    },

    /** How often the supplier's part of the catalog has been written; 0 for an unknown supplier. */
    async revision(id: string): Promise<number> {
      const [supplier] = await query
        .select({ revision: suppliers.revision })
        .from(suppliers)
        .where(eq(suppliers.id, id))
      return supplier?.revision ?? 0
    },

    /** @throws NotFoundError `unknown_supplier` */
    async get(id: string): Promise<Supplier> {
      const [supplier] = await query.select().from(suppliers).where(eq(suppliers.id, id))
      if (supplier === undefined) throw unknownSupplier(id)
      return supplier
    },

    /**
     * The supplier as it is until this transaction ends: nobody else writes to it meanwhile.
     * @throws NotFoundError `unknown_supplier`
     */
    async lock(id: string): Promise<Supplier> {
      const select = query.select().from(suppliers).where(eq(suppliers.id, id))
      // SQLite has one writer at a time. The key is left to those who only refer to the supplier.
      const [supplier] = await (isSqlite ? select : select.for('no key update'))
      if (supplier === undefined) throw unknownSupplier(id)
      return supplier
    },

    /**
     * Suppliers by name, a page at a time.
     * @param options.afterName only those behind this one
     * @param options.search a part of the name; case does not matter
     * @param options.name the whole of it, as `find` takes it
     * @throws InvalidError where no supplier could have that name
     */
    async page(options: {
      limit: number
      afterName?: string
      search?: string
      name?: string
    }): Promise<Supplier[]> {
      const { limit, afterName, search, name } = options
      return query
        .select()
        .from(suppliers)
        .where(
          and(
            afterName === undefined ? undefined : gt(suppliers.nameKey, supplierNameKey(afterName)),
            search === undefined ? undefined : like(suppliers.nameKey, `%${searchKey(search)}%`),
            name === undefined ? undefined : eq(suppliers.nameKey, supplierNameKey(name)),
          ),
        )
        .orderBy(asc(suppliers.nameKey))
        .limit(limit)
    },

    /** @throws NotFoundError `unknown_supplier` */
    async change(
      id: string,
      change: Partial<Pick<Supplier, 'name' | 'currency' | 'country' | 'timeZone' | 'usesAnalyzer'>>,
    ): Promise<void> {
      await this.get(id)
      const { name, ...rest } = change
      const named = name === undefined ? {} : { name: name.trim(), nameKey: supplierNameKey(name) }
      try {
        await query
          .update(suppliers)
          .set({ ...rest, ...named })
          .where(eq(suppliers.id, id))
      } catch (error) {
        // Somebody else gave another one this name meanwhile.
        if (name !== undefined && isTaken(error, 'suppliers_name_key')) throw supplierExists(name)
        throw error
      }
    },

    /** @throws ConflictError `supplier_exists` */
    async add(name: string, now: Date): Promise<Supplier> {
      const [supplier] = await query
        .insert(suppliers)
        .values({ id: newId(), name: name.trim(), nameKey: supplierNameKey(name), createdAt: now })
        .onConflictDoNothing()
        .returning()
      if (supplier === undefined) throw supplierExists(name)
      return supplier
    },

    async list(): Promise<Supplier[]> {
      return query.select().from(suppliers).orderBy(asc(suppliers.nameKey))
    },

    /**
     * Finds the supplier, or makes it: an unknown supplier is no error (R3.2).
     * @throws ConflictError `supplier_being_deleted`
     */
    async findOrAdd(name: string, now: Date): Promise<Supplier> {
      await query
        .insert(suppliers)
        .values({ id: newId(), name: name.trim(), nameKey: supplierNameKey(name), createdAt: now })
        .onConflictDoNothing()
      const supplier = await this.find(name)
      if (supplier === null) throw new Error(`Supplier ${name} vanished between insert and select.`)
      requireStaying(supplier)
      return supplier
    },

    /** Says that it is being deleted, from now on unless it is already. */
    async markDeleting(id: string, now: Date): Promise<void> {
      await query
        .update(suppliers)
        .set({ deletingAt: now })
        .where(and(eq(suppliers.id, id), isNull(suppliers.deletingAt)))
    },

    /** Those that are being deleted, or were when that was cut off. */
    async deleting(): Promise<Supplier[]> {
      return query
        .select()
        .from(suppliers)
        .where(isNotNull(suppliers.deletingAt))
        .orderBy(asc(suppliers.nameKey))
    },
  }
}

/** Nothing is added to what is on its way out. @throws ConflictError `supplier_being_deleted` */
export function requireStaying({ name, deletingAt }: Pick<Supplier, 'name' | 'deletingAt'>): void {
  if (deletingAt === null) return
  throw new ConflictError(
    'supplier_being_deleted',
    `Supplier "${name}" is being deleted, with all that is its, since ${deletingAt.toISOString()}. When that is done the name is free; ` +
      'where it was cut off, delete the supplier once more, or the next clean-up does.',
  )
}

/** A name that another supplier has. */
export const supplierExists = (name: string) =>
  new ConflictError(
    'supplier_exists',
    `There is a supplier "${name.trim()}" already; take another name, or change that one.`,
  )

const unknownSupplier = (id: string) => new NotFoundError('unknown_supplier', `There is no supplier ${id}.`)

/** Folded like the names it is compared with; what is special in LIKE is left to match any one character. */
function searchKey(search: string): string {
  return search
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\\%_]/g, '_')
}
