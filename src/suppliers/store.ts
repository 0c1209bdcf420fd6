import { and, asc, eq, gt, like } from 'drizzle-orm'
import type { Query } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'
import { NotFoundError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { supplierNameKey } from './model.ts'

export interface Supplier {
  id: string
  name: string
  currency: string | null
  /** Whether its files go to the analyzer over HTTP; null: as the configuration says. */
  usesAnalyzer: boolean | null
  revision: number
}

/** Suppliers. Takes a database for reads, a transaction for writes. */
export function supplierStore({ query, tables: { suppliers } }: { query: Query; tables: Tables }) {
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
      if (supplier === undefined) throw new NotFoundError('unknown_supplier', `There is no supplier ${id}.`)
      return supplier
    },

    /**
     * Suppliers by name, a page at a time.
     * @param options.afterName only those behind this one
     * @param options.search a part of the name; case does not matter
     */
    async page(options: { limit: number; afterName?: string; search?: string }): Promise<Supplier[]> {
      const { limit, afterName, search } = options
      return query
        .select()
        .from(suppliers)
        .where(
          and(
            afterName === undefined ? undefined : gt(suppliers.nameKey, supplierNameKey(afterName)),
            search === undefined ? undefined : like(suppliers.nameKey, `%${searchKey(search)}%`),
          ),
        )
        .orderBy(asc(suppliers.nameKey))
        .limit(limit)
    },

    /** @throws NotFoundError `unknown_supplier` */
    async change(
      id: string,
      change: { currency?: string | null; usesAnalyzer?: boolean | null },
    ): Promise<void> {
      await this.get(id)
      await query.update(suppliers).set(change).where(eq(suppliers.id, id))
    },

    async list(): Promise<Supplier[]> {
      return query.select().from(suppliers).orderBy(asc(suppliers.nameKey))
    },

    /** Finds the supplier, or makes it: an unknown supplier is no error (R3.2). */
    async findOrAdd(name: string, now: Date): Promise<Supplier> {
      await query
        .insert(suppliers)
        .values({ id: newId(), name: name.trim(), nameKey: supplierNameKey(name), createdAt: now })
        .onConflictDoNothing()
      const supplier = await this.find(name)
      if (supplier === null) throw new Error(`Supplier ${name} vanished between insert and select.`)
      return supplier
    },
  }
}

/** Folded like the names it is compared with; what is special in LIKE is left to match any one character. */
function searchKey(search: string): string {
  return search
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\\%_]/g, '_')
}
