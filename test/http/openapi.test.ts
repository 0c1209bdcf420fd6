import { expect, test } from 'bun:test'
import { exportLists } from '../../src/http/exports/lists.ts'
import { openProgram } from '../helpers/cli.ts'
import { openService } from '../helpers/http-service.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
interface Operation {
  operationId: string
  summary: string
  tags: string[]
  parameters?: {
    name: string
    in: string
    required: boolean
    description?: string
    schema: { [key: string]: Json }
  }[]
  requestBody?: { content: Record<string, { schema: { [key: string]: Json } }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: Json }> }>
}
interface Document {
  openapi: string
  info: { title: string; version: string }
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Json>; securitySchemes: Record<string, Json> }
}

/** Every route that a program may call; the document has them all, and no others. */
const routes = [
  'GET /livez',
  'GET /readyz',
  'GET /health',
  'POST /api/v1/uploads',
  'POST /api/v1/uploads/preview',
  'GET /api/v1/imports',
  'GET /api/v1/imports/{id}',
  'GET /api/v1/archive',
  'GET /api/v1/archive/{sha256}',
  'GET /api/v1/archive/{sha256}/content',
  'POST /api/v1/archive/{sha256}/replay',
  'POST /api/v1/archive/{sha256}/verify',
  'GET /api/v1/imports/{id}/changes',
  'GET /api/v1/imports/{id}/changes/items',
  'GET /api/v1/imports/{id}/decision',
  'GET /api/v1/imports/{id}/log',
  'GET /api/v1/imports/{id}/rejects',
  'POST /api/v1/imports/{id}/approve',
  'POST /api/v1/imports/{id}/correct',
  'POST /api/v1/imports/{id}/preview',
  'POST /api/v1/imports/{id}/discard',
  'GET /api/v1/jobs',
  'GET /api/v1/jobs/events',
  'GET /api/v1/jobs/{id}',
  'GET /api/v1/jobs/{id}/events',
  'POST /api/v1/jobs/{id}/retry',
  'POST /api/v1/admin/jobs/{id}/retry',
  'POST /api/v1/jobs/{id}/cancel',
  'POST /api/v1/jobs/{id}/discard',
  'GET /api/v1/queue',
  'POST /api/v1/queue/pause',
  'POST /api/v1/queue/resume',
  'GET /api/v1/dead-letters',
  'POST /api/v1/dead-letters/retry',
  'POST /api/v1/dead-letters/discard',
  'POST /api/v1/ingestion/trigger',
  'GET /api/v1/ingestion/runs',
  'GET /api/v1/ingestion/runs/{id}',
  'GET /api/v1/ingestion/health',
  'GET /api/v1/source-kinds',
  'GET /api/v1/sources',
  'POST /api/v1/sources',
  'POST /api/v1/sources/test',
  'GET /api/v1/sources/{id}',
  'PATCH /api/v1/sources/{id}',
  'DELETE /api/v1/sources/{id}',
  'POST /api/v1/sources/{id}/pause',
  'POST /api/v1/sources/{id}/resume',
  'POST /api/v1/sources/{id}/test',
  'POST /api/v1/sources/{id}/trigger',
  'GET /api/v1/schedules',
  'GET /api/v1/schedules/{name}/ticks',
  'GET /api/v1/items',
  'GET /api/v1/maintenance/tasks',
  'POST /api/v1/maintenance/tasks/{name}/run',
  'GET /api/v1/items/{id}',
  'PATCH /api/v1/items/{id}',
  'DELETE /api/v1/items/{id}',
  'POST /api/v1/items/{id}/restore',
  'GET /api/v1/items/{id}/history',
  'GET /api/v1/categories',
  'GET /api/v1/supplier-activity',
  'GET /api/v1/suppliers',
  'POST /api/v1/suppliers',
  'DELETE /api/v1/suppliers/{id}',
  'GET /api/v1/audit',
  'GET /api/v1/items/{id}/edits',
  'GET /api/v1/suppliers/{id}',
  'PATCH /api/v1/suppliers/{id}',
  'GET /api/v1/events',
  'POST /api/v1/setup',
  'GET /api/v1/session',
  'POST /api/v1/session',
  'DELETE /api/v1/session',
  'GET /api/v1/sessions',
  'GET /api/v1/setup',
  'DELETE /api/v1/sessions',
  'DELETE /api/v1/sessions/{id}',
  'POST /api/v1/password',
  'GET /api/v1/users',
  'POST /api/v1/users',
  'GET /api/v1/users/{id}',
  'PATCH /api/v1/users/{id}',
  'DELETE /api/v1/users/{id}',
  'POST /api/v1/users/{id}/password',
  'GET /api/v1/tokens',
  'POST /api/v1/tokens',
  'GET /api/v1/tokens/{id}',
  'DELETE /api/v1/tokens/{id}',
  'GET /api/v1/price-history',
  ...exportLists.map(({ path }) => `GET /api/v1/exports${path.replace(/:(\w+)/g, '{$1}')}`),
  'GET /api/v1/schemas',
  'GET /api/v1/schemas/{name}',
]
const exportTypes = [
  'text/csv',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/json',
  'application/x-ndjson',
]
/** For people and browsers. */
const undocumented = ['/api/v1/openapi.json', '/swagger', '/swagger/favicon.png']

const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  )

async function documentOf(): Promise<Document> {
  await using service = await openService('sqlite')
  return (await service.json<Document>('/api/v1/openapi.json')).body
}

