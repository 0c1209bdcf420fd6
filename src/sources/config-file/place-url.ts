/**
 * What a URL says of a place that a kind has keys for: `ftp://anna@ftp.example.com:2121/lists` → host, port, path and
 * username; `ftps:` is FTP with TLS from its first byte on.
 * @param kind ftp or sftp
 * @returns words for people where it cannot be meant so; a URL is not repeated, for it may hold a password
 */
export function placeOfUrl(kind: string, text: string): Record<string, unknown> | string {
  const url = URL.parse(text)
  const schemes = kind === 'ftp' ? ['ftp:', 'ftps:'] : [`${kind}:`]
  if (url === null || !schemes.includes(url.protocol) || url.hostname === '')
    return `is no URL such as ${kind}://ftp.example.com/lists`
  if (url.password !== '') return 'holds a password; write it under "password", where it is kept secret'
  if (url.search !== '' || url.hash !== '') return 'may end with a path, and nothing behind it'
  try {
    return {
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      ...(url.port !== '' && { port: Number(url.port) }),
      ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
      ...(url.protocol === 'ftps:' && { tls: 'implicit' }),
      path: url.pathname === '' ? '/' : decodeURIComponent(url.pathname),
    }
  } catch {
    return 'holds a bare %; special characters are percent-encoded'
  }
}
