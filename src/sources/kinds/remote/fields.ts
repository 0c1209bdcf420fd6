import { secretText, t } from '../../../lib/schema.ts'

/** No command or line of a protocol can be begun within such a text. */
const printable = '^[^\\u0000-\\u001f\\u007f]+$'

export const hostField = (example: string) =>
  t.String({
    minLength: 1,
    maxLength: 253,
    pattern: '^[A-Za-z0-9._:-]+$',
    description: 'Name or address of the server, without user, port and path.',
    examples: [example],
  })

export const portField = (usual: string) =>
  t.Integer({ minimum: 1, maximum: 65_535, description: `Left out: ${usual}.` })

export const usernameField = (usual: string | null) =>
  t.String({
    minLength: 1,
    maxLength: 255,
    pattern: printable,
    ...(usual !== null && { description: `Left out: ${usual}.` }),
  })

export const passwordText = (description: string) =>
  secretText({ maxLength: 1024, pattern: printable, description })

export const remotePath = t.String({
  minLength: 1,
  maxLength: 4096,
  pattern: printable,
  description:
    'Path on the server of the file, or of a folder of which the newest file is taken. Without / at its beginning it counts from the folder that one is in after logging in.',
  examples: ['/out/prices'],
})

export const idleSecondsDefault = 60
export const timeoutSecondsDefault = 1800

/** How long a server may take. */
export const timeFields = {
  idle_seconds: t.Optional(
    t.Number({
      minimum: 1,
      maximum: 600,
      description: `Longest time in which the server says nothing, while an answer or bytes are waited for; ${idleSecondsDefault} when left out.`,
    }),
  ),
  timeout_seconds: t.Optional(
    t.Number({
      minimum: 1,
      maximum: 3600,
      description: `How long all of it may take; ${timeoutSecondsDefault} when left out.`,
    }),
  ),
}
