import { scrypt } from 'node:crypto'
import type { Origin } from '../../../imports/model.ts'
import { isChecked } from '../../../lib/checked.ts'
import { type Static, t } from '../../../lib/schema.ts'
import type { ListRequest } from './request.ts'

/**
 * What a source has learned of the request that its last list came with. The address that is shown does not tell one
 * dealer of a shop from another: their credentials do, and the list of each may have the same Last-Modified.
 */
const KnownRequest = t.Object({
  /** A digest, as hex. */
  request: t.String(),
})
type KnownRequest = Static<typeof KnownRequest>

/** @param list that came */
export const withRequest = async (request: ListRequest, list: Origin): Promise<KnownRequest> => ({
  request: await digestOf(request, list),
})

/** Whether it is known that a list came with this very request. */
export const isWithRequest = async (learned: unknown, request: ListRequest, list: Origin): Promise<boolean> =>
  isChecked(KnownRequest, learned) && learned.request === (await digestOf(request, list))

/**
 * It holds credentials, and is not sealed: a slow digest (scrypt, 50 ms and 16 MiB a guess), so that a short password
 * cannot be tried out from it as it could from an HMAC.
 */
function digestOf(
  { url, method, headers }: ListRequest,
  { etag, lastModified }: Pick<Origin, 'etag' | 'lastModified'>,
): Promise<string> {
  const sent = JSON.stringify([method, url.href, Object.entries(headers).sort()])
  return new Promise((resolve, reject) => {
    scrypt(sent, JSON.stringify([etag, lastModified]), digestBytes, (error, digest) =>
      // Bun says undefined where Node says null.
      error ? reject(error) : resolve(digest.toString('hex')),
    )
  })
}

const digestBytes = 16
