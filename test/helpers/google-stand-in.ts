import { createPublicKey, generateKeyPairSync, randomUUID, verify } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** A service account, and the key of it that people are handed. */
export interface StandInAccount {
  email: string
  keyId: string
  /** The JSON text of the key. */
  key: string
}

/** What the stand-in was asked. */
export interface GoogleRequest {
  path: string
  method: string
  authorization: string | null
  parameters: Record<string, string>
}

/** How it answers instead of doing what it is asked. */
export interface GoogleAnswer {
  status: number
  headers?: Record<string, string>
  body?: string | Uint8Array
}

/** Google on loopback, as far as sheets are exported from it: it checks what it is sent, and means it. */
export interface GoogleStandIn extends AsyncDisposable {
  url: string
  tokenUrl: string
  account: StandInAccount
  requests: GoogleRequest[]
  /** Sheets by their id: who may see them, and their workbook. */
  sheets: Map<string, { sharedWith: string[]; workbook: Uint8Array }>
  /** Keys that are no longer accepted, by their id. */
  deletedKeys: Set<string>
  /** Its tokens so far are worth nothing any more. */
  takeTokensBack(): void
  /** Answers so from now on; null: as it should again. */
  tokenAnswer: GoogleAnswer | null
  exportAnswer: GoogleAnswer | null
  /** How far its clock goes before ours. */
  clockAheadMs: number
}

/** What its keys say that tokens are asked of; the tests' settings lead elsewhere. */
const audience = 'https://oauth2.googleapis.com/token'

/**
 *     await using google = await openGoogleStandIn()
 *     google.sheets.set(id, { sharedWith: [google.account.email], workbook })
 */
export async function openGoogleStandIn(): Promise<GoogleStandIn> {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const publicKey = createPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' }))
  const keyId = randomUUID().replaceAll('-', '')
  const email = 'prices@project.iam.gserviceaccount.example'
  const account: StandInAccount = {
    email,
    keyId,
    key: JSON.stringify({
      type: 'service_account',
      project_id: 'project',
      private_key_id: keyId,
      private_key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: email,
      token_uri: audience,
    }),
  }
  const tokens = new Set<string>()
  const standIn: Omit<GoogleStandIn, 'url' | 'tokenUrl' | typeof Symbol.asyncDispose> = {
    account,
    requests: [],
    sheets: new Map(),
    deletedKeys: new Set(),
    takeTokensBack: () => tokens.clear(),
    tokenAnswer: null,
    exportAnswer: null,
    clockAheadMs: 0,
  }

  const now = () => Date.now() + standIn.clockAheadMs

  function token(form: Record<string, string>): GoogleAnswer {
    if (standIn.tokenAnswer !== null) return standIn.tokenAnswer
    if (form.grant_type !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
      return failed(400, { error: 'unsupported_grant_type' })
    const [header = '', claims = '', signature = ''] = (form.assertion ?? '').split('.')
    const head = decoded(header)
    const said = decoded(claims)
    const isSigned = verify(
      'sha256',
      Buffer.from(`${header}.${claims}`),
      publicKey,
      Buffer.from(signature, 'base64url'),
    )
    const refused = (error_description: string) => failed(400, { error: 'invalid_grant', error_description })
    if (said.iss !== email) return refused('Invalid grant: account not found')
    if (head.alg !== 'RS256' || head.kid !== keyId || standIn.deletedKeys.has(keyId) || !isSigned)
      return refused('Invalid JWT Signature.')
    if (said.aud !== audience) return refused('Invalid JWT: wrong audience.')
    const [iat, exp, second] = [Number(said.iat), Number(said.exp), now() / 1000]
    if (iat > second + 60 || exp < second || exp - iat > 3600)
      return refused(
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
      )
    if (said.scope !== 'https://www.googleapis.com/auth/drive.readonly')
      return failed(400, { error: 'invalid_scope' })
    const access_token = `ya29.${randomUUID()}`
    tokens.add(access_token)
    return { status: 200, body: JSON.stringify({ access_token, expires_in: 3599, token_type: 'Bearer' }) }
  }

  function exported(path: string, { authorization, parameters }: GoogleRequest): GoogleAnswer {
    if (standIn.exportAnswer !== null) return standIn.exportAnswer
    if (!tokens.has(authorization?.replace('Bearer ', '') ?? '')) return driveError(401, 'authError')
    const sheet = standIn.sheets.get(/^\/drive\/v3\/files\/([^/]+)\/export$/.exec(path)?.[1] ?? '')
    if (sheet === undefined || !sheet.sharedWith.includes(email)) return driveError(404, 'notFound')
    if (parameters.mimeType !== workbookType) return driveError(400, 'badRequest')
    return {
      status: 200,
      headers: { 'content-type': workbookType, 'content-disposition': 'attachment; filename="Preise.xlsx"' },
      body: sheet.workbook,
    }
  }

  const server = createServer(async (request, response) => {
    const asked = await requestOf(request)
    standIn.requests.push(asked)
    const answer = asked.path === '/token' ? token(asked.parameters) : exported(asked.path, asked)
    response.writeHead(answer.status, { date: new Date(now()).toUTCString(), ...answer.headers })
    response.end(answer.body ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The stand-in has no port.')
  const url = `http://127.0.0.1:${address.port}`
  return Object.assign(standIn, {
    url,
    tokenUrl: `${url}/token`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** As the Drive API says what is wrong. */
export const driveError = (status: number, reason: string): GoogleAnswer =>
  failed(status, { error: { code: status, message: 'See reason.', errors: [{ domain: 'global', reason }] } })

const failed = (status: number, body: object): GoogleAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

function decoded(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString())
  } catch {
    return {}
  }
}

async function requestOf(request: IncomingMessage): Promise<GoogleRequest> {
  const url = new URL(request.url ?? '/', 'http://stand-in')
  const sent = await text(request)
  return {
    path: url.pathname,
    method: request.method ?? '',
    authorization: request.headers.authorization ?? null,
    parameters: Object.fromEntries([...url.searchParams, ...new URLSearchParams(sent)]),
  }
}
