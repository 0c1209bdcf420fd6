import { randomUUID } from 'node:crypto'
import { hasEnded, ownIdentity } from '../lib/process-identity.ts'

/** A name for a temporary file that says who writes or reads it, so that it is known when nobody does any more. */
export const temporaryName = (ending = '') =>
  `${Buffer.from(ownIdentity()).toString('base64url')}.${randomUUID()}${ending}`

/** Whether the process that made a temporary file has surely ended. */
export const isLeftOver = (name: string): boolean =>
  hasEnded(Buffer.from(name.split('.')[0]!, 'base64url').toString())
