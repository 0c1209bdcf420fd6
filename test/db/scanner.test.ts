import { describe, expect, test } from 'bun:test'
import { openScanner } from '../../src/db/scanner.ts'
import { engines } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { openMigrated, rejection, silentLog } from '../helpers/open-database.ts'

/** Statements that keep a lane busy: for some seconds, and for longer than any test. */
const slow = {
  sqlite: (steps: number) =>
    `with recursive c(n) as (select 1 union all select n + 1 from c where n < ${steps}) select max(n) as n from c`,
  postgres: (steps: number) => `select pg_sleep(${steps / 10_000_000})::text, ${steps} as n`,
}
const aWhile = 2_000_000
const tooLong = 15_000_000

async function openLanes(engine: (typeof engines)[number], limits = { timeoutMs: 60_000, waitMs: 60_000 }) {
  const database = await openMigrated(engine)
  const scanner = await openScanner({ url: database.url, log: silentLog, ...limits })
  return {
    ...database,
    scanner,
    async [Symbol.asyncDispose]() {
      await scanner.close()
      await database[Symbol.asyncDispose]()
    },
  }
}

for (const engine of engines) {
  describe(engine, () => {
    test('reads what the database itself reads, parameters and all', async () => {
      await using lanes = await openLanes(engine)
      await lanes.db.run('insert into counters (name, value) values ($1, $2), ($3, $4)', [
        'a',
        1,
        'ü',
        2 ** 40,
      ])
      const ask = ['select name, value from counters where value >= $1 order by name', [1]] as const
      for (const lane of [lanes.scanner.pages, lanes.scanner.scans])
        expect(await lane.all(ask[0], [...ask[1]])).toEqual(await lanes.db.all(ask[0], [...ask[1]]))
      await lanes.db.run('insert into counters (name, value) values ($1, $2)', ['later', 3])
      expect(await lanes.scanner.pages.all('select * from counters')).toHaveLength(3)
    })

    test('a statement that is wrong is an error, and the next one is answered', async () => {
      await using lanes = await openLanes(engine)
      expect(String(await rejection(lanes.scanner.scans.all('select * from nothing')))).toContain('nothing')
      expect(await lanes.scanner.scans.all('select 1 as n')).toEqual([{ n: 1 }])
    })

    test('writes nothing', async () => {
      await using lanes = await openLanes(engine)
      if (engine === 'postgres') return
      const refused = await rejection(
        lanes.scanner.scans.all("insert into counters (name, value) values ('a', 1)"),
      )
      expect(String(refused)).toContain('readonly')
    })

    test('one lane does not wait for the other', async () => {
      await using lanes = await openLanes(engine)
      const order: string[] = []
      const scan = lanes.scanner.scans.all(slow[engine](aWhile)).then(() => order.push('scan'))
      await lanes.scanner.pages.all('select 1 as n').then(() => order.push('page'))
      await scan
      expect(order).toEqual(['page', 'scan'])
    })

    test('what takes too long is given up, and the lane goes on once it has ended', async () => {
      await using lanes = await openLanes(engine, { timeoutMs: 500, waitMs: 60_000 })
      const { scans } = lanes.scanner
      const waiting = scans.all(slow[engine](tooLong))
      // It waits behind the first on SQLite for longer than it may take itself.
      const behind = scans.all('select 1 as n')
      expect(await rejection(waiting)).toMatchObject({ code: 'query_timeout', retryAfterMs: 5000 })
      expect(await behind).toEqual([{ n: 1 }])
      expect(await scans.all('select 1 as n')).toEqual([{ n: 1 }])
    }, 60_000)
  })
}

for (const engine of engines)
  test(`${engine}: no more wait than may; the rest is told to come back`, async () => {
    await using lanes = await openLanes(engine)
    const { scans } = lanes.scanner
    const answers = [
      scans.all(slow[engine](aWhile)),
      ...Array.from({ length: 100 }, () => scans.all('select 1 as n')),
    ]
    expect(await rejection(scans.all('select 1 as n'))).toMatchObject({ code: 'too_many_queries' })
    expect(await Promise.all(answers)).toHaveLength(101)
    expect(await scans.all('select 1 as n')).toHaveLength(1)
  })

test('whose turn does not come in time is told to come back, and those behind are answered', async () => {
  await using lanes = await openLanes('sqlite', { timeoutMs: 60_000, waitMs: 1 })
  const { scans } = lanes.scanner
  const first = scans.all(slow.sqlite(aWhile))
  expect(await rejection(scans.all('select 1 as n'))).toMatchObject({
    code: 'too_many_queries',
    retryAfterMs: 2000,
  })
  expect(await first).toEqual([{ n: aWhile }])
  expect(await scans.all('select 1 as n')).toEqual([{ n: 1 }])
})

test('closing refuses what still waits', async () => {
  const database = await openMigrated('sqlite')
  const scanner = await openScanner({ url: database.url, log: silentLog })
  const asked = [scanner.scans.all(slow.sqlite(aWhile)), scanner.scans.all('select 1 as n')].map(rejection)
  await scanner.close()
  expect(await Promise.all(asked)).toMatchObject([{ code: 'stopping' }, { code: 'stopping' }])
  expect(await rejection(scanner.pages.all('select 1 as n'))).toMatchObject({ code: 'stopping' })
  await database[Symbol.asyncDispose]()
})

test('a search that walks past everything stops no other request, and is itself given up in the end', async () => {
  await using service = await openService('sqlite', { scan: { timeoutMs: 3000, waitMs: 3000 } })
  const order: string[] = []
  const walking = rejection(service.scanner.scans.all(slow.sqlite(4 * tooLong)))
  const search = service.json('/api/v1/items?contains=nothing').then((answer) => {
    order.push('search')
    return answer
  })
  for (const path of ['/livez', '/readyz', '/api/v1/items', '/api/v1/categories', '/swagger']) {
    const response = await service.fetch(path)
    expect([path, response.status]).toEqual([path, 200])
    order.push(path)
  }
  expect(await walking).toMatchObject({ code: 'query_timeout' })
  const { status, body, headers } = await search
  expect([status, headers.get('retry-after')]).toEqual([503, '2'])
  expect(body).toMatchObject({ code: 'too_many_queries' })
  expect(order.slice(0, 5)).toEqual(['/livez', '/readyz', '/api/v1/items', '/api/v1/categories', '/swagger'])
}, 60_000)
