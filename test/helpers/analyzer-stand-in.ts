import type { AnalyzeRequest } from '../../src/analyzer/model.ts'

/** An analyzer of somebody else's, as a test wants it. */
export interface StandIn extends AsyncDisposable {
  url: string
  /** What it was asked, in order: `POST /analyze/file`. */
  asked: string[]
  /** The files that it was handed. */
  requests: AnalyzeRequest[]
  /** Authorization headers. */
  secrets: (string | null)[]
}

/** Answers to its requests; what is left out is answered like a well-behaved analyzer that answers rows. */
export interface StandInAnswers {
  file?: (request: AnalyzeRequest, asked: number) => Response | Promise<Response>
  status?: (jobId: string) => Response | Promise<Response>
  result?: () => Response | Promise<Response>
  health?: () => Response | Promise<Response>
  cancel?: () => Response
}

/**
 * Starts a small analyzer on loopback.
 *
 *     await using analyzer = standIn({ result: () => new Response(rows, { headers: ndjsonHeaders }) })
 */
export function standIn(answers: StandInAnswers): StandIn {
  const asked: string[] = []
  const requests: AnalyzeRequest[] = []
  const secrets: (string | null)[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 60,
    async fetch(request) {
      const { pathname } = new URL(request.url)
      const [, , action, jobId = ''] = pathname.split('/')
      asked.push(`${request.method} /${pathname.split('/').slice(1, 3).join('/')}`)
      secrets.push(request.headers.get('authorization'))
      if (pathname === '/health') return answers.health?.() ?? Response.json({ status: 'ok' })
      if (action === 'file') {
        // It is our own client that sends it.
        const file = (await request.json()) as AnalyzeRequest
        requests.push(file)
        return (
          answers.file?.(file, requests.length) ?? Response.json({ job_id: file.job_id }, { status: 202 })
        )
      }
      if (action === 'status') return answers.status?.(jobId) ?? Response.json(completed(jobId))
      if (action === 'result') return answers.result?.() ?? new Response('none', { status: 404 })
      return answers.cancel?.() ?? Response.json({})
    },
  })
  return {
    url: server.url.href,
    asked,
    requests,
    secrets,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

export const ndjsonHeaders = { 'content-type': 'application/x-ndjson; charset=utf-8' }

/** A status of a job that is done. */
export function completed(jobId: string, more: Record<string, unknown> = {}) {
  return {
    job_id: jobId,
    status: 'completed',
    progress_percentage: 100,
    items_processed: 2,
    items_total: 2,
    errors: [],
    ...more,
  }
}
