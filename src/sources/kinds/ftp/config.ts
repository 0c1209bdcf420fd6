import { type Static, t } from '../../../lib/schema.ts'
import { choiceFields } from '../choose-file.ts'
import {
  hostField,
  passwordText,
  portField,
  remotePath,
  timeFields,
  usernameField,
} from '../remote/fields.ts'

/** Ports of FTP, and of FTP with TLS from the first byte on. */
export const ftpPorts = { none: 21, explicit: 21, implicit: 990 } as const

export const FtpConfig = t.Object(
  {
    host: hostField('ftp.example.com'),
    port: t.Optional(portField('21, or 990 with implicit TLS')),
    tls: t.Optional(
      t.Union([t.Literal('none'), t.Literal('explicit'), t.Literal('implicit')], {
        description:
          'Whether the connection is encrypted: from the first command on (explicit, the usual FTPS), from the first byte on (implicit, the older one), or not at all. Left out: none; then user, password and list can be read on the way.',
      }),
    ),
    certificate: t.Optional(
      t.String({
        minLength: 1,
        maxLength: 100_000,
        pattern: '^\\s*-----BEGIN CERTIFICATE-----[\\x09\\x0a\\x0d\\x20-\\x7e]+$',
        description:
          'Certificate (PEM) that the server has, or that its own is signed by, where nobody who is generally known has signed it.',
      }),
    ),
    username: t.Optional(usernameField('anonymous')),
    password: t.Optional(passwordText('Left out: the one that servers expect of anonymous users.')),
    path: remotePath,
    ...choiceFields,
    ...timeFields,
  },
  { additionalProperties: false, title: 'FtpSource' },
)
export type FtpConfig = Static<typeof FtpConfig>
