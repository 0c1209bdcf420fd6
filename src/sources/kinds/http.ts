import { displayName } from '../../files/file-name.ts'
import type { Origin } from '../../imports/model.ts'
import { InvalidError, UnavailableError } from '../../lib/errors.ts'
import type { Download, DownloadRequest } from '../../lib/outbound/way-out.ts'
import { HttpConfig, idleSecondsDefault, timeoutSecondsDefault } from './http/config.ts'
import { pageIn, sniffedBytes } from './http/page.ts'
import { givenAddress, type ListRequest, requestOf, secretsWithheld } from './http/request.ts'
import { type Said, saidOf } from './http/said.ts'
import { isWithRequest, withRequest } from './http/same-request.ts'
import { connector, type FetchContext, type Fetched, type Looked, type Unmodified } from './kind.ts'

/**
 * A list on the web. What was fetched last is asked for by its ETag or Last-Modified; whatever comes nevertheless is
 * taken, and its hash decides whether it is another one.
 */
export const http = connector({
  name: 'http',
  config: HttpConfig,
  fileNameOf: nameOf,
  check: (config) => void requestOf(config),

  async fetch(config, context): Promise<Fetched | Unmodified> {
    const { archive, clock, sizeBytesMax, bytesEnough } = context
    const request = requestOf(config)
    const fetchedAt = clock.now()
    const asking = { question: await asked(request, config, context), bytesEnough }
    return answered(context, asking, async (answer) => {
      if (answer.status === 304) return { received: null, fetchedAt }
      const said = saidOf(answer.headers)
      const { bytesTotal, pieces } = answer
      // Counted first: what comes slowly is seen to come before it is known what it is.
      const list = checked(told(pieces, { ...context, bytesTotal }), { said, config, request })
      const origin: Origin = {
        url: request.shownUrl,
        contentType: said.contentType,
        etag: said.etag,
        lastModified: said.lastModified,
        sizeBytes: bytesTotal,
      }
      // Of a part nothing is kept that could be asked for again.
      const isKnownAgain = bytesEnough === null && isAskable(request, origin)
      const learned = isKnownAgain ? await withRequest(request, origin) : undefined
      const received = await archive.receive(list, { sizeBytesMax })
      return {
        received,
        fileName: config.file_name === undefined ? (said.fileName ?? nameOf(config)) : nameOf(config),
        fetchedAt,
        origin,
        ...(learned !== undefined && { learned }),
      }
    })
  },

  async look(config, context): Promise<Looked> {
    const { last } = context
    const question = await asked(requestOf(config), config, context)
    if (question.conditions === undefined) return 'unknown'
    return answered(context, { question, bytesEnough: 0 }, async (answer) => {
      if (answer.status === 304) return 'same'
      const { etag, lastModified } = saidOf(answer.headers)
      // Many servers know no conditions, and say all the same by what a list can be known.
      if (etag !== null || last.etag !== null) return compared(etag, last.etag)
      return compared(lastModified, last.lastModified)
    })
  },
})

/** Sees to it that the connection ends with the work on what it brought, however much of that was read. */
async function answered<Result>(
  { out, sizeBytesMax, signal }: Pick<FetchContext, 'out' | 'sizeBytesMax' | 'signal'>,
  { question, bytesEnough }: { question: Awaited<ReturnType<typeof asked>>; bytesEnough: number | null },
  work: (answer: Download) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController()
  try {
    const ended = AbortSignal.any([signal, stop.signal])
    return await work(await out.download({ ...question, sizeBytesMax, bytesEnough, signal: ended }))
  } finally {
    stop.abort()
  }
}

const compared = (now: string | null, before: string | null): Looked =>
  now === null || before === null ? 'unknown' : now === before ? 'same' : 'changed'

async function asked(
  request: ListRequest,
  config: HttpConfig,
  known: Pick<FetchContext, 'last' | 'learned'>,
) {
  const { url, method, headers, json, form } = request
  const conditions = await conditionsOf(request, known)
  return {
    url,
    method,
    headers,
    ...(json !== undefined && { json }),
    ...(form !== undefined && { form }),
    ...(conditions !== undefined && { conditions }),
    idleMs: (config.idle_seconds ?? idleSecondsDefault) * 1000,
    timeoutMs: (config.timeout_seconds ?? timeoutSecondsDefault) * 1000,
  }
}

/** As people know the list, before a server has said anything of it. */
function nameOf(config: Pick<HttpConfig, 'url' | 'file_name'>): string {
  if (config.file_name !== undefined) return displayName(config.file_name)
  const { pathname, hostname } = givenAddress(config)
  const last = pathname.split('/').findLast((part) => part !== '') ?? ''
  return displayName(last === '' ? hostname : decoded(last))
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // A percent sign that stands for itself.
    return part
  }
}

/** What the list was last known by; undefined: by nothing, or it was asked for in another way. */
async function conditionsOf(
  request: ListRequest,
  { last, learned }: Pick<FetchContext, 'last' | 'learned'>,
): Promise<DownloadRequest['conditions']> {
  if (last === null || last.url !== request.shownUrl || !isAskable(request, last)) return undefined
  if (!(await isWithRequest(learned, request, last))) return undefined
  const { etag, lastModified } = last
  return { etag, lastModified }
}

/** Answers to POST have no conditions (RFC 9110, 13). */
const isAskable = ({ method }: ListRequest, { etag, lastModified }: Origin) =>
  method === 'GET' && (etag !== null || lastModified !== null)

/**
 * Nothing is handed on before it is known to be no page.
 * @throws InvalidError `html_instead_of_list`; UnavailableError `empty_file`
 */
async function* checked(
  pieces: AsyncIterable<Uint8Array>,
  { said, config, request }: { said: Said; config: HttpConfig; request: ListRequest },
): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]()
  try {
    const first: Uint8Array[] = []
    let bytes = 0
    while (bytes < sniffedBytes) {
      const next = await iterator.next()
      if (next.done === true) break
      bytes += next.value.length
      // The next piece may take its place.
      first.push(Buffer.from(next.value))
    }
    if (bytes === 0) throw empty(request)
    const page = pageIn(
      { ...said, bytes: Buffer.concat(first).subarray(0, sniffedBytes) },
      secretsWithheld(config).text,
    )
    if (page !== null && config.accept_html !== true) throw pageInstead(request, page.title)
    yield* first
    for (;;) {
      const next = await iterator.next()
      if (next.done === true) return
      yield next.value
    }
  } finally {
    await iterator.return?.()
  }
}

async function* told(
  pieces: AsyncIterable<Uint8Array>,
  {
    onProgress,
    signal,
    bytesTotal,
  }: Pick<FetchContext, 'onProgress' | 'signal'> & { bytesTotal: number | null },
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const piece of pieces) {
    signal.throwIfAborted()
    bytes += piece.length
    yield piece
    onProgress({ bytes, bytesTotal })
  }
}

const empty = ({ shownUrl }: ListRequest) =>
  new UnavailableError(
    'empty_file',
    `${shownUrl} is empty: not a byte came. It may be written anew just now; it is tried again.`,
  )

const pageInstead = ({ shownUrl }: ListRequest, title: string | null) =>
  new InvalidError(
    'html_instead_of_list',
    `${shownUrl} gives a web page${title === null ? '' : ` ("${title}")`} where a list was expected. Most likely one has to log in: check username, password or token, and the address. If the page is the list, set accept_html.`,
  )
