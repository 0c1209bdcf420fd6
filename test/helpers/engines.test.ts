import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { SQL } from 'bun'
import { engines, freshDatabaseUrl } from './engines.ts'

for (const engine of engines) {
  test(`${engine}: each fresh database is another one, and is gone afterwards`, async () => {
    const [first, second] = await Promise.all([freshDatabaseUrl(engine), freshDatabaseUrl(engine)])
    expect(first.url).not.toBe(second.url)
    for (const { url } of [first, second]) {
      await using sql = new SQL(url)
      await sql`create table item (id integer)`
      expect((await sql`select * from item`).length).toBe(0)
    }
    await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()])
    expect(await isThere(first.url)).toBe(false)
  })
}

async function isThere(url: string): Promise<boolean> {
  if (url.startsWith('sqlite:')) return existsSync(url.slice('sqlite:'.length))
  await using sql = new SQL(url, { max: 1 })
  return sql`select 1`.then(
    () => true,
    () => false,
  )
}
