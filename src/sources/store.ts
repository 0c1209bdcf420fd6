import { and, eq } from 'drizzle-orm'
import type { Field } from '../analyzer/table/decision.ts'
import type { Query } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'
import { newId } from '../lib/id.ts'
import { defaultSettings, type Limits, type ReadingSettings, type SourceSettings } from './model.ts'

export interface Source extends SourceSettings {
  id: string
  supplierId: string
  name: string
}

/** Sources. Takes a database for reads, a transaction for writes. */
export function sourceStore({ query, tables: { sources } }: { query: Query; tables: Tables }) {
  return {
    async find(supplierId: string, name: string): Promise<Source | null> {
      const [row] = await query
        .select()
        .from(sources)
        .where(and(eq(sources.supplierId, supplierId), eq(sources.name, name)))
      return row === undefined ? null : fromRow(row)
    },

    async get(id: string): Promise<Source | null> {
      const [row] = await query.select().from(sources).where(eq(sources.id, id))
      return row === undefined ? null : fromRow(row)
    },

    /** Finds the source, or makes it for files that a person hands in. */
    async findOrAddUpload(supplierId: string, name: string, now: Date): Promise<Source> {
      await query
        .insert(sources)
        .values({
          id: newId(),
          supplierId,
          name,
          kind: 'upload',
          ...toRow(defaultSettings),
          createdAt: now,
        })
        .onConflictDoNothing()
      const source = await this.find(supplierId, name)
      if (source === null) throw new Error(`Source ${name} vanished between insert and select.`)
      return source
    },

    async change(id: string, settings: SourceSettings): Promise<void> {
      await query.update(sources).set(toRow(settings)).where(eq(sources.id, id))
    },
  }
}

function toRow(settings: SourceSettings) {
  return {
    ...settings,
    decimalsMax: settings.decimalsMax === 'currency' ? ('currency' as const) : ('4' as const),
  }
}

type Row = Tables['sources']['$inferSelect']

/** JSON columns were written by `toRow`; nothing else writes them. */
function fromRow(row: Row): Source {
  return {
    id: row.id,
    supplierId: row.supplierId,
    name: row.name,
    listMode: row.listMode,
    scope: row.scope,
    duplicates: row.duplicates,
    currency: row.currency,
    map: row.map as Source['map'],
    identity: row.identity as Field[],
    decimalsMax: row.decimalsMax === 'currency' ? 'currency' : 4,
    limits: row.limits as Limits,
    reading: row.reading as ReadingSettings,
  }
}
