import { InvalidError } from '../../../lib/errors.ts'
import { isSecretName, isSecretParameter, redacted, redactText } from '../../../lib/redact.ts'
import { type Withhold, withhold } from '../../../lib/withhold.ts'
import { type HttpConfig, headerName, headerValue } from './config.ts'

/** What is sent to fetch a list. */
export interface ListRequest {
  /** With every parameter. */
  url: URL
  /** The same as it may be shown and stored: what is secret in it is not. */
  shownUrl: string
  method: 'GET' | 'POST'
  headers: Record<string, string>
  json?: unknown
  form?: URLSearchParams
}

/**
 * @throws InvalidError `invalid_config` for what contradicts itself, or is said in the wrong place
 */
export function requestOf(config: HttpConfig): ListRequest {
  const { url, shownUrl } = addressOf(config)
  const method = config.method ?? 'GET'
  const { form, secret_form } = config
  const body = bodyOf(config)
  const isForm = form !== undefined || secret_form !== undefined
  if (method === 'GET' && (body !== undefined || isForm))
    throw wrong('a body or a form is sent with method POST only; set method to POST')
  if (body !== undefined && isForm) throw wrong('body and form contradict each other; keep one of them')
  return {
    url,
    shownUrl,
    method,
    headers: headersOf(config),
    ...(body !== undefined && { json: body }),
    ...(isForm && { form: new URLSearchParams({ ...form, ...secret_form }) }),
  }
}

/** Keeps the secrets of a configuration, also those in its address, out of what is said. */
export function secretsWithheld(config: HttpConfig): Withhold {
  const { password, token, username } = config
  const records = [config.secret_headers, config.secret_query, config.secret_form, config.secret_body]
  const given = [password, token, ...records.flatMap((record) => Object.values(record ?? {}))]
  const inAddress = [...givenAddress(config).searchParams].filter(([name]) => isSecretParameter(name))
  return withhold(
    [...given, ...inAddress.map(([, value]) => value)].filter((text) => text !== undefined),
    username ?? '',
  )
}

/** The address as it was given. @throws InvalidError `invalid_config` */
export function givenAddress(config: Pick<HttpConfig, 'url'>): URL {
  const url = URL.parse(config.url)
  if (url === null) throw wrong('url is no address; give it as https://host/path')
  if (url.username !== '' || url.password !== '')
    throw wrong('url holds a user or a password; take them out of it, and set username and password')
  // It is never sent.
  url.hash = ''
  return url
}

function addressOf(config: HttpConfig): Pick<ListRequest, 'url' | 'shownUrl'> {
  const url = givenAddress(config)
  const shown = new URL(url)
  for (const [name, value] of Object.entries(config.query ?? {})) {
    url.searchParams.append(name, value)
    shown.searchParams.append(name, isSecretParameter(name) ? redacted : value)
  }
  for (const [name, value] of Object.entries(config.secret_query ?? {})) {
    url.searchParams.append(name, value)
    shown.searchParams.append(name, redacted)
  }
  // As what is said of a list is kept: the next request has to find the same.
  return { url, shownUrl: secretsWithheld(config).text(redactText(shown.href)) }
}

/** What is sent as JSON; undefined: nothing. */
function bodyOf({ body, secret_body }: HttpConfig): unknown {
  if (secret_body === undefined) return body
  if (Array.isArray(body)) throw wrong('body is a list, which has no place for the members of secret_body')
  return { ...body, ...secret_body }
}

const nameRule = new RegExp(headerName)
const valueRule = new RegExp(headerValue)

/** What the connection itself says, or what is asked for by ourselves. */
const ownHeaders = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function headersOf(config: HttpConfig): Record<string, string> {
  const { headers = {}, secret_headers = {}, username, password, token } = config
  const found = new Map<string, string>([['accept', '*/*']])
  const said = new Set<string>()
  const say = (name: string, value: string) => {
    if (said.has(name)) throw wrong(`the header ${name} is said twice; keep one of them`)
    said.add(name)
    found.set(name, value)
  }
  for (const [name, value] of [...Object.entries(headers), ...Object.entries(secret_headers)]) {
    const lower = name.toLowerCase()
    if (ownHeaders.has(lower) || lower.startsWith('proxy-'))
      throw wrong(`the header ${name} cannot be set: it is part of how a list is fetched`)
    if (Object.hasOwn(headers, name) && isSecretName(name))
      throw wrong(`the header ${name} holds a secret; put it into secret_headers`)
    // Their values are never part of a message.
    if (!nameRule.test(name)) throw wrong('secret_headers has a name that no header can have')
    if (!valueRule.test(value))
      throw wrong(`the header ${name} holds what no header can hold, such as a line end`)
    say(lower, value)
  }
  if (token !== undefined && (username !== undefined || password !== undefined))
    throw wrong('token and username contradict each other; keep one of them')
  if (token !== undefined) say('authorization', `Bearer ${token}`)
  if (username !== undefined || password !== undefined)
    say('authorization', `Basic ${basic(username, password)}`)
  return Object.fromEntries(found)
}

const basic = (username = '', password = '') => Buffer.from(`${username}:${password}`).toString('base64')

const wrong = (what: string) =>
  new InvalidError('invalid_config', `This is no configuration of a source of kind http: ${what}.`)
