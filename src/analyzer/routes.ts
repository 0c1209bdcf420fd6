import { Elysia } from 'elysia'
import { faultsIn, isChecked } from '../lib/checked.ts'
import { InvalidError, NotFoundError } from '../lib/errors.ts'
import { AnalyzeRequest, jsonSchema, schemaNames } from './model.ts'
import type { AnalyzerJobs } from './service/jobs.ts'

/** The analyzer's HTTP contract; docs/analyzer.md describes it. */
export function analyzerRoutes(jobs: AnalyzerJobs) {
  return new Elysia({ normalize: false })
    .get('/health', () => ({ status: 'ok' }))
    .post(
      '/analyze/file',
      async ({ body, set }) => {
        const accepted = await jobs.submit(requestIn(body))
        set.status = 202
        return accepted
      },
      { parse: 'json' },
    )
    .get('/analyze/status/:job_id', ({ params }) => jobs.status(params.job_id))
    .post('/analyze/cancel/:job_id', ({ params }) => jobs.cancel(params.job_id))
    .get('/schemas/:file', ({ params: { file } }) => {
      const schema = file.endsWith('.json') ? jsonSchema(file.slice(0, -'.json'.length)) : null
      if (schema !== null) return schema
      const names = schemaNames.map((name) => `${name}.json`).join(', ')
      throw new NotFoundError('unknown_schema', `There is no schema ${file}; there are ${names}.`)
    })
}

/** Checked here and not by the route: what is wrong is named, field by field. */
function requestIn(body: unknown): AnalyzeRequest {
  if (isChecked(AnalyzeRequest, body)) return body
  const faults = faultsIn(AnalyzeRequest, body).join('; ')
  throw new InvalidError('invalid_request', `The request is not valid: ${faults}.`)
}
