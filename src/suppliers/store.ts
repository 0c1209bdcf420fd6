import { asc, eq } from 'drizzle-orm'
import type { Query } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'
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
