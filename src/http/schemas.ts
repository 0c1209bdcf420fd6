import { Elysia } from 'elysia'
import { jsonSchema, schemaNames } from '../analyzer/model.ts'
import { NotFoundError } from '../lib/errors.ts'
import { Problem } from '../lib/problem.ts'
import { t } from '../lib/schema.ts'
import { noQuery } from './fields.ts'

/** The JSON Schemas of the analyzer's contract, for whoever writes an analyzer. */
export function schemaRoutes() {
  const names = schemaNames.map((name) => `${name}.json`)
  return new Elysia({ prefix: '/api/v1/schemas' })
    .get('', () => ({ schemas: names.map((name) => ({ name, url: `/api/v1/schemas/${name}` })) }), {
      query: noQuery,
      response: {
        200: t.Object(
          { schemas: t.Array(t.Object({ name: t.String(), url: t.String() })) },
          { title: 'SchemaList' },
        ),
      },
      detail: {
        operationId: 'listSchemas',
        'x-role': 'viewer',
        summary: "List the JSON Schemas of the analyzer's contract",
        tags: ['Analyzer'],
      },
    })
    .get(
      '/:name',
      ({ params: { name } }) => {
        const schema = name.endsWith('.json') ? jsonSchema(name.slice(0, -'.json'.length)) : null
        if (schema !== null) return schema
        throw new NotFoundError(
          'unknown_schema',
          `There is no schema ${name}; there are ${names.join(', ')}.`,
        )
      },
      {
        params: t.Object({
          name: t.String({
            maxLength: 100,
            description: 'As `listSchemas` names it.',
            error: 'the name of a schema has 100 characters at most',
          }),
        }),
        query: noQuery,
        response: { 200: t.Record(t.String(), t.Unknown()), 404: Problem },
        detail: {
          operationId: 'getSchema',
          'x-role': 'viewer',
          summary: 'Show a JSON Schema',
          tags: ['Analyzer'],
        },
      },
    )
}
