import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { keyBytes, keyIdOf, newKey, openSealer, sealedWith } from '../../src/lib/seal.ts'

const key = newKey()
const sealer = openSealer({ key, olderKeys: [] })
const whose = { about: 'source 1', of: 'the secrets of source "daily"' }

test('what was sealed opens again, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, about) => {
      expect(sealer.open(sealer.seal(text, about), { ...whose, about })).toBe(text)
    }),
  )
})

test('the same text is sealed differently each time, and never legible', () => {
  const sealed = Array.from({ length: 50 }, () => sealer.seal('correct horse battery staple', 'source 1'))
  expect(new Set(sealed).size).toBe(50)
  for (const text of sealed) {
    expect(text).toStartWith(`v1.${keyIdOf(key)}.`)
    expect(Buffer.from(text.split('.')[2]!, 'base64url').toString('latin1')).not.toContain('horse')
  }
})

test('a sealed text says which key it needs, and nothing else does', () => {
  expect(sealedWith(sealer.seal('x', 'source 1'))).toBe(keyIdOf(key))
  expect(sealedWith('v1.short.x')).toBeNull()
  expect(sealedWith('{"password":"x"}')).toBeNull()
})

test('a sealed text opens for nobody else', () => {
  const sealed = sealer.seal('secret', 'source 1')
  expect(refusal(() => sealer.open(sealed, { ...whose, about: 'source 2' }))).toMatchObject({
    code: 'secret_damaged',
    message: expect.stringContaining('source "daily"'),
  })
})

test('a sealed text of which anything was changed does not open', () => {
  const sealed = sealer.seal('secret', 'source 1')
  const [version, id, text] = sealed.split('.') as [string, string, string]
  const bytes = Buffer.from(text, 'base64url')
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at]! ^= 1
    const said = `${version}.${id}.${changed.toString('base64url')}`
    expect(refusal(() => sealer.open(said, whose)).code).toBe('secret_damaged')
  }
  for (const cut of ['', 'v1', `v1.${id}.`, `v1.${id}.AAAA`, sealed.slice(0, -4), `v2.${id}.${text}`])
    expect(refusal(() => sealer.open(cut, whose)).code).toBe('secret_damaged')
})

describe('keys', () => {
  test('may be written as base64, base64url or hex', () => {
    const bytes = keyBytes(key)!
    for (const form of ['base64', 'base64url', 'hex'] as const) {
      expect(keyBytes(bytes.toString(form))).toEqual(bytes)
      expect(keyIdOf(bytes.toString(form))).toBe(keyIdOf(key))
    }
    expect(keyBytes(bytes.toString('hex').toUpperCase())).toEqual(bytes)
  })

  test('have 32 random bytes, and nothing else is one', () => {
    const bytes = keyBytes(key)!
    for (const none of [
      '',
      'password',
      bytes.subarray(1).toString('base64'),
      `${bytes.toString('hex')}0`,
      Buffer.alloc(32).toString('hex'),
      Buffer.from('abcdabcdabcdabcdabcdabcdabcdabcd').toString('base64'),
    ])
      expect(keyBytes(none)).toBeNull()
  })

  test('that are older open what they have sealed, and seal nothing', () => {
    const before = sealer.seal('secret', 'source 1')
    const next = newKey()
    const rotated = openSealer({ key: next, olderKeys: [newKey(), key] })
    expect(rotated.open(before, whose)).toBe('secret')
    expect(sealedWith(rotated.seal('secret', 'source 1'))).toBe(keyIdOf(next))
  })

  test('that are not there are named, with the text that needs them', () => {
    const sealed = sealer.seal('secret', 'source 1')
    const other = newKey()
    const unknown = refusal(() => openSealer({ key: other, olderKeys: [] }).open(sealed, whose))
    expect(unknown).toMatchObject({ name: 'ForbiddenError', code: 'secret_key_unknown' })
    expect(unknown.message).toContain(keyIdOf(key))
    expect(unknown.message).toContain(keyIdOf(other))
    expect(unknown.message).toContain('the secrets of source "daily"')
    expect(refusal(() => openSealer({ key: null, olderKeys: [] }).open(sealed, whose)).message).toContain(
      'TALLYMAN_SECRET_KEY is not set',
    )
  })

  test('are needed to seal anything, and made by a command', () => {
    expect(refusal(() => openSealer({ key: null, olderKeys: [key] }).seal('x', 'source 1'))).toMatchObject({
      name: 'InvalidError',
      code: 'no_secret_key',
      message: expect.stringContaining('"tallyman secrets key"'),
    })
  })
})

function refusal(work: () => unknown): Error & { code: string } {
  try {
    work()
  } catch (error) {
    // What is thrown there is an AppError, or fails the test.
    return error as Error & { code: string }
  }
  throw new Error('It was not refused.')
}

describe('marks', () => {
  test('know their text again by the key that made them, for what it was marked for, and are never twice the same', () => {
    const mark = sealer.mark('hunter2', 'request')
    expect(mark).not.toContain('hunter2')
    expect(sealer.mark('hunter2', 'request')).not.toBe(mark)
    const rotated = openSealer({ key: newKey(), olderKeys: [key] })
    const known = [sealer, rotated].map((each) => each.isMarked(mark, 'hunter2', 'request'))
    expect(known).toEqual([true, true])
    expect(sealer.isMarked(mark, 'hunter3', 'request')).toBe(false)
    expect(sealer.isMarked(mark, 'hunter2', 'other')).toBe(false)
    const keyless = openSealer({ key: null, olderKeys: [] })
    // Neither whoever has another key nor whoever has none can tell.
    expect(openSealer({ key: newKey(), olderKeys: [] }).isMarked(mark, 'hunter2', 'request')).toBe(false)
    const [salt, , digest] = mark.split('.')
    expect(keyless.isMarked(`${salt}.none.${digest}`, 'hunter2', 'request')).toBe(false)
    for (const none of ['', 'x', 'a.b', '..', `${mark}x`])
      expect(sealer.isMarked(none, 'hunter2', 'request')).toBe(false)
  })

  test('are salted where there is no key', () => {
    const keyless = openSealer({ key: null, olderKeys: [] })
    const mark = keyless.mark('text', 'request')
    expect(keyless.mark('text', 'request')).not.toBe(mark)
    expect([keyless.isMarked(mark, 'text', 'request'), keyless.isMarked(mark, 'texts', 'request')]).toEqual([
      true,
      false,
    ])
  })
})
