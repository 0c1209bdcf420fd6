import type { TObject } from '@sinclair/typebox'
import type { Archive, ReceivedFile } from '../../files/archive.ts'
import type { Origin } from '../../imports/model.ts'
import { faultsIn, isChecked } from '../../lib/checked.ts'
import type { Clock } from '../../lib/clock.ts'
import { InvalidError } from '../../lib/errors.ts'
import type { WayOut } from '../../lib/outbound/way-out.ts'
import { isSecretSchema, type Static, t } from '../../lib/schema.ts'
import { type Withhold, withhold } from '../../lib/withhold.ts'
import type { SourceKind } from '../model.ts'

/** What the settings say about fetching. */
export interface FetchSettings {
  /** Folders of this server that may be read, absolute; empty: none. */
  localFolders: readonly string[]
  /** Folders of this server that keys may be read from, absolute; empty: none. */
  keyFolders: readonly string[]
  google: GoogleSettings
}

/** Where Google is. */
export interface GoogleSettings {
  /** Of the Drive API. */
  url: string
  /** Where tokens come from; null: from where the key of a service account says. */
  tokenUrl: string | null
}

/** Settings that allow nothing. */
export const fetchSettingsDefault: FetchSettings = {
  localFolders: [],
  keyFolders: [],
  google: { url: 'https://www.googleapis.com/', tokenUrl: null },
}

/** How far a file has come. */
export interface FetchProgress {
  bytes: number
  /** Null: not known beforehand. */
  bytesTotal: number | null
}

/** What a kind needs to fetch a file. */
export interface FetchContext {
  archive: Pick<Archive, 'copy' | 'receive'>
  /** The only way to other machines: nothing is connected to but through it. */
  out: WayOut
  clock: Clock
  settings: FetchSettings
  sizeBytesMax: number
  /**
   * What was said of the list that was fetched last, whose bytes are still here: a kind that can ask whether it is
   * still so, asks. Null: it is to be fetched in any case.
   */
  last: Origin | null
  /** What the kind has learned from this source before, such as a host key: see `Fetched`; null: nothing. */
  learned: unknown
  /** Keeps at once, whatever comes of the fetch, what replaces that: plain JSON without any secret. */
  learn: (learned: unknown) => Promise<void>
  /** So many bytes are enough to look at, and a kind may stop after them; null: all of them are wanted. */
  bytesEnough: number | null
  /** Cheap; may be called with every piece. */
  onProgress: (progress: FetchProgress) => void
  /** Aborted: the fetching ends soon, and leaves nothing behind. */
  signal: AbortSignal
}

/** A file that was fetched: beside the archive, until its receiver keeps or discards it. */
export interface Fetched {
  received: ReceivedFile
  /** As people know it. */
  fileName: string
  /** When what the file says was so: before its first byte was read. */
  fetchedAt: Date
  origin: Origin
  /** Plain JSON that replaces what the kind has learned from this source; left out: that stays. */
  learned?: unknown
}

/** The list is still that of `last`, and was not fetched again. */
export interface Unmodified {
  received: null
  fetchedAt: Date
}

/** What a kind needs to look whether there is something new; see `Connector.look`. */
export interface LookContext extends Omit<FetchContext, 'archive' | 'last' | 'bytesEnough' | 'onProgress'> {
  /** What was said of the list that was fetched last; its bytes need not be here any more. */
  last: Origin
}

/** What a look has found: the list of `last`, another one, or that only a fetch can tell. */
export type Looked = 'same' | 'changed' | 'unknown'

/**
 * The code behind a kind of source, which knows nothing of jobs. What it throws is an AppError, or a bug; whatever it
 * throws or says of a list, there is none of the configuration's secrets in it.
 */
