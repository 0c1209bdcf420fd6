import type { Clock } from '../../../lib/clock.ts'
import { type AppError, ForbiddenError, UnavailableError } from '../../../lib/errors.ts'
import type { Answer, WayOut } from '../../../lib/outbound/way-out.ts'
import { jsonIn } from './answer.ts'
import { signedToken } from './jwt.ts'
import type { ServiceAccount } from './service-account.ts'

/** Reading files is all that is asked for. */
const scope = 'https://www.googleapis.com/auth/drive.readonly'
/** As long as Google allows. */
const askedSeconds = 3600
/** A token is not used any more when it ends so soon. */
const spareMs = 60_000
/** Clocks that differ by less are not why a token was refused. */
const skewMs = 60_000
const answerBytesMax = 65_536
/** So many tokens are kept at once; far more than any installation has accounts. */
const tokensMax = 200
/** What an attempt at Google may cost of its budget (R1.5): 100 requests in 100 seconds. */
export const googleBudget = { requests: 100, perMs: 100_000 }

export interface TokenContext {
  out: WayOut
  clock: Clock
  /** Null: where the account's key says. */
  tokenUrl: string | null
  timeoutMs: number
  signal: AbortSignal
}

interface Token {
  text: string
  endsAt: number
}

/** Belong to the way out that they were asked through, and go with it. */
const tokensOf = new WeakMap<WayOut, Map<string, Token>>()

/**
 * A token of a service account, asked for once and used for as long as it holds.
 * @throws ForbiddenError `google_key_refused`, `google_clock_wrong`
 * @throws UnavailableError `google_answer_unclear`, and whatever the way out throws
 */
export async function accessToken(account: ServiceAccount, context: TokenContext): Promise<string> {
  const { out, clock } = context
  const tokens = tokensOf.get(out) ?? new Map<string, Token>()
  tokensOf.set(out, tokens)
  const name = nameOf(account, context)
  const known = tokens.get(name)
  if (known !== undefined && known.endsAt - spareMs > clock.now().getTime()) return known.text
  const token = await asked(account, context)
  tokens.delete(name)
  tokens.set(name, token)
  // A map keeps the order of its entries: the first one is the oldest.
  if (tokens.size > tokensMax) tokens.delete(tokens.keys().next().value ?? name)
  return token.text
}

/** Has the next one asked for anew: this one was refused. */
export function forgetToken(account: ServiceAccount, context: Pick<TokenContext, 'out' | 'tokenUrl'>): void {
  tokensOf.get(context.out)?.delete(nameOf(account, context))
}

/** By the whole key: who only knows the name of an account is not given its token. */
const nameOf = ({ fingerprint }: ServiceAccount, { tokenUrl }: Pick<TokenContext, 'tokenUrl'>) =>
  `${fingerprint} ${tokenUrl ?? ''}`

async function asked(account: ServiceAccount, context: TokenContext): Promise<Token> {
  const { out, clock, tokenUrl, timeoutMs, signal } = context
  const now = clock.now()
  const iat = Math.floor(now.getTime() / 1000)
  const assertion = signedToken(
    { iss: account.email, scope, aud: account.tokenUrl, iat, exp: iat + askedSeconds },
    account,
  )
  const answer = await out.request({
    url: new URL(tokenUrl ?? account.tokenUrl),
    method: 'POST',
    form: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
    timeoutMs,
    sizeBytesMax: answerBytesMax,
    signal,
    budget: googleBudget,
  })
  const said = jsonIn(answer)
  if (answer.status !== 200) throw refusal(answer, { said, account, now })
  const text = said.access_token
  const seconds = said.expires_in
  if (typeof text !== 'string' || !/^[\x21-\x7e]{1,8192}$/.test(text) || typeof seconds !== 'number')
    throw unclear(answer)
  return { text, endsAt: now.getTime() + Math.min(seconds, askedSeconds) * 1000 }
}

/** Nothing that was answered is repeated: it may hold what was sent. */
function refusal(
  answer: Answer,
  { said, account, now }: { said: Record<string, unknown>; account: ServiceAccount; now: Date },
): AppError {
  if (answer.status >= 500 || answer.status === 429) return unclear(answer)
  const { email, keyId } = account
  const description = String(said.error_description ?? '')
  const theirs = Date.parse(answer.headers.date ?? '')
  const offMs = Number.isNaN(theirs) ? 0 : now.getTime() - theirs
  if (/\biat\b|\bexp\b|timeframe/i.test(description) || Math.abs(offMs) > skewMs)
    return new ForbiddenError(
      'google_clock_wrong',
      `Google takes no token that was made at ${now.toISOString()}${
        Math.abs(offMs) > skewMs ? `: there it is ${new Date(theirs).toISOString()}` : ''
      }. Set this server's clock.`,
    )
  return new ForbiddenError(
    'google_key_refused',
    `Google does not accept ${keyId === null ? 'this key' : `the key ${keyId}`} of ${email}: ${
      /account|deleted|disabled/i.test(description)
        ? 'the account was deleted or disabled'
        : 'it was deleted, or it has expired'
    }. Make a new key in the Google Cloud console, and give it to the source.`,
  )
}

const unclear = ({ status }: Answer) =>
  new UnavailableError(
    'google_answer_unclear',
    `Google gave no token, and did not say why (status ${status}); it is tried again.`,
  )
