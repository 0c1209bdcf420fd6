/** What of it is used here; it comes without types. */
declare module '@20minutes/s3rver' {
  interface Options {
    address: string
    port: number
    silent: boolean
    directory: string
    configureBuckets: { name: string }[]
    allowMismatchedSignatures: boolean
  }
  interface ListOptions {
    maxKeys?: number
    startAfter?: string
    prefix?: string
  }
  interface Listed {
    objects: { key: string }[]
    isTruncated: boolean
  }
  export default class S3rver {
    constructor(options: Options)
    store: { listObjects(bucket: string, options: ListOptions): Promise<Listed> }
    run(): Promise<{ address: string; port: number }>
    close(): Promise<void>
  }
}
