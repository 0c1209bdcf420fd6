import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Elysia } from 'elysia'
import faviconPath from 'swagger-ui-dist/favicon-32x32.png' with { type: 'file' }
import stylePath from 'swagger-ui-dist/swagger-ui.css' with { type: 'file' }
import bundlePath from 'swagger-ui-dist/swagger-ui-bundle.js' with { type: 'file' }

/**
 * What the page may do: run our scripts and ask this service, nothing else. Swagger UI draws its arrows from `data:`
 * addresses in its style sheet; styles on elements it sets from its script, which needs no permission.
 */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tallyman API</title>
<link rel="icon" href="/swagger/favicon.png">
<link rel="stylesheet" href="/swagger/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/swagger/swagger-ui-bundle.js"></script>
<script src="/swagger/start.js"></script>
</body>
</html>
`

// validatorUrl: the badge would send the document to somebody else's server.
const start = `SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
})
`

interface Asset {
  path: string
  type: string
  load(): Promise<Uint8Array>
}

const assets: readonly Asset[] = [
  { path: '/swagger', type: 'text/html; charset=utf-8', load: text(page) },
  { path: '/swagger/start.js', type: 'text/javascript; charset=utf-8', load: text(start) },
  { path: '/swagger/swagger-ui.css', type: 'text/css; charset=utf-8', load: file(stylePath) },
  { path: '/swagger/swagger-ui-bundle.js', type: 'text/javascript; charset=utf-8', load: file(bundlePath) },
  { path: '/swagger/favicon.png', type: 'image/png', load: file(faviconPath) },
]

/** Swagger UI, from the executable: no network, no script that is not ours to serve. */
export function swaggerRoutes() {
  const routes = new Elysia()
  for (const asset of assets) {
    const loaded = once(() => prepared(asset))
    routes.get(
      asset.path,
      async ({ request, set }) => {
        const { etag, bytes, packed } = await loaded()
        const isPacked = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
        Object.assign(set.headers, {
          'content-security-policy': pagePolicy,
          // Asked for again each time, and sent again only when it has changed, with the next version.
          'cache-control': 'no-cache',
          'content-type': asset.type,
          vary: 'accept-encoding',
          etag,
        })
        if (request.headers.get('if-none-match') === etag) {
          set.status = 304
          return ''
        }
        if (isPacked) set.headers['content-encoding'] = 'gzip'
        return isPacked ? packed : bytes
      },
      { detail: { hide: true } },
    )
  }
  return routes
}

async function prepared({ load }: Asset) {
  const bytes = await load()
  return { bytes, etag: `W/"${Bun.hash(bytes).toString(36)}"`, packed: await promisify(gzip)(bytes) }
}

function text(content: string): Asset['load'] {
  return async () => new TextEncoder().encode(content)
}

function file(path: string): Asset['load'] {
  return () => Bun.file(path).bytes()
}

/** Work that is done at the first call, and again only when that failed. */
function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | null = null
  return () => {
    result ??= work().catch((error: unknown) => {
      result = null
      throw error
    })
    return result
  }
}
