import { posix } from 'node:path'
import { displayName } from '../../files/file-name.ts'
import { InvalidError } from '../../lib/errors.ts'
import { readKeyFile, refuseKeyOutside } from './key-file.ts'
import { connector, type FetchContext, type LookContext } from './kind.ts'
import { fetchRemote, lookRemote } from './remote/fetch.ts'
import { idleSecondsDefault } from './remote/fields.ts'
import { type Remote, resolvingMs } from './remote/line.ts'
import { SftpConfig, sftpPort } from './sftp/config.ts'
import { type KnownKey, knownKey } from './sftp/host-key.ts'
import { logIn } from './sftp/login.ts'
import { sftpSession } from './sftp/session.ts'

/**
 * A file on an SFTP server, or the newest one of a folder there. The key that the server shows first is kept as what
 * the source has learned, before anything is sent to it; nothing is sent to a server that shows another one later.
 */
export const sftp = connector({
  name: 'sftp',
  config: SftpConfig,
  fileNameOf: ({ path, files }) => displayName(files ?? posix.basename(path)),
  check(config, settings) {
    const { password, private_key, private_key_file } = config
    if (private_key !== undefined && private_key_file !== undefined)
      throw new InvalidError(
        'invalid_config',
        'private_key and private_key_file are two keys; give one of them.',
      )
    if (password === undefined && private_key === undefined && private_key_file === undefined)
      throw new InvalidError(
        'invalid_config',
        'A source of kind sftp needs password, private_key or private_key_file.',
      )
    if (private_key_file !== undefined) refuseKeyOutside(private_key_file, settings)
  },

  async fetch(config, context) {
    const shown: KnownKey[] = []
    const remote = await remoteOf(config, context, (key) => shown.push(key))
    const fetched = await fetchRemote(remote, config, context)
    const learned = shown.at(-1)
    return fetched.received === null || learned === undefined ? fetched : { ...fetched, learned }
  },

  look: async (config, context) => lookRemote(await remoteOf(config, context, () => {}), config, context),
})

async function remoteOf(
  config: SftpConfig,
  {
    out,
    settings,
    learned,
    learn,
  }: Pick<FetchContext | LookContext, 'out' | 'settings' | 'learned' | 'learn'>,
  onKey: (key: KnownKey) => void,
): Promise<Remote> {
  const { host, port = sftpPort, username, private_key_file, idle_seconds = idleSecondsDefault } = config
  const idleMs = idle_seconds * 1000
  const at = `${host}:${port}`
  const origin = `sftp://${host.includes(':') ? `[${host}]` : host}${port === sftpPort ? '' : `:${port}`}`
  const privateKey =
    private_key_file === undefined
      ? (config.private_key ?? null)
      : await readKeyFile(private_key_file, settings)
  let known = knownKey(learned, at)
  return {
    host: at,
    async open(signal) {
      const loggedIn = await logIn({
        host: at,
        port,
        address: await out.addressOf(host, { signal, timeoutMs: resolvingMs }),
        username,
        password: config.password ?? null,
        privateKey,
        passphrase: config.passphrase ?? null,
        hostKey: config.host_key ?? null,
        known,
        learn,
        origin,
        idleMs,
        signal,
      })
      // From now on it has to be that one.
      known = loggedIn.key
      onKey(known)
      return sftpSession(loggedIn, { origin, idleMs, signal })
    },
  }
}
