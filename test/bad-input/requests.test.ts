import { expect, setDefaultTimeout, test } from 'bun:test'
import { ingestList } from '../helpers/acme.ts'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'
import { answerFaults, bodyOf, type Document, type Operation, placesOf } from '../helpers/witness.ts'
import { naughtyBodies, naughtyTexts, naughtyValues } from './naughty.ts'

setDefaultTimeout(600_000)

/** How long each engine is tried; a longer run tries more of what there is. */
const budgetMs = Number(process.env.TALLYMAN_BAD_INPUT_SECONDS ?? 15) * 1000

interface Attempt {
  operation: Operation
  path: string
  init: RequestInit
}

/** Every request that a document's operations can be asked wrongly with. */
function* attempts(document: Document): Generator<Attempt> {
  for (const { method, template, operation } of placesOf(document)) {
    const { parameters = [], requestBody } = operation
    const address = (id: string) => template.replace(/\{\w+\}/g, encode(id))
    const known = address('1')
    const json = { 'content-type': 'application/json' }
    const to = (path: string, init: RequestInit = {}): Attempt => ({
      operation,
      path,
      init: { method, ...init },
    })
    if (template.includes('{')) for (const text of naughtyTexts) yield to(address(text), { headers: json })
    for (const { name: parameter, in: place } of parameters)
      if (place === 'query')
        for (const text of naughtyTexts) yield to(`${known}?${encode(parameter)}=${encode(text)}`)
    for (const text of naughtyTexts.slice(0, 20)) yield to(`${known}?${encode(text)}=${encode(text)}`)
    yield to(`${known}?a=%zz&%ff=%c0%af`)
    yield to(known, { headers: { origin: 'https://evil.example' } })
    yield to(known, { headers: { host: 'evil.example' } })
    for (const authorization of [
      'Bearer',
      'Bearer x',
      `Bearer tlm_${'A'.repeat(43)}`,
      'Basic eDp5',
      'Bearer \u00ff',
    ])
      yield to(known, { headers: { authorization } })
    for (const cookie of ['tallyman=x', `__Host-tallyman=${'y'.repeat(5000)}`, 'tallyman=;;=;'])
      yield to(known, { headers: { cookie } })
    if (method === 'GET') continue
    for (const body of naughtyBodies) {
      yield to(known, { body, headers: json })
      yield to(known, { body, headers: { 'content-type': 'text/plain' } })
    }
    const schema = requestBody?.content['application/json']?.schema
    const { schemas } = document.components
    const whole = schema?.$ref === undefined ? schema : schemas[String(schema.$ref).split('/').at(-1)!]
    for (const field of Object.keys(Object(Object(whole).properties))) {
      for (const value of naughtyValues)
        yield to(known, { body: JSON.stringify({ [field]: value }), headers: json })
      for (const value of naughtyTexts)
        yield to(known, { body: JSON.stringify({ [field]: value }), headers: json })
    }
  }
}

/** A half of a character has no bytes in an address: what a browser sends in its place is sent. */
const encode = (text: string) => encodeURIComponent(text.toWellFormed())

/**
 * Asks, and holds the answer against the document.
 * @returns what is wrong with the answer; what is wrong with the request is none of that
 */
async function faultsOf(service: TestService, document: Document, attempt: Attempt): Promise<string[]> {
  const { operation, path, init } = attempt
  const response = await service.fetch(path, init)
  // What leads nowhere, as "/items/" does, or cannot be read as HTTP never gets to the operation.
  const isElsewhere =
    [404, 405].includes(response.status) && operation.responses[response.status] === undefined
  // The type of a copy lacks what Bun adds to headers.
  const text = await textOf(response.clone() as Response)
  const body = await bodyOf(response)
  return [
    ...(response.status === 500 ? ['it failed'] : []),
    ...(/SQLITE|syntax error at|node_modules|\n\s+at .+:\d+:\d+/.test(text)
      ? ['it tells of its inside']
      : []),
    ...(isElsewhere ? [] : answerFaults(document, operation, response, body)),
  ].map((fault) => `${fault}: ${response.status} ${text.slice(0, 300)}`)
}

/** Nothing of what does not end. */
async function textOf(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text()
  // Settled when the answer that this is a copy of is cancelled too.
  void response.body?.cancel()
  return ''
}

/** Every so many, so that a short run tries some of each operation. */
function spread<Item>(all: Item[]): Item[] {
  const step = 37
  return Array.from({ length: step }, (_, from) => all.filter((_each, index) => index % step === from)).flat()
}

for (const engine of engines)
  test(`${engine}: whatever any route is asked, nothing fails inside, nothing leaks, and nothing is lost`, async () => {
    await using service = await openService(engine)
    await ingestList(service.program, priceList(5))
    const { body: document } = await service.json<Document>('/api/v1/openapi.json')
    const all = spread([...attempts(document)])
    const until = performance.now() + budgetMs
    const failures: unknown[] = []
    let asked = 0
    for (const attempt of all) {
      if (performance.now() > until && asked > 500) break
      asked++
      const faults = await faultsOf(service, document, attempt)
      if (faults.length > 0)
        failures.push([attempt.operation.operationId, attempt.path, attempt.init, faults])
    }
    expect(failures).toEqual([])
    expect(asked).toBeGreaterThan(500)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(Object.keys(Object.prototype)).toEqual([])
    const { body } = await service.json<{ items: unknown[] }>('/api/v1/items?with_gone=true')
    expect(body.items).toHaveLength(5)
  })

/** Filters of items by a text that none of them has, whatever it means elsewhere. */
for (const engine of engines)
  test(`${engine}: what means something in SQL, LIKE, GLOB or full-text search finds nothing that does not have it`, async () => {
    await using service = await openService(engine)
    await ingestList(service.program, priceList(5))
    const { body: all } = await service.json<{ items: { name: string; sku: string }[] }>('/api/v1/items')
    const texts = naughtyTexts.filter(
      (text) => !/^\s*$/.test(text) && text.isWellFormed() && !text.includes('\0'),
    )
    const found: [string, string, number][] = []
    for (const filter of ['sku', 'category', 'brand', 'supplier_id', 'search'])
      for (const text of texts) {
        if (
          filter === 'search' &&
          all.items.some(({ name, sku }) => `${name} ${sku}`.toLowerCase().includes(text.toLowerCase()))
        )
          continue
        // A search goes by words: what has none may find nothing or all, and what has some finds those.
        if (filter === 'search' && !/^[\p{P}\p{S}%_*?[\]\\'"^$]+$/u.test(text)) continue
        const { status, body } = await service.json<{ items?: unknown[] }>(
          `/api/v1/items?${filter}=${encode(text)}`,
        )
        if (status === 200 && body.items!.length > 0) found.push([filter, text, body.items!.length])
      }
    expect(found).toEqual([])
  })