test('every route of the server is in the document, and the other way round', async () => {
  await using service = await openService('sqlite')
  const { body } = await service.json<Document>('/api/v1/openapi.json')
  expect(
    operationsOf(body)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(routes.toSorted())
  // What is there answers; a method that is not there is named with those that are.
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ')
    const response = await service.fetch(path.replace(/\{\w+\}/, '1'), { method: 'PUT' })
    expect([route, response.status]).toEqual([route, 405])
    expect(response.headers.get('allow')?.split(', ')).toContain(method)
  }
  for (const path of undocumented) expect([path, (await service.fetch(path)).status]).toEqual([path, 200])
})

test('the document is OpenAPI 3.1: references lead somewhere, operations have what readers need', async () => {
  const document = await documentOf()
  expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./), info: { title: 'Tallyman' } })
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)]
  expect(references.length).toBeGreaterThan(20)
  for (const [, name] of references) expect(Object.keys(document.components.schemas)).toContain(name!)
  const tags = document.tags.map(({ name }) => name)
  const ids = operationsOf(document).map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { name, operation } of operationsOf(document)) {
    expect([name, operation.summary?.length > 5]).toEqual([name, true])
    expect(tags).toContain(operation.tags[0]!)
    const inPath = [...name.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    const parameters = operation.parameters ?? []
    expect(
      parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name),
    ).toEqual(inPath as string[])
    for (const parameter of parameters) {
      expect([name, parameter.name, typeof parameter.description]).toEqual([name, parameter.name, 'string'])
      expect(typeof (parameter.schema.type ?? parameter.schema.enum)).toBe('string')
    }
    const statuses = Object.keys(operation.responses)
    expect([name, statuses.some((status) => status.startsWith('2'))]).toEqual([name, true])
    for (const [status, response] of Object.entries(operation.responses)) {
      expect(response.description).not.toMatch(/^Response for|^Something else/)
      const types = Object.keys(response.content ?? {})
      expect([name, status, types]).toEqual([
        name,
        status,
        Number(status) >= 400
          ? ['application/problem+json']
          : status === '304'
            ? []
            : operation.operationId === 'downloadRejects'
              ? ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet']
              : operation.operationId === 'downloadArchived'
                ? ['application/octet-stream']
                : name.startsWith('GET /api/v1/exports/')
                  ? exportTypes
                  : name.endsWith('/events')
                    ? ['text/event-stream']
                    : ['application/json'],
      ])
    }
    if (inPath.length > 0 && !name.includes('schemas')) expect(statuses).toContain('404')
  }
  // What the generator, Elysia and TypeBox leave behind is no part of it.
  expect(JSON.stringify(document)).not.toMatch(/"error":"|"~|"anyOf":\[\{"const"/)
})

test('the schemas that pages share are components', async () => {
  const { components } = await documentOf()
  for (const name of [
    'Import',
    'Item',
    'PricePoint',
    'Supplier',
    'Category',
    'LogEntry',
    'Job',
    'DeadLetters',
    'Decision',
    'Problem',
  ])
    expect([name, components.schemas[name]]).toEqual([name, expect.objectContaining({ type: 'object' })])
  expect(components.securitySchemes).toMatchObject({ token: { type: 'http', scheme: 'bearer' } })
})

test('an upload is described as a form and as a body, each with a file', async () => {
  const { paths } = await documentOf()
  const upload = paths['/api/v1/uploads']?.post
  expect(Object.keys(upload?.requestBody?.content ?? {})).toEqual([
    'multipart/form-data',
    'application/octet-stream',
    'text/csv',
  ])
  expect(upload?.requestBody?.content).toMatchObject({
    'multipart/form-data': {
      schema: { properties: { file: { format: 'binary' } }, required: ['file', 'supplier'] },
    },
    'text/csv': { schema: { type: 'string', format: 'binary' } },
  })
  expect(upload?.responses['202']).toMatchObject({ headers: { Location: {} } })
  expect(paths['/api/v1/suppliers/{id}']?.patch?.requestBody?.content).toMatchObject({
    'application/json': { schema: { $ref: '#/components/schemas/SupplierChange' } },
  })
})

test('the command line prints the same document, without a database', async () => {
  await using program = await openProgram('sqlite')
  const { code, out } = await program.run('openapi')
  expect([code, JSON.parse(out)]).toEqual([0, await documentOf()])
  expect(await program.leftovers()).toEqual([])
})

test('Swagger UI is served packed and plain, and not again when it has not changed', async () => {
  await using service = await openService('sqlite')
  for (const path of [
    '/swagger',
    '/swagger/start.js',
    '/swagger/swagger-ui.css',
    '/swagger/swagger-ui-bundle.js',
  ]) {
    const plain = await service.fetch(path, { headers: { 'accept-encoding': 'identity' } })
    const packed = await service.fetch(path, { headers: { 'accept-encoding': 'gzip' } })
    expect([path, plain.status, packed.status]).toEqual([path, 200, 200])
    expect(await packed.text()).toBe(await plain.text())
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect(plain.headers.get('content-encoding')).toBeNull()
    const etag = plain.headers.get('etag') ?? ''
    const again = await service.fetch(path, { headers: { 'if-none-match': etag } })
    expect([path, again.status, await again.text()]).toEqual([path, 304, ''])
    const policy = plain.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(plain.headers.get('x-content-type-options')).toBe('nosniff')
  }
})
