/**
 * The cookie of a session. Its name makes browsers keep it to this host, this path and TLS, and no other host of the
 * domain can set it. On loopback there is no TLS, and Safari keeps no such cookie without it: there it has a plain name,
 * which is understood nowhere else.
 */
const secureName = '__Host-tallyman'
const plainName = 'tallyman'

/** What a browser is to keep. Strict: a link on another page opens nothing in somebody's name. */
export function sessionCookie(
  secret: string,
  { isSecure, ageMs }: { isSecure: boolean; ageMs: number },
): string {
  const name = isSecure ? `${secureName}=${secret}; Secure` : `${plainName}=${secret}`
  return `${name}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${Math.floor(ageMs / 1000)}`
}

/** What makes a browser forget it. */
export const noSessionCookie = (isSecure: boolean): string => sessionCookie('', { isSecure, ageMs: 0 })

/** What a request's cookie holds; null: there is none. @param isSecure whether only the one with the strict name counts */
export function sessionIn(cookies: string | null, isSecure: boolean): string | null {
  if (cookies === null) return null
  return secure.exec(cookies)?.[1] ?? (isSecure ? null : (plain.exec(cookies)?.[1] ?? null))
}

const secure = /(?:^|;[ \t]*)__Host-tallyman=([\w-]{1,100})(?:;|$)/
const plain = /(?:^|;[ \t]*)tallyman=([\w-]{1,100})(?:;|$)/
