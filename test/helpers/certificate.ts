import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'

/** A throw-away certificate that is signed by nobody but itself, and its key; both PEM. */
export interface Certificate {
  cert: string
  key: string
}

/**
 * Makes a certificate (X.509, P-256) for a test.
 * @param names DNS names and IPv4 addresses that it is for
 */
export function makeCertificate(names: readonly string[], validFor = { days: 1 }): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from(names[0]!)))))
  const day = 24 * 60 * 60 * 1000
  const begins = Date.now() + Math.min(0, validFor.days - 1) * day - day
  const validity = sequence(time(begins), time(begins + 2 * day))
  const alternatives = sequence(
    ...names.map((each) =>
      isIPv4(each) ? tagged(0x87, Buffer.from(each.split('.').map(Number))) : tagged(0x82, Buffer.from(each)),
    ),
  )
  const extensions = sequence(
    sequence(oid('551d11'), octets(alternatives)),
    sequence(oid('551d13'), octets(sequence(tagged(0x01, Buffer.of(0xff))))),
  )
  const algorithm = sequence(oid('2a8648ce3d040302'))
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.of(2))),
    tagged(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, extensions),
  )
  const signature = tagged(0x03, Buffer.concat([Buffer.of(0), sign('sha256', body, privateKey)]))
  const der = sequence(body, algorithm, signature)
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** DER: a tag, the length of what it holds, and that. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

const sequence = (...parts: Buffer[]) => tagged(0x30, Buffer.concat(parts))
const octets = (content: Buffer) => tagged(0x04, content)
const oid = (hex: string) => tagged(0x06, Buffer.from(hex, 'hex'))
const time = (at: number) =>
  tagged(0x18, Buffer.from(`${new Date(at).toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`))
