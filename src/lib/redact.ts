/** What is printed in place of a secret. */
export const redacted = '***'

/** Whether a name such as "apiKey", "X-Api-Key" or "DB_PASSWORD" names a secret. */
export function isSecretName(name: string): boolean {
  return secretWord.test(name.replace(/[-_\s]/g, ''))
}

/**
 * Takes secrets out of text: passwords in URLs (`user:pass@`), query parameters that name a secret, bearer
 * tokens. It would rather hide too much: a password may itself hold "/" or "@", so everything up to the last
 * "@" of the word goes.
 */
export function redactText(text: string): string {
  if (!mayHoldSecret.test(text)) return text
  return text
    .replace(urlPassword, `$1:${redacted}@`)
    .replace(queryParameter, (match, before: string, name: string) =>
      isSecretName(name) ? `${before}${name}=${redacted}` : match,
    )
    .replace(bearerToken, `$1 ${redacted}`)
}

const secretWord =
  /password|passwd|passphrase|secret|token|authorization|apikey|accesskey|privatekey|cookie|credential|signature/i

const mayHoldSecret = /:\/\/|[?&]|bearer/i
// The literal start keeps the search linear: no part before it can match in many ways.
const urlPassword = /(:\/\/[^\s:/?#"'<>]{0,500}):[^\s"'<>]{0,2000}@/g
const queryParameter = /([?&])([\w.-]{1,100})=[^&\s"'<>#]+/g
const bearerToken = /\b(bearer)\s+[\w.~+/=-]{12,}/gi
