import { describe, expect, test } from 'bun:test'
import { consoleActor } from '../../src/auth/model.ts'
import { newId } from '../../src/lib/id.ts'
import { newKey, openSealer, sealedWith } from '../../src/lib/seal.ts'
import { resealSources, sealedSources } from '../../src/sources/sealed.ts'
import { type Bench, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { addSource } from '../helpers/sources.ts'

const old = newKey()
const current = newKey()
const before = openSealer({ key: old, olderKeys: [] })
const after = openSealer({ key: current, olderKeys: [old] })
const stranger = openSealer({ key: newKey(), olderKeys: [] })
const signal = new AbortController().signal
const text = '{"password":"hunter2"}'

for (const engine of engines) {
  describe(engine, () => {
    test('secrets are sealed anew with the current key, in batches, and each once', async () => {
      await using bench = await openBench(engine)
      const ids = await Promise.all(
        Array.from({ length: 130 }, (_, n) => add(bench, `list ${n}`, (id) => before.seal(text, id))),
      )
      await addSource(bench.db, { name: 'without' })
      expect(
        await resealSources(bench.db, after, {
          signal,
          actor: consoleActor,
          clock: { now: () => new Date() },
        }),
      ).toEqual({
        resealed: 130,
        current: 0,
        failed: [],
      })
      for (const id of ids) {
        const sealed = await secretsOf(bench, id)
        expect(sealedWith(sealed)).toBe(after.keyId)
        expect(after.open(sealed, { about: id, of: 'them' })).toBe(text)
      }
      const first = await secretsOf(bench, ids[0]!)
      expect(
        await resealSources(bench.db, after, {
          signal,
          actor: consoleActor,
          clock: { now: () => new Date() },
        }),
      ).toEqual({
        resealed: 0,
        current: 130,
        failed: [],
      })
      expect(await secretsOf(bench, ids[0]!)).toBe(first)
    })

    test('sealing anew goes on where it was ended, and leaves what it cannot open', async () => {
      await using bench = await openBench(engine)
      const done = await add(bench, 'done', (id) => after.seal(text, id))
      const lost = await add(bench, 'lost', (id) => stranger.seal(text, id))
      const moved = await add(bench, 'moved', () => before.seal(text, done))
      const open = await add(bench, 'open', (id) => before.seal(text, id))
      const found = await resealSources(bench.db, after, {
        signal,
        actor: consoleActor,
        clock: { now: () => new Date() },
      })
      expect(found).toMatchObject({ resealed: 1, current: 1 })
      expect(found.failed.map(({ name }) => name).sort()).toEqual(['lost', 'moved'])
      expect(sealedWith(await secretsOf(bench, lost))).toBe(stranger.keyId)
      expect(sealedWith(await secretsOf(bench, moved))).toBe(before.keyId)
      expect(sealedWith(await secretsOf(bench, open))).toBe(after.keyId)
    })

    test('it is said which source needs which key', async () => {
      await using bench = await openBench(engine)
      const moved = newId()
      await add(bench, 'a', (id) => after.seal(text, id))
      await add(bench, 'b', (id) => before.seal(text, id))
      await add(bench, 'c', (id) => stranger.seal(text, id))
      await add(bench, 'd', () => after.seal(text, moved))
      await add(bench, 'e', () => text)
      expect(
        (await sealedSources(bench.db, after)).map(({ name, keyId, state }) => [name, keyId, state]),
      ).toEqual([
        ['a', after.keyId, 'current'],
        ['b', before.keyId, 'older'],
        ['c', stranger.keyId, 'key_unknown'],
        ['d', after.keyId, 'damaged'],
        ['e', null, 'damaged'],
      ])
    })

    test('nothing is sealed anew without a key', async () => {
      await using bench = await openBench(engine)
      await add(bench, 'a', (id) => before.seal(text, id))
      const keyless = openSealer({ key: null, olderKeys: [old] })
      await expect(
        resealSources(bench.db, keyless, { signal, actor: consoleActor, clock: { now: () => new Date() } }),
      ).rejects.toMatchObject({
        code: 'no_secret_key',
      })
    })
  })
}

async function add({ db }: Bench, name: string, sealed: (id: string) => string): Promise<string> {
  const id = newId()
  return addSource(db, { id, name, secrets: sealed(id) })
}

async function secretsOf(bench: Bench, id: string): Promise<string> {
  const [row] = await bench.rows(`select secrets from sources where id = '${id}'`)
  return String(row!.secrets)
}