export interface Connector {
  name: SourceKind
  /** What a source of this kind is configured with; what is not in there is refused. */
  config: TObject
  /** Which properties of that are secret: see `secretText` and `secretRecord` of lib/schema.ts. */
  secrets: readonly string[]
  /** What its lists are called before anything is fetched; its secrets may be masked. @throws InvalidError `invalid_config` */
  fileNameOf(config: unknown): string
  /**
   * Whether such a source could be fetched from by these settings, as far as that can be told without doing so.
   * @throws InvalidError `invalid_config`; ForbiddenError for what the settings do not allow
   */
  check(config: unknown, settings: FetchSettings): void
  /**
   * Fetches what is there now; null: files of this kind are handed in, never fetched.
   * @throws UnavailableError worth another try
   * @throws InvalidError, ForbiddenError, NotFoundError not worth one
   */
  fetch: ((config: unknown, context: FetchContext) => Promise<Fetched | Unmodified>) | null
  /**
   * Looks whether there is something new since `last`, without fetching it: cheap enough to be done every few minutes.
   * One that cannot be read yet, such as a list that somebody is still writing, is nothing new. Null: only a fetch
   * can tell.
   * @throws as `fetch`
   */
  look: ((config: unknown, context: LookContext) => Promise<Looked>) | null
}

/** A connector as its kind writes it, with the type of its configuration. */
interface Definition<Schema extends TObject> {
  name: SourceKind
  config: Schema
  fileNameOf(config: Static<Schema>): string
  /** Left out: any configuration will do. */
  check?(config: Static<Schema>, settings: FetchSettings): void
  fetch: ((config: Static<Schema>, context: FetchContext) => Promise<Fetched | Unmodified>) | null
  /** Left out: only a fetch can tell. */
  look?(config: Static<Schema>, context: LookContext): Promise<Looked>
}

/** Has every configuration checked before the kind's own code sees it. */
export function connector<Schema extends TObject>(definition: Definition<Schema>): Connector {
  const { name, config: schema, fetch, look } = definition
  const secrets = secretsIn(schema)
  const masked = withAnything(schema, secrets)
  const checked = (config: unknown, by: TObject = schema): Static<Schema> => {
    // Of what is masked, the secrets are no more than texts; their names are in the type all the same.
    if (isChecked(by, config)) return config as Static<Schema>
    throw new InvalidError(
      'invalid_config',
      `This is no configuration of a source of kind ${name}: ${faultsIn(by, config).join('; ')}.`,
    )
  }
  return {
    name,
    config: schema,
    secrets,
    fileNameOf: (config) => definition.fileNameOf(checked(config, masked)),
    check(config, settings) {
      const known = checked(config)
      try {
        definition.check?.(known, settings)
      } catch (thrown) {
        throw withheldOf(secrets, known).error(thrown)
      }
    },
    fetch:
      fetch &&
      (async (config, context) => {
        const known = checked(config)
        const { value, error } = withheldOf(secrets, known)
        const fetched = await fetch(known, context).catch((thrown) => Promise.reject(error(thrown)))
        if (fetched.received === null) return fetched
        // What a server says of a list may be what it was sent.
        const { received, fetchedAt, ...said } = fetched
        return { received, fetchedAt, ...value(said) }
      }),
    look:
      look === undefined
        ? null
        : async (config, context) => {
            const known = checked(config)
            const { error } = withheldOf(secrets, known)
            return look(known, context).catch((thrown) => Promise.reject(error(thrown)))
          },
  }
}

/** What keeps the secrets of a configuration out of all that is said about it. */
function withheldOf(secrets: readonly string[], config: Record<string, unknown>): Withhold {
  const texts = secrets.flatMap((key) => {
    const value = config[key]
    return typeof value === 'object' && value !== null ? Object.values(value) : [value]
  })
  const { username } = config
  return withhold(
    texts.filter((text) => typeof text === 'string'),
    // Without a user, too, Basic has a colon before the password.
    typeof username === 'string' ? username : '',
  )
}

const secretsIn = (schema: TObject): string[] =>
  Object.entries(schema.properties).flatMap(([key, property]) => (isSecretSchema(property) ? [key] : []))

/** The same configuration, but it does not matter what its secrets look like. */
const withAnything = (schema: TObject, keys: readonly string[]): TObject =>
  t.Object(
    { ...schema.properties, ...Object.fromEntries(keys.map((key) => [key, t.Optional(t.Unknown())])) },
    { additionalProperties: false },
  )
