import { type Static, secretText, t } from '../../../lib/schema.ts'
import { choiceFields } from '../choose-file.ts'
import { keyPath } from '../key-file.ts'
import {
  hostField,
  passwordText,
  portField,
  remotePath,
  timeFields,
  usernameField,
} from '../remote/fields.ts'
import { fingerprintPattern } from './host-key.ts'

export const sftpPort = 22

export const SftpConfig = t.Object(
  {
    host: hostField('sftp.example.com'),
    port: t.Optional(portField(`${sftpPort}`)),
    username: usernameField(null),
    password: t.Optional(passwordText('Left out: a key is used.')),
    private_key: t.Optional(
      secretText({
        pattern: '-----BEGIN [A-Z ]*PRIVATE KEY-----',
        description: 'Private key as text (OpenSSH or PEM).',
      }),
    ),
    private_key_file: t.Optional(keyPath('File of the private key, instead of the key itself.')),
    passphrase: t.Optional(secretText({ maxLength: 1024, description: 'Of the private key.' })),
    host_key: t.Optional(
      t.String({
        pattern: fingerprintPattern,
        description:
          'Fingerprint of the key that the server has to show, as ssh-keygen -l writes it. Left out: the one that it shows first is kept, and each later one compared with it.',
        examples: ['SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s'],
      }),
    ),
    path: remotePath,
    ...choiceFields,
    ...timeFields,
  },
  { additionalProperties: false, title: 'SftpSource' },
)
export type SftpConfig = Static<typeof SftpConfig>
