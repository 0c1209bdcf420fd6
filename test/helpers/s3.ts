import { randomUUID } from 'node:crypto'
import S3rver from '@20minutes/s3rver'
import type { Bucket } from '../../src/files/s3-store.ts'
import { temporaryDirectory } from './temporary.ts'

export interface TestBucket extends AsyncDisposable {
  /** A bucket of its own, empty; what does not answer is waited for only a short time. */
  bucket: Bucket
}

/**
 * Its listings come in the order of a folder, not of the names; and where one goes on it makes a token with a cipher that
 * Bun does not have, which nobody here uses: so it is told that there is none to be made, and then that it goes on.
 */
function mendListings({ store }: S3rver): void {
  const list = store.listObjects.bind(store)
  store.listObjects = async (bucket, { maxKeys = 1000, startAfter = '', ...options }) => {
    const { objects, ...listed } = await list(bucket, options)
    const after = objects.filter(({ key }) => key > startAfter).sort((a, b) => (a.key < b.key ? -1 : 1))
    let isTokenAsked = true
    return {
      ...listed,
      objects: after.slice(0, maxKeys),
      get isTruncated() {
        const said = after.length > maxKeys && !isTokenAsked
        isTokenAsked = false
        return said
      },
    }
  }
}

/** A server of its own on this machine that speaks like S3. */
export async function openBucket(options: Partial<Bucket> = {}): Promise<TestBucket> {
  const folder = await temporaryDirectory()
  const name = options.bucket ?? `raw-${randomUUID()}`
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder.path,
    configureBuckets: [{ name }],
    // It forgets the slash at the end of a bucket's address when it checks the signature of a listing.
    allowMismatchedSignatures: true,
  })
  mendListings(server)
  const { port } = await server.run()
  return {
    bucket: {
      bucket: name,
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      prefix: 'tallyman/',
      accessKeyId: 'S3RVER',
      secretAccessKey: 'S3RVER',
      ...options,
    },
    async [Symbol.asyncDispose]() {
      await server.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}
