import { expect, test } from 'bun:test'
import { examples } from '../../src/http/examples.ts'
import { openProgram } from '../helpers/cli.ts'
import { type Json, type JsonObject, schemaFaults } from '../helpers/json-schema.ts'

interface Operation {
  operationId: string
  summary: string
  description?: string
  tags: string[]
  security?: Record<string, string[]>[]
  parameters?: { name: string; in: string; schema: JsonObject }[]
  requestBody?: { content: Record<string, { schema: JsonObject }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: JsonObject }> }>
}

interface Document extends Record<string, unknown> {
  info: Record<string, unknown>
  tags: { name: string; description: string }[]
  security: Record<string, string[]>[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: JsonObject; securitySchemes: JsonObject }
}

async function documentOf(): Promise<Document> {
  await using program = await openProgram('sqlite')
  return JSON.parse((await program.run('openapi')).out)
}

const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

/** Every schema in a value, with where it stands. */
function schemasIn(value: Json, at = '#'): [at: string, schema: JsonObject][] {
  if (Array.isArray(value)) return value.flatMap((each, index) => schemasIn(each, `${at}/${index}`))
  if (value === null || typeof value !== 'object') return []
  const inner = Object.entries(value).flatMap(([key, each]) =>
    ['examples', 'enum', 'default', 'const'].includes(key) ? [] : schemasIn(each, `${at}/${key}`),
  )
  const isSchema = typeof value.type === 'string' || value.anyOf !== undefined
  return isSchema && !at.endsWith('/properties') ? [[at, value], ...inner] : inner
}

test('the document has what linters of OpenAPI ask for', async () => {
  const document = await documentOf()
  expect(document.info).toMatchObject({
    title: expect.any(String),
    description: expect.any(String),
    license: {},
  })
  for (const { name, description } of document.tags)
    expect([name, description.length > 10]).toEqual([name, true])
  const used = new Set(operationsOf(document).flatMap(({ operation }) => operation.tags))
  expect(document.tags.map(({ name }) => name).sort()).toEqual([...used].sort())

  const shapes = Object.keys(document.paths).map((path) => path.replace(/\{\w+\}/g, '{}'))
  expect(new Set(shapes).size).toBe(shapes.length)
  const schemes = Object.keys(document.components.securitySchemes)
  for (const { path, method, operation } of operationsOf(document)) {
    const where = `${method} ${path}`
    expect([where, path.endsWith('/'), path.includes('?')]).toEqual([where, false, false])
    expect([where, /^[a-z]+[A-Za-z]*$/.test(operation.operationId), operation.summary.endsWith('.')]).toEqual(
      [where, true, false],
    )
    const statuses = Object.keys(operation.responses)
    expect([where, statuses.some((status) => status.startsWith('4'))]).toEqual([where, true])
    const names = (operation.parameters ?? []).map(
      (parameter) => `${parameter.in} ${parameter.name.toLowerCase()}`,
    )
    expect([where, new Set(names).size]).toEqual([where, names.length])
    for (const asked of operation.security ?? document.security)
      for (const scheme of Object.keys(asked))
        expect([where, schemes]).toEqual([where, expect.arrayContaining([scheme])])
  }

  // Every component is of use to somebody.
  const text = JSON.stringify(document)
  for (const name of Object.keys(document.components.schemas))
    expect([name, text.includes(`"#/components/schemas/${name}"`)]).toEqual([name, true])
})

test('schemas are consistent: what is required is described, and choices are of their type', async () => {
  const document = await documentOf()
  // Parsed from JSON.
  const found = schemasIn(document as unknown as Json)
  expect(found.length).toBeGreaterThan(500)
  for (const [at, schema] of found) {
    const properties = Object.keys((schema.properties ?? {}) as JsonObject)
    const required = (schema.required ?? []) as string[]
    expect([at, required.filter((name) => !properties.includes(name))]).toEqual([at, []])
    if (schema.type === 'array') expect([at, schema.items !== undefined]).toEqual([at, true])
    if (Array.isArray(schema.enum) && schema.type === 'string')
      expect([at, schema.enum.every((word) => typeof word === 'string')]).toEqual([at, true])
  }
})

test('every body has an example, and every example is what its schema says', async () => {
  const document = await documentOf()
  const { schemas } = document.components
  for (const { path, method, operation } of operationsOf(document)) {
    const schema = operation.requestBody?.content['application/json']?.schema
    if (schema === undefined) continue
    const name = String(schema.$ref).replace('#/components/schemas/', '')
    const { examples: own } = schemas[name] as JsonObject
    expect([method, path, name, Array.isArray(own)]).toEqual([method, path, name, true])
  }
  for (const [name, schema] of Object.entries(schemas))
    for (const example of ((schema as JsonObject).examples ?? []) as Json[])
      expect([name, schemaFaults(schema!, example, schemas)]).toEqual([name, []])
  // What most people come for.
  const main =
    'Problem Supplier Source Import LogEntry Job DeadLetters Queue Run Triggered Item PricePoint ItemPrice Category ' +
    'ArchivedFile AuditEntry Identity Session User ApiToken NewApiToken Schedule TaskRun Health'
  for (const name of main.split(' '))
    expect([name, (schemas[name] as JsonObject).examples !== undefined]).toEqual([name, true])
  const titles = Object.keys(schemas)
  expect(Object.keys(examples).filter((name) => !titles.includes(name))).toEqual([])
})
