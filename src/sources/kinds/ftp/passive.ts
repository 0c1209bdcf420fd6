import { connect, type Socket } from 'node:net'
import { connect as connectSafely } from 'node:tls'
import { type FTPContext, FTPError, type FTPResponse } from 'basic-ftp'
import { UnavailableError } from '../../../lib/errors.ts'

/** Where the connections for data go. */
export interface PassiveOptions {
  /** The one that the control connection was made to: no other is ever connected to, whatever the server says. */
  address: string
  connectMs: number
  /** Aborted: the connection that is being made ends. */
  signal: AbortSignal
}

/**
 * Makes the connection for the next transfer, with EPSV, or with PASV where the server does not know that. Of what it
 * answers only the port is used: servers behind a router name an address of their own network, and hostile ones one of
 * ours.
 */
export function passiveMode(options: PassiveOptions): (ftp: FTPContext) => Promise<FTPResponse> {
  let isExtended = true
  return async (ftp) => {
    if (isExtended) {
      const reply = await extended(ftp, options)
      if (reply !== null) return reply
      isExtended = false
    }
    return entered(ftp, await ftp.request('PASV'), options)
  }
}

/** Null: the server does not know it, or its port cannot be reached, as behind some routers. */
async function extended(ftp: FTPContext, options: PassiveOptions): Promise<FTPResponse | null> {
  try {
    return await entered(ftp, await ftp.request('EPSV'), options)
  } catch (error) {
    if (ftp.closed || options.signal.aborted) throw error
    if (error instanceof FTPError || error instanceof UnavailableError) return null
    throw error
  }
}

async function entered(ftp: FTPContext, reply: FTPResponse, options: PassiveOptions): Promise<FTPResponse> {
  const port = portIn(reply)
  if (port === null)
    throw new UnavailableError(
      'server_failed',
      'The FTP server does not say where its data is to be fetched (EPSV, PASV).',
    )
  ftp.dataSocket = secured(ftp, await connected(port, options), options)
  return reply
}

/** The port of an answer to EPSV, "229 … (|||6446|)", or PASV, "227 … (192,168,1,100,10,229)"; null: it has none. */
export function portIn({ message }: Pick<FTPResponse, 'message'>): number | null {
  const extended = /^229.*\((\D)\d?\1[^)]*?\1(\d{1,5})\1\)/s.exec(message)
  const plain = /^227\D*\d{1,3},\d{1,3},\d{1,3},\d{1,3},(\d{1,3}),(\d{1,3})(?!\d)/.exec(message)
  const port =
    extended !== null ? Number(extended[2]) : plain !== null ? Number(plain[1]) * 256 + Number(plain[2]) : 0
  const isPort = port > 0 && port <= 65_535 && (plain === null || Number(plain[2]) < 256)
  return isPort ? port : null
}

function connected(port: number, { address, connectMs, signal }: PassiveOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port })
    const fail = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', fail)
      socket.destroy()
      reject(
        new UnavailableError(
          'unreachable',
          `The FTP server cannot be reached for data, at its port ${port}.`,
        ),
      )
    }
    const timer = setTimeout(fail, connectMs)
    signal.addEventListener('abort', fail)
    socket.once('error', fail)
    socket.once('connect', () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', fail)
      socket.removeListener('error', fail)
      resolve(socket)
    })
  })
}

/** Servers want the session of the control connection again, so that nobody else can fetch the data. */
function secured(ftp: FTPContext, socket: Socket, { address }: PassiveOptions): Socket {
  if (!('getSession' in ftp.socket)) return socket
  // What goes wrong with it comes out of the safe one.
  socket.on('error', () => {})
  const session = ftp.tlsSessionStore ?? ftp.socket.getSession()
  const safe = connectSafely({ ...ftp.tlsOptions, host: address, socket, ...(session && { session }) })
  safe.on('session', (next) => {
    ftp.tlsSessionStore = next
  })
  return safe
}
