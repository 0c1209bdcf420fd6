import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { consoleActor } from '../../src/auth/model.ts'
import { newId } from '../../src/lib/id.ts'
import { openSealer, sealedWith } from '../../src/lib/seal.ts'
import { checkConfig } from '../../src/sources/check.ts'
import { sourceFinder } from '../../src/sources/find.ts'
import { fetchSettingsDefault } from '../../src/sources/kinds/index.ts'
import { changeSource, makeSource, type SourceDraft } from '../../src/sources/make-source.ts'
import { givenConfig, hasConfig, keptConfig, wholeConfig } from '../../src/sources/secrets.ts'
import { sourceStore } from '../../src/sources/store.ts'
import { sourceView } from '../../src/sources/view.ts'
import { type Bench, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { testSealer } from '../helpers/sealer.ts'

const now = new Date('2026-11-22T09:00:00Z')
const url = 'https://shop.example/prices.csv'
const config = {
  url,
  username: 'anna',
  password: 'hunter2',
  secret_headers: { 'X-Api-Key': 'k-7654321', Cookie: 'a=b; c=d' },
}
const masked = {
  url,
  username: 'anna',
  password: '***',
  secret_headers: { 'X-Api-Key': '***', Cookie: '***' },
}
const keyless = openSealer({ key: null, olderKeys: [] })

/** A source of kind http as it is kept. */
function source(given: Record<string, unknown> = config, id = newId()) {
  return {
    id,
    name: 'daily',
    kind: 'http' as const,
    ...keptConfig(testSealer, { id, kind: 'http', config: given }),
  }
}

describe('a configuration', () => {
  test('is kept with its secrets apart and sealed, and is whole again for who fetches', () => {
    const kept = source()
    expect(kept.config).toEqual(masked)
    expect(sealedWith(kept.secrets!)).toBe(testSealer.keyId)
    expect(JSON.stringify(kept)).not.toMatch(/hunter2|7654321|a=b/)
    expect(wholeConfig(testSealer, kept)).toEqual(config)
  })

  test('without secrets needs no key', () => {
    expect(keptConfig(keyless, { id: 'a', kind: 'http', config: { url, secret_headers: {} } })).toEqual({
      config: { url, secret_headers: {} },
      secrets: null,
    })
    expect(() => keptConfig(keyless, { id: 'a', kind: 'http', config })).toThrow('"tallyman secrets key"')
  })

  test('of any secrets comes back as it was given', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' }).filter((one) => one !== '***')
    const name = fc.string({ minLength: 1 }).filter((one) => one !== '__proto__')
    const given = fc.record(
      {
        url: fc.constant(url),
        password: text,
        secret_query: fc.dictionary(name, text, { minKeys: 1, noNullPrototype: true }),
      },
      { requiredKeys: ['url'], noNullPrototype: true },
    )
    fc.assert(
      fc.property(given, (one) => {
        const kept = source(one)
        expect(wholeConfig(testSealer, kept)).toEqual(one)
        // What is shown of it, given again, changes nothing.
        expect(givenConfig(testSealer, { kind: 'http', config: kept.config }, kept)).toEqual(one)
        expect(hasConfig(testSealer, kept, { kind: 'http', config: one })).toBe(true)
        expect(hasConfig(testSealer, kept, kept)).toBe(true)
      }),
    )
  })

  test('is the same as another only with the same secrets', () => {
    const kept = source()
    const has = (differences: object) =>
      hasConfig(testSealer, kept, { kind: 'http', config: { ...config, ...differences } })
    expect(has({})).toBe(true)
    expect(has({ password: 'hunter3' })).toBe(false)
    expect(has({ url: `${url}?page=2` })).toBe(false)
    expect(has({ secret_headers: { 'X-Api-Key': 'k-7654321' } })).toBe(false)
    expect(has({ secret_headers: { 'X-Api-Key': '***', Cookie: 'a=b; c=d' } })).toBe(true)
  })
})

describe('"***"', () => {
  const given = (changed: Record<string, unknown>, before: ReturnType<typeof source> | null) =>
    givenConfig(testSealer, { kind: 'http', config: changed }, before)

  test('stands for the secret that there is, one by one', () => {
    const changed = { ...masked, password: 'new', secret_headers: { 'X-Api-Key': '***', New: 'x' } }
    expect(given(changed, source())).toEqual({
      ...config,
      password: 'new',
      secret_headers: { 'X-Api-Key': 'k-7654321', New: 'x' },
    })
  })

  test('is refused where there is none', () => {
    for (const [changed, key] of [
      [{ url, password: '***' }, 'password'],
      [{ url, secret_headers: { New: '***' } }, 'secret_headers.New'],
      [{ url, secret_headers: { constructor: '***' } }, 'secret_headers.constructor'],
    ] as const) {
      const failure = { code: 'secret_missing', message: expect.stringContaining(key) }
      expect(refusal(() => given(changed, null))).toMatchObject(failure)
      expect(refusal(() => given(changed, source({ url, token: 'abc' })))).toMatchObject(failure)
    }
  })

  test('does not follow a source to another server', () => {
    for (const elsewhere of ['https://evil.example/prices.csv', 'http://shop.example/prices.csv']) {
      expect(refusal(() => given({ ...masked, url: elsewhere }, source()))).toMatchObject({
        code: 'secret_needed_again',
        message: expect.stringContaining('secret_headers and password'),
      })
      expect(given({ url: elsewhere, password: 'new' }, source())).toMatchObject({ password: 'new' })
    }
    expect(given({ ...masked, url: 'https://shop.example/other.csv' }, source())).toMatchObject({
      password: 'hunter2',
    })
  })

  test('means nothing once the key is lost; what is given anew needs no key of before', () => {
    const stranger = openSealer({
      key: Buffer.from('another key of thirty-two bytes!').toString('hex'),
      olderKeys: [],
    })
    const kept = source()
    expect(refusal(() => givenConfig(stranger, { kind: 'http', config: masked }, kept))).toMatchObject({
      code: 'secret_key_unknown',
      message: expect.stringContaining('source "daily"'),
    })
    expect(givenConfig(stranger, { kind: 'http', config }, kept)).toEqual(config)
  })
})

