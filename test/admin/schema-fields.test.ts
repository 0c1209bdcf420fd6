import { expect, test } from 'bun:test'
import {
  fieldOfMessage,
  type JsonSchema,
  pairsOf,
  pairsText,
  schemaFields,
} from '../../src/admin/ui/schema-fields.ts'
import { openService } from '../helpers/http-service.ts'

test('each field of a schema becomes the input that suits it, those that must be said first', () => {
  const schema: JsonSchema = {
    type: 'object',
    required: ['url'],
    properties: {
      tls: { anyOf: [{ const: 'none' }, { const: 'explicit' }], description: 'How' },
      timeout_seconds: { type: 'number', minimum: 1, maximum: 60 },
      url: { type: 'string', description: 'Where', examples: ['https://x'] },
      password: { type: 'string', writeOnly: true, format: 'password' },
      accept_html: { type: 'boolean' },
      sheets: { anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'null' }] },
      secret_headers: {
        type: 'object',
        writeOnly: true,
        patternProperties: { '^(.*)$': { type: 'string' } },
      },
      inner: { type: 'object', properties: { port: { type: 'integer' } } },
      body: { anyOf: [{ type: 'object' }, { type: 'array' }] },
    },
  }
  const fields = schemaFields(schema)
  expect(fields.map(({ name, input }) => [name, input.kind])).toEqual([
    ['url', 'text'],
    ['tls', 'choice'],
    ['timeout_seconds', 'number'],
    ['password', 'text'],
    ['accept_html', 'flag'],
    ['sheets', 'texts'],
    ['secret_headers', 'pairs'],
    ['inner', 'object'],
    ['body', 'json'],
  ])
  expect(fields[0]).toMatchObject({ label: 'URL', hint: 'Where. For example https://x', isRequired: true })
  expect(fields[2]).toMatchObject({ label: 'Timeout (seconds)', input: { min: 1, max: 60 } })
  expect(fields[3]).toMatchObject({ input: { isSecret: true } })
})

test('every kind of source has a form of inputs; only the body of a request is typed as JSON', async () => {
  await using service = await openService('sqlite')
  const { body } = await service.json<{ kinds: { kind: string; config: JsonSchema }[] }>(
    '/api/v1/source-kinds',
  )
  expect(body.kinds.length).toBeGreaterThan(3)
  const json = body.kinds.flatMap(({ kind, config }) =>
    schemaFields(config).flatMap(({ name, input }) => (input.kind === 'json' ? [`${kind}.${name}`] : [])),
  )
  expect(json).toEqual(['http.body'])
})

test('what the service says is shown at the field that it names', () => {
  const names = ['url', 'secret_query', 'query', 'path']
  expect(fieldOfMessage('config.url must be an address', names)).toBe('url')
  expect(fieldOfMessage('"secret_query" holds too much', names)).toBe('secret_query')
  expect(fieldOfMessage('The pathway is closed', names)).toBeNull()
})

test('names with texts are typed one a line', () => {
  expect(pairsOf('X-Key: a: b\n\nflag')).toEqual({ 'X-Key': 'a: b', flag: '' })
  expect(pairsText({ 'X-Key': 'a', b: 'c' })).toBe('X-Key: a\nb: c')
})
