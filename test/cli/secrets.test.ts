import { describe, expect, test } from 'bun:test'
import { newId } from '../../src/lib/id.ts'
import { keyIdOf, newKey, openSealer } from '../../src/lib/seal.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { openUrl } from '../helpers/open-database.ts'
import { addSource } from '../helpers/sources.ts'

const old = newKey()
const key = newKey()

test('a new key is printed, and nothing else; with settings that are wrong, too', async () => {
  await using program = await openProgram('sqlite', { PORT: 'wrong' })
  const { code, out, err } = await program.run('secrets', 'key')
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/^[\w+/]{43}=\n$/)
  expect(out).not.toBe((await program.run('secrets', 'key')).out)
})

for (const engine of engines) {
  describe(engine, () => {
    test('keys rotate: the old one opens until everything is sealed with the new one', async () => {
      await using program = await openProgram(engine, {
        TALLYMAN_SECRET_KEY: key,
        TALLYMAN_SECRET_KEYS_OLD: old,
      })
      await program.run('migrate')
      expect((await program.run('secrets')).out).toContain('No source has secrets')
      await addSealed(program, 'daily', old)
      const before = await program.json<{ sources: object[] }>('secrets', 'check')
      expect([before.code, before.json]).toMatchObject([
        0,
        { key_id: keyIdOf(key), sources: [{ supplier: 'Acme', name: 'daily', state: 'older' }] },
      ])
      const rotated = await program.run('secrets', 'rotate')
      expect([rotated.code, rotated.out]).toEqual([
        0,
        `Sealed with key ${keyIdOf(key)}: 1 now, 0 before; 0 could not be opened.\n`,
      ])
      delete program.env.TALLYMAN_SECRET_KEYS_OLD
      const after = await program.run('secrets', 'check')
      expect([after.code, after.out]).toEqual([0, expect.stringContaining('current key')])
    })

    test('what cannot be opened is named, and the exit code says so', async () => {
      await using program = await openProgram(engine, { TALLYMAN_SECRET_KEY: key })
      await program.run('migrate')
      await addSealed(program, 'daily', old)
      const checked = await program.run('secrets', 'check')
      expect([checked.code, checked.out]).toEqual([3, expect.stringContaining('its key is not there')])
      const rotated = await program.run('secrets', 'rotate')
      expect(rotated.code).toBe(3)
      expect(rotated.err).toContain(keyIdOf(old))
      expect(rotated.err).toContain('source "daily"')
      expect(rotated.out + rotated.err).not.toContain(key)
    })
  })
}

async function addSealed({ url }: TestProgram, name: string, sealKey: string): Promise<void> {
  const db = await openUrl(url)
  try {
    const id = newId()
    const secrets = openSealer({ key: sealKey, olderKeys: [] }).seal('{"password":"hunter2"}', id)
    await addSource(db, { id, name, secrets })
  } finally {
    await db.close()
  }
}
