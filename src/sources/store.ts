import { and, eq, inArray, is, isNotNull, isNull } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Field } from '../analyzer/table/decision.ts'
import type { Query } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'
import { isTaken } from '../db/taken.ts'
import { ConflictError, NotFoundError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import {
  defaultSettings,
  type Limits,
  type ListMode,
  type ReadingSettings,
  type SourceKind,
  type SourceSettings,
  sourceNameKey,
} from './model.ts'

/** What a person says about where a source's files come from, and when. */
export interface SourceOrigin {
  name: string
  kind: SourceKind
  /** What its kind needs to fetch a file: see sources/kinds. Empty for uploads. */
  config: Record<string, unknown>
  /** Five cron fields, in its time zone; null: only when somebody asks. */
  schedule: string | null
  /** IANA; null: its supplier's, or what the configuration says. */
  timeZone: string | null
  /** Pauses before its jobs are tried again by themselves, in milliseconds; null: the usual ones. */
  retryDelaysMs: readonly number[] | null
  /** Whether its files go to the analyzer over HTTP; null: as its supplier, or TALLYMAN_USE_ANALYZER, says. */
  usesAnalyzer: boolean | null
  /** Whether it is looked at for updates between the times of its schedule. */
  isWatched: boolean
  /** Whose prices they are: ISO 3166-1, two letters; null: nobody has said. */
  country: string | null
  /** Of sources that are fetched together, those with the lower number come first: see `priorityDefault`. */
  priority: number
}

/** What of it has a usual value, and so need not be said of a new one. */
export type UsualOrigin = Pick<SourceOrigin, 'usesAnalyzer' | 'isWatched' | 'country' | 'priority'>

/** A configuration as it is kept: see sources/secrets.ts, which alone makes it. */
export interface KeptConfig {
  /** With "***" in place of each secret. */
  config: Record<string, unknown>
  /** What is secret of it, sealed for the source; null: nothing is. */
  secrets: string | null
}

export interface Source extends SourceSettings, Omit<SourceOrigin, 'config'>, KeptConfig {
  id: string
  supplierId: string
  /** Since when nothing of it is begun; null: it is not paused. */
  pausedAt: Date | null
  /** What its kind has learned about where it fetches from; null: nothing. */
  learned: unknown
  /** The file that declares it; null: people do. */
  declaredIn: string | null
  createdAt: Date
}

/** A source that is made; how its lists are read, it learns from them. */
export interface NewSource
  extends Omit<SourceOrigin, 'config' | keyof UsualOrigin>,
    Partial<UsualOrigin>,
    KeptConfig {
  /** Known beforehand, since its secrets are sealed for it: see lib/id.ts. */
  id: string
  supplierId: string
  listMode: ListMode
  currency: string | null
  now: Date
}

/** What a person changes of a source; what is left out stays. */
export type SourceEdit = Partial<SourceOrigin & SourceSettings>

/** The same as it is kept: a configuration with its secrets apart, or none. */
export type KeptEdit = Omit<SourceEdit, 'config'> & (KeptConfig | { config?: never; secrets?: never })

/** Sources. Takes a database for reads, a transaction for writes. */
export function sourceStore({ query, tables: { sources } }: { query: Query; tables: Tables }) {
  // Said to be no more than that: PostgreSQL's type is what the tables go by on both.
  const isSqlite: boolean = is(sources, SQLiteTable)

  /** The oldest one whose name is the same but for case and white space. SQLite folds no letters beyond ASCII. */
  async function findNamesake(supplierId: string, name: string): Promise<Source | null> {
    const names = await query
      .select({ id: sources.id, name: sources.name })
      .from(sources)
      .where(eq(sources.supplierId, supplierId))
      .orderBy(sources.id)
    const key = sourceNameKey(name)
    const id = names.find((each) => sourceNameKey(each.name) === key)?.id
    if (id === undefined) return null
    const [row] = await query.select().from(sources).where(eq(sources.id, id))
    return row === undefined ? null : fromRow(row)
  }

  /** Of two who name a source at the same moment, one sees the other's. The table itself keeps only equal names apart. */
  async function lockNames(supplierId: string): Promise<void> {
    if (!isSqlite) await query.kept.all('select pg_advisory_xact_lock(hashtextextended($1, 1))', [supplierId])
  }

  return {
    /** By its name, or by one that is the same but for case and white space. */
    async find(supplierId: string, name: string): Promise<Source | null> {
      const [row] = await query
        .select()
        .from(sources)
        .where(and(eq(sources.supplierId, supplierId), eq(sources.name, name)))
      return row === undefined ? findNamesake(supplierId, name) : fromRow(row)
    },

    async get(id: string): Promise<Source | null> {
      const [row] = await query.select().from(sources).where(eq(sources.id, id))
      return row === undefined ? null : fromRow(row)
    },

    /** Those of the ids that there are, in no order. */
    async byIds(ids: readonly string[]): Promise<Source[]> {
      if (ids.length === 0) return []
      const rows = await query
        .select()
        .from(sources)
        .where(inArray(sources.id, [...ids]))
      return rows.map(fromRow)
    },

    /**
     * The source as it is until this transaction ends: nobody else writes to it meanwhile.
     * @throws NotFoundError `unknown_source`
     */
    async lock(id: string): Promise<Source> {
      const select = query.select().from(sources).where(eq(sources.id, id))
      // SQLite has one writer at a time. The key is left to those who only refer to the source.
      const [row] = await (isSqlite ? select : select.for('no key update'))
      if (row === undefined) throw unknownSource(id)
      return fromRow(row)
    },

    /** @throws ConflictError `source_exists` when the supplier has one of that name */
    async add({ now, retryDelaysMs, id, supplierId, ...made }: NewSource): Promise<Source> {
      await lockNames(supplierId)
      const namesake = await this.find(supplierId, made.name)
      if (namesake !== null) throw sourceExists(namesake.name)
      const [row] = await query
        .insert(sources)
        .values({
          ...toRow(defaultSettings),
          ...made,
          id,
          supplierId,
          retryDelays: retryDelaysMs,
          scheduledAt: made.schedule === null ? null : now,
          createdAt: now,
        })
        .onConflictDoNothing()
        .returning()
      if (row === undefined) throw sourceExists(made.name)
      return fromRow(row)
    },

    /**
     * @param now since when a new schedule holds
     * @throws NotFoundError `unknown_source`
     * @throws ConflictError `source_exists` when the supplier has another one of the new name
     */
    async edit(id: string, { retryDelaysMs, decimalsMax, ...edit }: KeptEdit, now: Date): Promise<void> {
      const before = await this.lock(id)
      const { supplierId } = before
      if (edit.name !== undefined) await lockNames(supplierId)
      const namesake = edit.name === undefined ? null : await this.find(supplierId, edit.name)
      if (namesake !== null && namesake.id !== id) throw sourceExists(namesake.name)
      const after = { ...before, ...edit }
      const isRescheduled = after.schedule !== before.schedule || after.timeZone !== before.timeZone
      const written = {
        ...edit,
        ...(retryDelaysMs !== undefined && { retryDelays: retryDelaysMs }),
        ...(decimalsMax !== undefined && { decimalsMax: keptDecimals(decimalsMax) }),
        ...(isRescheduled && { scheduledAt: after.schedule === null ? null : now }),
      }
      if (Object.keys(written).length === 0) return
      try {
        await query.update(sources).set(written).where(eq(sources.id, id))
      } catch (error) {
        // Somebody else gave another one this name meanwhile.
        if (edit.name !== undefined && isTaken(error, 'sources_supplier_name')) throw sourceExists(edit.name)
        throw error
      }
    },

    /** Their supplier's zone is another one from now on: what was due before by that is not theirs to do. */
    async followZone(supplierId: string, now: Date): Promise<void> {
      const follows = and(
        eq(sources.supplierId, supplierId),
        isNull(sources.timeZone),
        isNotNull(sources.schedule),
      )
      await query.update(sources).set({ scheduledAt: now }).where(follows)
    },

    /** Pauses the source, or ends its pause; a pause that holds already keeps its beginning. */
    async setPaused(id: string, pausedAt: Date | null): Promise<void> {
      const before = await this.lock(id)
      if ((before.pausedAt === null) === (pausedAt === null)) return
      await query.update(sources).set({ pausedAt }).where(eq(sources.id, id))
    },

    /** Deletes the source with its imports, jobs and logs; items stay: see sources/delete-source.ts. */
    async remove(id: string): Promise<void> {
      await query.delete(sources).where(eq(sources.id, id))
    },

    /** Finds the source, or makes it for files that a person hands in. */
    async findOrAddUpload(supplierId: string, name: string, now: Date): Promise<Source> {
      const found = await this.find(supplierId, name)
      if (found !== null) return found
      await lockNames(supplierId)
      const namesake = await findNamesake(supplierId, name)
      if (namesake !== null) return namesake
      await query
        .insert(sources)
        .values({
          id: newId(),
          supplierId,
          name,
          kind: 'upload',
          config: {},
          ...toRow(defaultSettings),
          createdAt: now,
        })
        .onConflictDoNothing()
      const source = await this.find(supplierId, name)
      if (source === null) throw new Error(`Source ${name} vanished between insert and select.`)
      return source
    },

    /** Keeps what a fetch has learned about where the lists come from, such as a host key. */
    async learn(id: string, learned: unknown): Promise<void> {
      await query.update(sources).set({ learned }).where(eq(sources.id, id))
    },

    /** Says which file declares the source from now on; null: people do. */
    async declare(id: string, declaredIn: string | null): Promise<void> {
      await query.update(sources).set({ declaredIn }).where(eq(sources.id, id))
    },

    async change(id: string, settings: SourceSettings): Promise<void> {
      await query.update(sources).set(toRow(settings)).where(eq(sources.id, id))
    },
  }
}

/** As the column has it. */
const keptDecimals = (max: SourceSettings['decimalsMax']): 'currency' | '4' =>
  max === 'currency' ? 'currency' : '4'

function toRow(settings: SourceSettings) {
  return {
    ...settings,
    decimalsMax: keptDecimals(settings.decimalsMax),
  }
}

type Row = Tables['sources']['$inferSelect']

/** JSON columns were written by this store from the same types; nothing else writes them. */
function fromRow(row: Row): Source {
  return {
    id: row.id,
    supplierId: row.supplierId,
    name: row.name,
    kind: row.kind,
    config: row.config as Source['config'],
    schedule: row.schedule,
    timeZone: row.timeZone,
    retryDelaysMs: row.retryDelays as number[] | null,
    usesAnalyzer: row.usesAnalyzer,
    isWatched: row.isWatched,
    country: row.country,
    priority: row.priority,
    pausedAt: row.pausedAt,
    secrets: row.secrets,
    learned: row.learned,
    declaredIn: row.declaredIn,
    createdAt: row.createdAt,
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

const unknownSource = (id: string) =>
  new NotFoundError('unknown_source', `There is no source ${id}; "tallyman sources list" lists them.`)

const sourceExists = (name: string) =>
  new ConflictError(
    'source_exists',
    `The supplier has a source "${name}" already; edit that one, or take another name.`,
  )
