import { expect, test } from 'bun:test'
import { openCuttingProxy } from '../../scripts/lib/faults/cutting-proxy.ts'
import { engines } from '../helpers/engines.ts'
import { openEmpty, openUrl, rejection } from '../helpers/open-database.ts'

const hasServer = engines.includes('postgres')

/** A server whose connections are cut, and a way to it that is not. */
async function openCut() {
  const made = new AsyncDisposableStack()
  const { db, url } = made.use(await openEmpty('postgres'))
  const proxy = made.use(await openCuttingProxy(url, Math.random))
  const cut = await openUrl(proxy.url, { poolSize: 4 })
  made.defer(() => cut.close())
  await db.run('create table pairs (n integer not null)')
  return { db, cut, proxy, [Symbol.asyncDispose]: () => made.disposeAsync() }
}

test.skipIf(!hasServer)(
  'connections that are cut anywhere in transactions leave all of each or nothing, and the pool goes on',
  async () => {
    await using bench = await openCut()
    const { db, cut, proxy } = bench
    proxy.cut({ commits: 0.15, statements: 0.05 })
    const committed = new Set<number>()
    let n = 0
    const insertPairs = async () => {
      while (n < 300) {
        const pair = n++
        await cut
          .tx(async (tx) => {
            await tx.run('insert into pairs values ($1)', [pair])
            // Long enough for the connection to be gone when the next statement is said.
            if (pair % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 3))
            // As a store does that tells its own error from others.
            if (pair % 7 === 0) await tx.all('select 1').catch(() => {})
            await tx.run('insert into pairs values ($1)', [pair])
          })
          .then(
            () => committed.add(pair),
            () => {},
          )
      }
    }
    await Promise.all([1, 2, 3, 4, 5, 6].map(insertPairs))
    expect(proxy.counts().commits).toBeGreaterThan(0)
    expect(proxy.counts().statements).toBeGreaterThan(0)
    proxy.cut({ commits: 0, statements: 0 })
    expect(await cut.all<{ n: number }>('select 1 as n')).toMatchObject([{ n: 1 }])
    const found = await db.all<{ n: number; count: number }>(
      'select n, count(*) as count from pairs group by n',
    )
    expect(found.filter(({ count }) => count !== 2)).toEqual([])
    const written = new Set(found.map((row) => row.n))
    expect([...committed].filter((pair) => !written.has(pair))).toEqual([])
  },
)

test.skipIf(!hasServer)(
  'what goes on after its transaction has lost its connection writes nothing',
  async () => {
    await using bench = await openCut()
    const { db, cut, proxy } = bench
    const goOn = Promise.withResolvers<void>()
    const late = Promise.withResolvers<unknown>()
    proxy.cut({ commits: 0, statements: 1 })
    const failed = rejection(
      cut.tx(async (tx) => {
        await tx.run('insert into pairs values (1)').catch(() => {})
        proxy.cut({ commits: 0, statements: 0 })
        await goOn.promise
        late.resolve(await rejection(tx.run('insert into pairs values (2)')))
      }),
    )
    expect(await failed).toMatchObject({ code: 'CONNECTION_CLOSED' })
    // Its place in the pool is taken by another connection.
    for (let n = 0; n < 4; n++) await cut.all('select 1')
    goOn.resolve()
    expect(await late.promise).toMatchObject({ code: 'CONNECTION_CLOSED' })
    expect(await db.all('select n from pairs')).toMatchObject([])
  },
)

test.skipIf(!hasServer)(
  'a mistake in the middle of a transaction is rolled back on the same connection',
  async () => {
    await using bench = await openCut()
    const { db, cut } = bench
    const mistake = new Error('a mistake')
    const failed = cut.tx(async (tx) => {
      await tx.run('insert into pairs values (1)')
      throw mistake
    })
    expect(await rejection(failed)).toBe(mistake)
    expect(await db.all('select n from pairs')).toMatchObject([])
  },
)
