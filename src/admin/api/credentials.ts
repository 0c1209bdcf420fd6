import { tokenKey } from '../early.ts'

/** With what requests are made; the session's cookie goes with them by itself. */
export interface Credentials {
  /** What changes need beside the cookie of a session; null: there is no session, or it is not known yet. */
  csrf: string | null
  /** A token that was typed in, kept until the tab is closed; null: none was. */
  token: string | null
}

/** The credentials of this tab. */
export function openCredentials(): {
  read(): Credentials
  setCsrf(csrf: string | null): void
  setToken(token: string | null): void
} {
  let csrf: string | null = null
  let token = stored()
  return {
    read: () => ({ csrf, token }),
    setCsrf(next) {
      csrf = next
    },
    setToken(next) {
      token = next
      try {
        if (next === null) sessionStorage.removeItem(tokenKey)
        else sessionStorage.setItem(tokenKey, next)
      } catch {
        // A browser that stores nothing asks for it again when the page is loaded anew.
      }
    },
  }
}

function stored(): string | null {
  try {
    return sessionStorage.getItem(tokenKey)
  } catch {
    return null
  }
}
