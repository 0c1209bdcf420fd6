import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { formsOf } from '../../../scripts/lib/faults/forbidden-addresses.ts'
import { addressesOf, canonicalHost } from '../../../src/lib/outbound/host.ts'
import { privateHosts } from '../../../src/lib/outbound/private-hosts.ts'
import { rejection } from '../../helpers/open-database.ts'

const resolve = (host: string, found: string[], allow: string[] = []) =>
  addressesOf(canonicalHost(host), {
    allowed: privateHosts(allow),
    lookup: async () => found,
    signal: new AbortController().signal,
    timeoutMs: 20_000,
  })
const notAllowed = { name: 'ForbiddenError', code: 'address_not_allowed' }

test('a host is the same however it is written', () => {
  for (const text of [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.01',
    '127.0.0.1.',
    '１２７.0.0.1',
    '127。0。0。1',
  ])
    expect([text, canonicalHost(text)]).toEqual([text, '127.0.0.1'])
  expect(canonicalHost('Prices.EXAMPLE.com.')).toBe('prices.example.com')
  expect(canonicalHost('bücher.example')).toBe('xn--bcher-kva.example')
  for (const text of ['::1', '[::1]', '0:0::0:1']) expect(canonicalHost(text)).toBe('::1')
})

test('what holds more than a host is none', () => {
  for (const text of [
    '',
    ' ',
    'a b',
    'a/b',
    'a:80',
    'user@a',
    'a?b',
    'a#b',
    '%31.2.3.4',
    'a\\b',
    '1.2.3.256',
    '[::1]:80',
    'fe80::1%eth0',
    'a\r\nb',
  ])
    expect(() => canonicalHost(text)).toThrow(expect.objectContaining({ code: 'invalid_host' }))
})

test('all addresses of a name have to be allowed, and those of IPv4 come first', async () => {
  expect(await resolve('a.example', ['2606:4700::1', '8.8.8.8'])).toEqual(['8.8.8.8', '2606:4700::1'])
  expect(await rejection(resolve('a.example', ['8.8.8.8', '10.0.0.7']))).toMatchObject({
    ...notAllowed,
    message:
      'a.example leads to 10.0.0.7, which is private, and may not be connected to. If lists are to be fetched from there, name the host in TALLYMAN_PRIVATE_HOSTS.',
  })
  expect(await rejection(resolve('a.example', ['fe80::1%eth0']))).toMatchObject(notAllowed)
  expect(await rejection(resolve('a.example', []))).toMatchObject({ code: 'host_not_found' })
})

test('private hosts are allowed by name, address and network', async () => {
  const inner = ['10.1.2.3']
  for (const allow of ['nas.lan', 'NAS.lan.', '10.1.2.3', '10.1.0.0/16'])
    expect([allow, ...(await resolve('nas.lan', inner, [allow]))]).toEqual([allow, ...inner])
  for (const allow of ['nas', 'other.lan', '10.2.0.0/16', 'lan'])
    expect(await rejection(resolve('nas.lan', inner, [allow]))).toMatchObject(notAllowed)
  // A name that is allowed says nothing about the address for those who give that, or another name.
  expect(await rejection(resolve('10.1.2.3', [], ['nas.lan']))).toMatchObject(notAllowed)
  expect(await resolve('::1', [], ['::1'])).toEqual(['::1'])
})

test('an address that leads to another one is allowed with both of them', async () => {
  expect(await rejection(resolve('64:ff9b::10.0.0.1', [], ['64:ff9b::/96']))).toMatchObject(notAllowed)
  expect(await resolve('64:ff9b::10.0.0.1', [], ['64:ff9b::/96', '10.0.0.0/8'])).toHaveLength(1)
  expect(await resolve('64:ff9b::8.8.8.8', [], ['64:ff9b::/96'])).toHaveLength(1)
})

test('where a cloud keeps credentials nobody may connect to, whatever is allowed', async () => {
  const everything = ['0.0.0.0/0', '::/0', 'cloud.example']
  for (const text of ['169.254.169.254', 'fd00:ec2::254', '::ffff:169.254.169.254'])
    for (const host of [text, 'cloud.example'])
      expect(await rejection(resolve(host, [text], everything))).toMatchObject(notAllowed)
})

test('an address that may not be connected to may not be in any notation, nor behind any name', async () => {
  const octet = fc.integer({ min: 0, max: 255 })
  const forbidden = fc.oneof(
    ...[[10], [127], [0], [192, 168], [169, 254], [172, 20], [100, 80], [198, 18], [224], [255]].map(
      (begin) =>
        fc
          .array(octet, { minLength: 4 - begin.length, maxLength: 4 - begin.length })
          .map((end) => [...begin, ...end].join('.')),
    ),
  )
  await fc.assert(
    fc.asyncProperty(forbidden, async (text) => {
      for (const { host, address } of formsOf(text)) {
        const given = decodeURIComponent(host)
        expect([host, await rejection(resolve(given, []))]).toMatchObject([host, notAllowed])
        expect([host, await rejection(resolve('a.example', [address]))]).toMatchObject([host, notAllowed])
      }
    }),
  )
})

test('where a cloud keeps credentials nobody is told how to allow it', async () => {
  expect(await rejection(resolve('169.254.169.254', []))).toMatchObject({
    message:
      '169.254.169.254 is where a cloud keeps the credentials of its machines, and may not be connected to.',
  })
})

test('a name that nobody answers for is waited for so long, and no longer than its caller does', async () => {
  const options = {
    allowed: privateHosts([]),
    lookup: () => new Promise<string[]>(() => {}),
    signal: new AbortController().signal,
    timeoutMs: 1,
  }
  expect(await rejection(addressesOf('a.example', options))).toMatchObject({ code: 'timed_out' })
  const stop = new AbortController()
  const asked = addressesOf('a.example', { ...options, timeoutMs: 100_000, signal: stop.signal })
  stop.abort(new Error('enough'))
  expect(String(await rejection(asked))).toBe('Error: enough')
})

test('a name that is none is said to be so', async () => {
  expect(
    await rejection(
      addressesOf('nothing.invalid', {
        allowed: privateHosts([]),
        lookup: async () => {
          throw Object.assign(new Error('x'), { code: 'ENOTFOUND' })
        },
        signal: new AbortController().signal,
        timeoutMs: 20_000,
      }),
    ),
  ).toMatchObject({
    code: 'host_not_found',
    message: 'There is no host "nothing.invalid"; check how it is written.',
  })
})
