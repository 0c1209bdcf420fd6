/** One way of writing an address that nothing may be connected to. */
export interface ForbiddenForm {
  /** As the host of a URL, with brackets where it has colons. */
  host: string
  /** The address that a machine would connect to, in the usual notation. */
  address: string
}

/** This machine, its networks, what clouds keep beside it, and what is no machine at all. */
const forbiddenV4 = `127.0.0.1 127.1.2.3 0.0.0.0 10.0.0.1 10.255.255.254 172.16.0.1 172.31.255.254 192.168.0.1
  192.168.178.1 169.254.169.254 169.254.0.1 169.254.170.2 100.64.0.1 100.100.100.200 192.0.0.192 192.0.2.1 198.18.0.1
  198.51.100.1 203.0.113.1 168.63.129.16 192.88.99.1 224.0.0.1 240.0.0.1 255.255.255.255`.split(/\s+/)

const forbiddenV6 = `::1 :: fe80::1 fe80::a9fe:a9fe fec0::1 fc00::1 fd00::1 fd00:ec2::254 fd20:ce::254 ff02::1
  2001:db8::1 2001:10::1 100::1 3fff::1 5f00::1 4000::1`.split(/\s+/)

/** Each of these addresses in each of the notations that programs understand: some hundreds. */
export const forbiddenForms: readonly ForbiddenForm[] = [
  ...forbiddenV4.flatMap(formsOf),
  ...forbiddenV6.flatMap((address) =>
    [address, address.toUpperCase(), groupsOf(address).join(':')].map((text) => ({
      host: `[${text}]`,
      address,
    })),
  ),
]

/** An IPv4 address in every notation, those of IPv6 that mean it or lead to it too. */
export function formsOf(address: string): ForbiddenForm[] {
  return [...writtenAsV4(address).map((host) => ({ host, address })), ...writtenAsV6(address)]
}

function writtenAsV4(address: string): string[] {
  const [a, b, c, d] = address.split('.').map(Number) as [number, number, number, number]
  const whole = ((a * 256 + b) * 256 + c) * 256 + d
  const hex = (value: number) => `0x${value.toString(16)}`
  const octal = (value: number) => `0${value.toString(8)}`
  return [
    address,
    `${address}.`,
    String(whole),
    hex(whole),
    `0x${whole.toString(16).padStart(8, '0').toUpperCase()}`,
    octal(whole),
    [a, b, c, d].map(hex).join('.'),
    [a, b, c, d].map(octal).join('.'),
    [a, b, c, d].map((part) => `000${octal(part)}`).join('.'),
    `${hex(a)}.${octal(b)}.${c}.${d}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    `${hex(a)}.${hex((b * 256 + c) * 256 + d)}.`,
    // Digits of other scripts, and another dot: URLs turn them into these.
    address.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    address.replaceAll('.', '。'),
    encodeURIComponent(address).replace(/\d/g, (digit) => `%3${digit}`),
  ]
}

/** An IPv6 address that means this one, or leads to it. */
function writtenAsV6(address: string): ForbiddenForm[] {
  const [a, b, c, d] = address.split('.').map(Number) as [number, number, number, number]
  const high = (a * 256 + b).toString(16)
  const low = (c * 256 + d).toString(16)
  const turned = [a * 256 + b, c * 256 + d].map((part) => (part ^ 0xff_ff).toString(16))
  return [
    `::ffff:${address}`,
    `::ffff:${high}:${low}`,
    `0:0:0:0:0:FFFF:${high}:${low}`,
    `::${high}:${low}`,
    `::ffff:0:${high}:${low}`,
    `64:ff9b::${address}`,
    `64:ff9b::${high}:${low}`,
    `64:ff9b:1::${high}:${low}`,
    `2002:${high}:${low}::1`,
    `2001:0:5ef5:79fd:0:59d:${turned.join(':')}`,
  ].map((text) => ({ host: `[${text}]`, address: text.toLowerCase() }))
}

/** All eight groups, four digits each. */
function groupsOf(address: string): string[] {
  const [head = '', tail = ''] = address.split('::').map((part) => part)
  const before = head === '' ? [] : head.split(':')
  const after = tail === '' ? [] : tail.split(':')
  const missing = Array<string>(8 - before.length - after.length).fill('0')
  return [...before, ...missing, ...after].map((group) => group.padStart(4, '0'))
}
