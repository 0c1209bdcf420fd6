import { openArchive } from '../../src/files/archive.ts'
import { openWayOut, type WayOut } from '../../src/lib/outbound/way-out.ts'
import {
  connectorOf,
  type Fetched,
  type FetchProgress,
  type FetchSettings,
  fetchSettingsDefault,
  type Unmodified,
} from '../../src/sources/kinds/index.ts'
import type { FetchContext, LookContext } from '../../src/sources/kinds/kind.ts'
import type { SourceKind } from '../../src/sources/model.ts'
import { temporaryDirectory } from './temporary.ts'

/** What a test says of a fetch. */
export type Given = Partial<FetchContext>

/** A kind of source, with an archive of its own and the real way out, which leads to this machine. */
export interface KindBench extends AsyncDisposable {
  /** Absolute; nothing is in it but what the test puts there. */
  folder: string
  out: WayOut
  settings: FetchSettings
  fetch(config: object, given?: Given): Promise<Fetched | Unmodified>
  /** The same, of a list that has changed. */
  fetched(config: object, given?: Given): Promise<Fetched>
  look(config: object, given: Pick<LookContext, 'last'> & Partial<LookContext>): Promise<string>
  /** What was fetched; kept, since that is what its receiver does. */
  bytes(fetched: Fetched): Promise<Buffer>
  /** The same, as text. */
  text(fetched: Fetched): Promise<string>
  /** What lies in the archive. */
  leftovers(): Promise<string[]>
  /** What was told of the fetch, in its order. */
  told: FetchProgress[]
}

/** When the bench's fetches begin. */
export const fetchedAt = new Date('2026-11-22T09:00:00.000Z')

/**
 *     await using bench = await openKindBench('http')
 *     const fetched = await bench.fetched({ url: server.url })
 */
export async function openKindBench(
  kind: SourceKind,
  settings: Partial<FetchSettings> = {},
): Promise<KindBench> {
  const directory = await temporaryDirectory()
  const connector = connectorOf(kind)
  const archiveFolder = directory.file('raw')
  const archive = openArchive(archiveFolder)
  const clock = { now: () => fetchedAt }
  const out = openWayOut({
    allow: ['127.0.0.1'],
    clock: { now: () => new Date() },
    userAgent: 'Tallyman/test',
  })
  const told: FetchProgress[] = []
  const bench: KindBench = {
    folder: directory.path,
    out,
    settings: { ...fetchSettingsDefault, ...settings },
    fetch: (config, given = {}) =>
      connector.fetch!(config, {
        archive,
        out,
        clock,
        settings: bench.settings,
        sizeBytesMax: 1_000_000,
        last: null,
        learned: null,
        learn: async () => {},
        bytesEnough: null,
        onProgress: (progress) => told.push(progress),
        signal: new AbortController().signal,
        ...given,
      }),
    async fetched(config, given) {
      const fetched = await bench.fetch(config, given)
      if (fetched.received === null) throw new Error('It was not fetched: it has not changed.')
      return fetched
    },
    look: (config, given) =>
      connector.look!(config, {
        out,
        clock,
        settings: bench.settings,
        sizeBytesMax: 1_000_000,
        learned: null,
        learn: async () => {},
        signal: new AbortController().signal,
        ...given,
      }),
    async bytes({ received }) {
      await using borrowed = await archive.borrow((await received.keep()).sha256)
      return Buffer.from(await Bun.file(borrowed.path).arrayBuffer())
    },
    text: async (fetched) => (await bench.bytes(fetched)).toString(),
    leftovers: () =>
      Array.fromAsync(new Bun.Glob('**/*').scan({ cwd: archiveFolder, dot: true })).catch(() => []),
    told,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  }
  return bench
}
