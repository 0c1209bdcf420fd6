import { posix } from 'node:path'
import { displayName } from '../../files/file-name.ts'
import { FtpConfig, ftpPorts } from './ftp/config.ts'
import { openFtp } from './ftp/session.ts'
import { connector, type FetchContext } from './kind.ts'
import { fetchRemote, lookRemote } from './remote/fetch.ts'
import { idleSecondsDefault } from './remote/fields.ts'
import { type Remote, resolvingMs } from './remote/line.ts'

/** A file on an FTP server, or the newest one of a folder there. */
export const ftp = connector({
  name: 'ftp',
  config: FtpConfig,
  fileNameOf: ({ path, files }) => displayName(files ?? posix.basename(path)),
  fetch: (config, context) => fetchRemote(remoteOf(config, context), config, context),
  look: (config, context) => lookRemote(remoteOf(config, context), config, context),
})

function remoteOf(config: FtpConfig, { out, clock }: Pick<FetchContext, 'out' | 'clock'>): Remote {
  const { host, tls = 'none', port = ftpPorts[tls], idle_seconds = idleSecondsDefault } = config
  return {
    host: `${host}:${port}`,
    open: async (signal) =>
      openFtp({
        host,
        port,
        address: await out.addressOf(host, { signal, timeoutMs: resolvingMs }),
        tls,
        certificate: config.certificate ?? null,
        username: config.username ?? 'anonymous',
        password: config.password ?? 'anonymous@',
        origin: originOf({ host, port, tls }),
        idleMs: idle_seconds * 1000,
        now: clock.now,
        signal,
      }),
  }
}

function originOf({ host, port, tls }: { host: string; port: number; tls: keyof typeof ftpPorts }): string {
  const scheme = tls === 'implicit' ? 'ftps' : 'ftp'
  const name = host.includes(':') ? `[${host}]` : host
  return `${scheme}://${name}${port === ftpPorts[tls] ? '' : `:${port}`}`
}
