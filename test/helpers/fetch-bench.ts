import { openWayOut } from '../../src/lib/outbound/way-out.ts'
import type { Fetched, Looked } from '../../src/sources/kinds/index.ts'
import type { FetchContext, LookContext } from '../../src/sources/kinds/kind.ts'
import type { SourceKind } from '../../src/sources/model.ts'
import { type KindBench, openKindBench } from './kind-bench.ts'
import { temporaryDirectory } from './temporary.ts'

/** A kind of source whose servers serve a folder, by the clock of this machine. */
export interface FetchBench extends AsyncDisposable, Pick<KindBench, 'told'> {
  /** What a server is to serve. */
  served: string
  /** Where keys may lie. */
  keys: string
  /** @returns null: what was fetched last is still there */
  fetch(config: object, given?: Partial<FetchContext>): Promise<Fetched | null>
  look(config: object, given: Pick<LookContext, 'last'> & Partial<LookContext>): Promise<Looked>
  /** What was fetched, as text; kept, since that is what its receiver does. */
  read(fetched: Fetched): Promise<string>
  /** Fetches, and reads what came. */
  text(config: object, given?: Partial<FetchContext>): Promise<string>
  /** What was begun and is not done, and lies there since the last time; what was handed out is discarded. */
  leftBehind(): Promise<string[]>
}

/** @param hosts names that this machine goes by, beside 127.0.0.1 */
export async function openFetchBench(kind: SourceKind, hosts: readonly string[] = []): Promise<FetchBench> {
  const directory = await temporaryDirectory()
  const keys = directory.file('keys')
  const served = directory.file('served')
  await Bun.write(`${served}/.keep`, '')
  await Bun.write(`${keys}/.keep`, '')
  const clock = { now: () => new Date() }
  const out = openWayOut({
    allow: ['127.0.0.1', ...hosts],
    clock,
    userAgent: 'Tallyman/test',
    lookup: async () => ['127.0.0.1'],
  })
  const kindBench = await openKindBench(kind, { keyFolders: [keys] })
  const handedOut: Fetched[] = []
  const here = { clock, out, sizeBytesMax: 100_000_000 }
  const quick = (config: object) => ({ host: '127.0.0.1', settle_seconds: 0.1, ...config })
  const bench: FetchBench = {
    served,
    keys,
    told: kindBench.told,
    async fetch(config, given) {
      const fetched = await kindBench.fetch(quick(config), { ...here, ...given })
      if (fetched.received === null) return null
      handedOut.push(fetched)
      return fetched
    },
    // What is said of a look is what it finds.
    look: async (config, given) => (await kindBench.look(quick(config), { ...here, ...given })) as Looked,
    read: (fetched) => kindBench.text(fetched),
    async text(config, given) {
      const fetched = await bench.fetch(config, given)
      if (fetched === null) throw new Error('It was not fetched.')
      return bench.read(fetched)
    },
    async leftBehind() {
      for (const { received } of handedOut) await received.discard()
      return (await kindBench.leftovers()).filter((path) => path.startsWith('incoming/'))
    },
    async [Symbol.asyncDispose]() {
      await kindBench[Symbol.asyncDispose]()
      await directory[Symbol.asyncDispose]()
    },
  }
  return bench
}
