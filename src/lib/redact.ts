/** What is printed in place of a secret. */
export const redacted = '***'

/** Whether a name such as "apiKey", "X-Api-Key" or "DB_PASSWORD" names a secret. */
export function isSecretName(name: string): boolean {
  return secretWord.test(name.replace(/[-_\s]/g, ''))
}

/** Whether a parameter of an address is likely to be one: in there "key" is no key of an item. */
export function isSecretParameter(name: string): boolean {
  return isSecretName(name) || secretParameter.test(name)
}

/**
 * Takes secrets out of text: passwords in URLs (`user:pass@`), query parameters that name a secret, bearer and basic
 * credentials, private keys, and what is written as the value of a secret (`password=…`, `"token": "…"`, `X-Api-Key: …`).
 * It would rather hide too much: a password may itself hold "/" or "@", so everything up to the last "@" of the word
 * goes.
 */
export function redactText(text: string): string {
  if (!mayHoldSecret.test(text)) return text
  return text
    .replace(urlPassword, `$1:${redacted}@`)
    .replace(ownSecret, `$1${redacted}`)
    .replace(urlToken, `$1${redacted}@`)
    .replace(queryParameter, (match, before: string, name: string) =>
      isSecretParameter(name) ? `${before}${name}=${redacted}` : match,
    )
    .replace(bearerToken, `$1 ${redacted}`)
    .replace(basicToken, (match, scheme: string, token: string) =>
      isBasic(token) ? `${scheme} ${redacted}` : match,
    )
    .replace(jsonMember, (match, name: string, before: string) =>
      isSecretName(name) ? `"${name}${before}"${redacted}"` : match,
    )
    .replace(privateKey, `$1${redacted}`)
    .replace(headerLine, (match, name: string, before: string) =>
      isSecretName(name) ? `${name}${before}${redacted}` : match,
    )
    .replace(assignment, (match, name: string) => (isSecretName(name) ? `${name}=${redacted}` : match))
}

const secretWord =
  /password|passwd|passphrase|secret|token|authorization|apikey|accesskey|privatekey|cookie|credential|signature/i
const secretParameter = /^(key|sig|auth|pass|pwd|pw|pin|sid|session(_?id)?|jwt|assertion)$/i

const mayHoldSecret = /tlm_|:\/\/|[?&]|bearer|basic|PRIVATE KEY|[=:]/i
// The literal start keeps the search linear: no part before it can match in many ways.
const urlPassword = /(:\/\/[^\s:/?#"'<>]{0,500}):[^\s"'<>]{0,2000}@/g
/** What we make up ourselves: see auth/secret-token.ts. */
const ownSecret = /\b(tlm_(?:s_|setup_)?)[\w-]{43}(?![\w-])/g
/** Some services take a token in place of a user; a user's name is shorter. */
const urlToken = /(:\/\/)[\w.~%+-]{16,2000}@/g
const privateKey = /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[^-]{1,20000}/g
const queryParameter = /([?&])([\w.-]{1,100})=[^&\s"'<>#]+/g
const bearerToken = /\b(bearer)\s+[\w.~+/=-]{12,}/gi
const basicToken = /\b(basic)\s+([\w+/=-]{8,})/gi
const jsonMember = /"([\w.-]{1,100})("\s{0,5}:\s{0,5})"(?:[^"\\]|\\.){1,20000}"/g
/** To the end of the line: a cookie has blanks in it. "token: too short" is no header. */
const headerLine =
  /\b(authorization|cookie|[a-z]{1,50}(?:-[a-z]{1,50}){1,5})(:[ \t]{1,5})[^\s"'][^\r\n"']{0,8192}/gi
const assignment = /\b([\w.-]{1,100})=(?!\*\*\*)[^\s"'&<>]+/g

/** "Basic" is also a word. */
function isBasic(token: string): boolean {
  const text = Buffer.from(token, 'base64').toString('latin1')
  return /^[\x20-\x7e\x80-\xff]*:/.test(text)
}