test('a secret where it would be kept in the clear is refused, and never repeated', () => {
  const said = (differences: object) => ({ ...draft, config: { url, ...differences } })
  for (const [differences, place] of [
    [{ url: `${url}?api_key=AAA11111` }, 'secret_query'],
    [{ url: `${url}?page=2&key=AAA11111` }, 'secret_query'],
    [{ query: { token: 'AAA11111' } }, 'secret_query'],
    [{ method: 'POST', form: { password: 'AAA11111' } }, 'secret_form'],
    [{ method: 'POST', body: { login: { password: 'AAA11111' } } }, 'secret_body'],
  ] as const) {
    const { config: given, kind } = said(differences)
    const refused = refusal(() => checkConfig({ kind, config: given }, fetchSettingsDefault))
    expect(refused).toMatchObject({ code: 'secret_in_the_clear', message: expect.stringContaining(place) })
    expect(String(refused)).not.toContain('AAA11111')
  }
})

const rules = { fetchSettings: fetchSettingsDefault, sealer: testSealer, timeZone: 'UTC' }
const draft: SourceDraft = {
  supplier: 'Acme',
  name: 'daily',
  kind: 'http',
  config,
  schedule: null,
  timeZone: null,
  listMode: 'partial',
  currency: null,
  retryDelaysMs: null,
}

for (const engine of engines) {
  describe(engine, () => {
    test('a source is kept, shown and changed without its secrets', async () => {
      await using bench = await openBench(engine)
      const parts = { db: bench.db, actor: consoleActor, clock: { now: () => now }, rules }
      const { id } = await makeSource(parts, draft)
      expect(await shown(bench, id)).toMatchObject({ config: masked })
      await changeSource(parts, id, () => ({ config: { ...masked, password: '***', username: 'bert' } }))
      expect(await whole(bench, id)).toEqual({ ...config, username: 'bert' })
      await changeSource(parts, id, (before) => ({ config: { ...before.config, password: 'new' } }))
      expect(await whole(bench, id)).toEqual({ ...config, username: 'bert', password: 'new' })
      await changeSource(parts, id, () => ({ config: { url } }))
      expect(await sourceStore(bench.db).get(id)).toMatchObject({ config: { url }, secrets: null })
      const [row] = await bench.rows('select * from sources')
      expect(JSON.stringify(row)).not.toMatch(/hunter2|7654321/)
    })

    test('what else is changed of a source needs no key', async () => {
      await using bench = await openBench(engine)
      const clock = { now: () => now }
      const { id } = await makeSource({ db: bench.db, actor: consoleActor, clock, rules }, draft)
      const without = { db: bench.db, actor: consoleActor, clock, rules: { ...rules, sealer: keyless } }
      await changeSource(without, id, () => ({ schedule: '0 6 * * *', name: 'weekly' }))
      expect(await whole(bench, id)).toEqual(config)
      const config2 = { ...masked, url: `${url}?page=2` }
      await expect(changeSource(without, id, () => ({ config: config2 }))).rejects.toMatchObject({
        code: 'secret_key_unknown',
      })
      await expect(makeSource(without, { ...draft, name: 'other' })).rejects.toMatchObject({
        code: 'no_secret_key',
      })
    })

    test('the sealed secrets of a source open for no other one', async () => {
      await using bench = await openBench(engine)
      const parts = { db: bench.db, actor: consoleActor, clock: { now: () => now }, rules }
      const [one, other] = [await makeSource(parts, draft), await makeSource(parts, { ...draft, name: 'b' })]
      await bench.db.tx((tx) =>
        tx.run('update sources set secrets = $2 where id = $1', [other.id, one.secrets]),
      )
      await expect(whole(bench, other.id)).rejects.toMatchObject({ code: 'secret_damaged' })
    })
  })
}

async function whole({ db }: Bench, id: string) {
  const found = await sourceStore(db).get(id)
  return wholeConfig(testSealer, found!)
}

async function shown({ db }: Bench, id: string) {
  const found = await sourceStore(db).get(id)
  const context = await sourceFinder(db).context([id])
  return sourceView(found!, context.get(id)!, { now, timeZone: 'UTC' })
}

function refusal(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('It was not refused.')
}
