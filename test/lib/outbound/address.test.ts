import { expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  embedded,
  isMetadata,
  parseAddress,
  parseNetwork,
  reservation,
} from '../../../src/lib/outbound/address.ts'

const read = (text: string) => parseAddress(text) ?? expect.unreachable(text)

/** The last and the first address of what is refused, and their neighbours that are not. */
const refused = `0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.0 127.255.255.255
  168.63.129.16 169.254.0.0 169.254.255.255 172.16.0.0 172.31.255.255 192.0.0.0 192.0.2.1 192.88.99.1 192.168.0.0
  192.168.255.255 198.18.0.0 198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.255 240.0.0.1
  255.255.255.255 :: ::1 ::8.8.8.8 ::ffff:8.8.8.8 ::ffff:0:8.8.8.8 64:ff9b::8.8.8.8 64:ff9b:1::1 100::1 2001::1
  2001:1ff:ffff::1 2001:db8::1 2002:808:808::1 3ffe::1 3fff::1 4000::1 5f00::1 fbff::1 fc00::1 fdff::1 fe80::1
  febf::1 fec0::1 feff::1 ff02::1 1fff::1`
const taken = `1.0.0.0 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
  168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0
  198.17.255.255 198.20.0.0 223.255.255.255 2000::1 2001:200::1 2003::1 2606:4700::1111 3ffd::1`

test('what is private, local, reserved or leads to IPv4 is not of the public internet; its neighbours are', () => {
  for (const text of refused.split(/\s+/)) expect([text, reservation(read(text))]).not.toEqual([text, null])
  for (const text of taken.split(/\s+/)) expect([text, reservation(read(text))]).toEqual([text, null])
})

test('where a cloud keeps credentials is known, in IPv6 too', () => {
  for (const text of [
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::',
    'fd00:ec2::254',
    '100.100.100.200',
  ])
    expect([text, isMetadata(read(text))]).toEqual([text, true])
  expect(isMetadata(read('169.254.1.1'))).toBe(false)
})

test('the IPv4 address within an IPv6 address is found', () => {
  const inner = { family: 4, bits: 0x7f_00_00_01n } as const
  for (const text of [
    '::ffff:127.0.0.1',
    '::7f00:1',
    '64:ff9b::127.0.0.1',
    '2002:7f00:1::',
    '2001::80ff:fffe',
  ])
    expect([text, embedded(read(text))]).toEqual([text, inner])
  expect(embedded(read('2606:4700::1'))).toBeNull()
})

test('what is no address, or one with a zone, is none', () => {
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '::g',
    '1::2::3',
    'fe80::1%eth0',
    '[::1]',
    '1.2.3.4 ',
  ])
    expect([text, parseAddress(text)]).toEqual([text, null])
  for (const text of ['10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/-1', '/8'])
    expect([text, parseNetwork(text)]).toEqual([text, null])
  expect(parseNetwork('::1')).toEqual({ family: 6, bits: 1n, prefix: 128 })
})

test('an address is the same number however it is written', () => {
  const group = fc.integer({ min: 0, max: 0xffff })
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), fc.boolean(), (groups, isUpper) => {
      const bits = groups.reduce((sum, each) => (sum << 16n) | BigInt(each), 0n)
      const plain = groups.map((each) => each.toString(16)).join(':')
      const long = groups.map((each) => each.toString(16).padStart(4, '0')).join(':')
      const [high, low] = [groups[6]!, groups[7]!]
      const dotted = `${plain.split(':').slice(0, 6).join(':')}:${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
      const short = new URL(`http://[${plain}]/`).hostname.slice(1, -1)
      for (const text of [plain, long, dotted, short])
        expect(parseAddress(isUpper ? text.toUpperCase() : text)).toEqual({ family: 6, bits })
    }),
  )
})
