/** A header of an answer, as OpenAPI has it. */
export interface AnswerHeader {
  description: string
  /** Whether every answer with this status has it. */
  required: boolean
  schema: { type: 'string' | 'integer' }
}

/** What the headers of an answer depend on. */
export interface AnswerFacts {
  status: string
  /** Whether it shows one thing with its tag; see etag.ts. */
  hasEtag: boolean
  /** Whether it takes an Idempotency-Key. */
  isKeyed: boolean
  /** Whether there may be nothing to follow. */
  mayHaveLocation: boolean
  /** Whether somebody has to be known to ask. */
  needsIdentity: boolean
  /** Whether it begins or ends a session. */
  setsCookie: 'always' | 'sometimes' | 'never'
  /** Whether the body is a file. */
  isFile: boolean
  /** Whether parts of it can be asked for. */
  hasRanges: boolean
}

/** What an answer says besides its body and what every answer says; the contract test holds every answer against it. */
export function answerHeaders(facts: AnswerFacts): Record<string, AnswerHeader> {
  const { status, hasEtag, isKeyed, mayHaveLocation, needsIdentity, setsCookie, isFile, hasRanges } = facts
  const headers: Record<string, AnswerHeader> = {}
  const isDone = status.startsWith('2')
  if (status === '201') headers.Location = header('Where it is.')
  if (status === '202') headers.Location = header('Where to follow it.', { required: !mayHaveLocation })
  if (hasEtag && (isDone || status === '304')) headers.ETag = header('Stands for this state.')
  if (isDone && isKeyed)
    headers['Idempotency-Replayed'] = header('`true`: the same answer as before, by its Idempotency-Key.', {
      required: false,
    })
  if (isDone && setsCookie !== 'never')
    headers['Set-Cookie'] = header("The session's cookie; scripts cannot read it.", {
      required: setsCookie === 'always',
    })
  if (isDone && isFile) headers['Content-Disposition'] = header('What to call the file.')
  if (isDone && hasRanges) headers['Accept-Ranges'] = header('`bytes`: parts can be asked for.')
  if (status === '206') headers['Content-Range'] = header('Which part it is, and of how many bytes.')
  if (status === '401' && needsIdentity) headers['WWW-Authenticate'] = header('How to show who asks.')
  if (status === '429') headers['Retry-After'] = seconds(true)
  if (status === '500') headers['X-Request-Id'] = requestId(true)
  if (status === '503') headers['X-Request-Id'] = requestId(false)
  if (status === '503' || (status === '409' && isKeyed)) headers['Retry-After'] = seconds(false)
  return headers
}

const header = (description: string, { required = true } = {}): AnswerHeader => ({
  description,
  required,
  schema: { type: 'string' },
})

const requestId = (required: boolean): AnswerHeader =>
  header('Under which the log tells of it.', { required })

const seconds = (required: boolean): AnswerHeader => ({
  description: 'After how many seconds to try again.',
  required,
  schema: { type: 'integer' },
})
