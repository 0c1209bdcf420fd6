import { expect, test } from 'bun:test'
import { clientAddress, isProxy, limitedAddress } from '../../src/auth/address.ts'
import { checkPassword } from '../../src/auth/password-rules.ts'
import { openPasswords } from '../../src/auth/passwords.ts'
import { secretLine } from '../../src/cli/input.ts'
import { parseNetwork } from '../../src/lib/outbound/address.ts'

test('a password that anybody would try first is refused, and one of a few words is not', () => {
  const refusal = (password: string, name = 'Ada Lovelace') => {
    try {
      checkPassword(password, name)
      return null
    } catch (error) {
      return Object(error).code
    }
  }
  for (const weak of [
    'short',
    'elevenchars',
    'x'.repeat(257),
    'aaaaaaaaaaaa',
    'abababababab',
    'password1234',
    'Password-2026!',
    'P4ssw0rd12345',
    '123456789012',
    'qwertyuiop12',
    'Ada Lovelace1',
    'AdaLovelace2026',
    'tallyman-admin',
    'Willkommen2026',
  ])
    expect([weak, refusal(weak)]).toEqual([weak, 'weak_password'])
  for (const good of [
    'winter marble canoe',
    'Tr0ub4dor&3xyz',
    'kaffeetasse-gummi',
    '🦊🐢🦉🐙🦀🐝🦋🐌🐞🦂🐡🐠',
  ])
    expect([good, refusal(good)]).toEqual([good, null])
})

test('a password fits its own hash alone, however its letters are composed', async () => {
  const passwords = openPasswords()
  const hash = await passwords.hash('größe und weite')
  expect(hash).toStartWith('$argon2id$v=19$m=19456,t=2,p=1$')
  expect(await passwords.verify('größe und weite'.normalize('NFD'), hash)).toBe(true)
  expect(await passwords.verify('größe und Weite', hash)).toBe(false)
  expect(await passwords.verify('größe und weite', null)).toBe(false)
  expect([passwords.isOutdated(hash), passwords.isOutdated(hash.replace('t=2', 't=1'))]).toEqual([
    false,
    true,
  ])
})

test('two are worked on at once, some wait, and the rest is told to come again', async () => {
  const passwords = openPasswords()
  const hash = await passwords.hash('winter marble canoe')
  const outcomes = await Promise.allSettled(
    Array.from({ length: 40 }, () => passwords.verify('winter marble canoe', hash)),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(26)
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'sign_in_busy', retryAfterMs: 2000 },
  })
  expect(await passwords.verify('winter marble canoe', hash)).toBe(true)
})

test('the address of a client is what the last proxy of ours was told', () => {
  const proxies = ['10.0.0.0/8', '2001:db8::/32'].map((text) => parseNetwork(text)!)
  const cases: [string | null, string | null, string | null][] = [
    ['198.51.100.1', null, '198.51.100.1'],
    ['198.51.100.1', '1.2.3.4', '198.51.100.1'],
    ['10.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['::ffff:10.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
    ['10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['10.0.0.1', '1.2.3.4, nonsense', '10.0.0.1'],
    ['10.0.0.1', '1.2.3.4:5678', '1.2.3.4'],
    ['10.0.0.1', '[2001:db9::1]:5678', '2001:db9::1'],
    ['10.0.0.1', '', '10.0.0.1'],
    [null, '1.2.3.4', null],
  ]
  for (const [peer, forwarded, address] of cases)
    expect([peer, forwarded, clientAddress(peer, forwarded, proxies)]).toEqual([peer, forwarded, address])
  // As a socket for both families names it.
  expect(isProxy('::ffff:10.0.0.1', proxies)).toBe(true)
  expect(isProxy('::ffff:11.0.0.1', proxies)).toBe(false)
  expect(limitedAddress('2001:db8:1:2:3:4:5:6')).toBe('2001:0db8:0001:0002::/64')
  expect(limitedAddress('198.51.100.1')).toBe('198.51.100.1')
})

test('a password is read from a terminal without being shown, or from a pipe', async () => {
  const keys = (...pieces: string[]) => {
    const modes: boolean[] = []
    const shown: string[] = []
    async function* typed() {
      for (const piece of pieces) yield Buffer.from(piece)
    }
    return {
      input: {
        isTTY: true,
        setRawMode: (isRaw: boolean) => modes.push(isRaw),
        [Symbol.asyncIterator]: typed,
      },
      modes,
      shown,
      write: (text: string) => shown.push(text),
    }
  }
  const { input, modes, shown, write } = keys('wix', '\u007f', 'nter\r', 'more')
  expect(await secretLine(input, write, 'Password: ')).toBe('winter')
  expect([modes, shown]).toEqual([
    [true, false],
    ['Password: ', '\n'],
  ])
  const interrupted = keys('win\u0003')
  expect(await secretLine(interrupted.input, interrupted.write, '')).toBe('')
  expect(await secretLine({ ...keys('winter\nmore').input, isTTY: false }, write, '')).toBe('winter')
})
