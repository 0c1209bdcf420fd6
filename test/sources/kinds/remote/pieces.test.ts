import { expect, test } from 'bun:test'
import { UnavailableError } from '../../../../src/lib/errors.ts'
import { piecesOf } from '../../../../src/sources/kinds/remote/pieces.ts'
import {
  CannotResume,
  type RemoteFile,
  type RemoteSession,
} from '../../../../src/sources/kinds/remote/session.ts'
import { rejection } from '../../../helpers/open-database.ts'

const sizeBytes = 20_000
const cutAt = 10_000

/** A server that cuts the file, and puts another one of the same size and beginning in its place. */
async function bytesThrough(modifiedAt: Date | null): Promise<number> {
  const file: RemoteFile = {
    folder: '/',
    name: 'list.csv',
    shownName: 'list.csv',
    path: 'list.csv',
    url: 'list.csv',
    sizeBytes,
    modifiedAt,
  }
  let reads = 0
  const session: RemoteSession = {
    isOpen: true,
    folder: async () => null,
    fileAt: async () => file,
    fileOf: async () => file,
    again: async () => file,
    async *read(_, from) {
      const whole = Buffer.alloc(sizeBytes, reads === 0 ? 'a' : 'b').fill('a', 0, cutAt)
      if (reads++ > 0) return yield whole.subarray(from)
      yield whole.subarray(from, cutAt)
      throw new UnavailableError('cut_off', 'It was cut off.')
    },
    close() {},
  }
  const line = { session: async () => session, close() {} }
  const { signal } = new AbortController()
  const pieces = piecesOf(line, file, { onProgress: () => {}, bytesEnough: null, signal })
  return Buffer.concat(await Array.fromAsync(pieces)).length
}

test('a file whose time is not known is not gone on with after a cut', async () => {
  expect(await rejection(bytesThrough(null))).toBeInstanceOf(CannotResume)
  // A server that says the same time of both is believed.
  expect(await bytesThrough(new Date(0))).toBe(sizeBytes)
})
