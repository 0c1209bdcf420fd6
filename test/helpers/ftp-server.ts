import type { Server } from 'node:net'
import { FtpSrv } from 'ftp-srv'
import type { Certificate } from './certificate.ts'

/** A real FTP server of a folder. */
export interface FtpServer extends AsyncDisposable {
  port: number
  /** How many have logged in. */
  logins(): number
}

export interface FtpServerOptions {
  username?: string
  password?: string
  /** From the first byte on, or after AUTH; left out: none. */
  tls?: { mode: 'explicit' | 'implicit'; certificate: Certificate }
  /** Commands that it does not know. */
  without?: string[]
}

/**
 *     await using server = await startFtpServer(folder)
 */
export async function startFtpServer(
  root: string,
  { username = 'acme', password = 'geheim', tls, without = [] }: FtpServerOptions = {},
): Promise<FtpServer> {
  let logins = 0
  const silent = { child: () => silent, info() {}, debug() {}, trace() {}, warn() {}, error() {} }
  const server = new FtpSrv({
    url: `${tls?.mode === 'implicit' ? 'ftps' : 'ftp'}://127.0.0.1:0`,
    pasv_url: '127.0.0.1',
    pasv_min: 20_000,
    pasv_max: 60_000,
    tls: tls === undefined ? false : tls.certificate,
    blacklist: without,
    log: silent,
  })
  server.on('login', (given, resolve, reject) => {
    if (given.username !== username || given.password !== password)
      return reject(new Error(`530 ${given.password} is wrong`))
    logins++
    resolve({ root })
  })
  server.on('client-error', () => {})
  await server.listen()
  // What its types leave out.
  const { server: listening } = server as unknown as { server: Server }
  const address = listening.address()
  if (address === null || typeof address === 'string') throw new Error('It does not listen.')
  return {
    port: address.port,
    logins: () => logins,
    [Symbol.asyncDispose]: async () => {
      await server.close()
    },
  }
}
