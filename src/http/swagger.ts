import { Elysia } from 'elysia'
import faviconPath from 'swagger-ui-dist/favicon-32x32.png' with { type: 'file' }
import stylePath from 'swagger-ui-dist/swagger-ui.css' with { type: 'file' }
import bundlePath from 'swagger-ui-dist/swagger-ui-bundle.js' with { type: 'file' }
import { type Asset, once, openAsset, sendAsset, textAsset } from './static-assets.ts'

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
// With a session a change needs its csrf_token: answers that tell it (signing in, "Show who you are") are remembered.
const start = `const kept = 'tallyman-csrf'

function learnCsrf(response) {
  if (!/\\/api\\/v1\\/(session|setup|password)$/.test(response.url) || !response.ok) return response
  const { csrf_token: token } = response.obj ?? {}
  if (token) sessionStorage.setItem(kept, token)
  return response
}

function withCsrf(request) {
  const token = sessionStorage.getItem(kept)
  if (token && !/^(get|head|options)$/i.test(request.method)) request.headers['X-Tallyman-CSRF'] = token
  return request
}

SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
  requestInterceptor: withCsrf,
  responseInterceptor: learnCsrf,
})
`

const assets: readonly Asset[] = [
  { paths: ['/swagger'], type: 'text/html; charset=utf-8', load: textAsset(page) },
  { paths: ['/swagger/start.js'], type: 'text/javascript; charset=utf-8', load: textAsset(start) },
  { paths: ['/swagger/swagger-ui.css'], type: 'text/css; charset=utf-8', load: file(stylePath) },
  {
    paths: ['/swagger/swagger-ui-bundle.js'],
    type: 'text/javascript; charset=utf-8',
    load: file(bundlePath),
  },
  { paths: ['/swagger/favicon.png'], type: 'image/png', load: file(faviconPath) },
]

/** Swagger UI, from the executable: no network, no script that is not ours to serve. */
export function swaggerRoutes() {
  const routes = new Elysia()
  for (const asset of assets) for (const path of asset.paths) routes.get(path, sendAsset(asset), openAsset)
  return routes
}

function file(path: string): Asset['load'] {
  return once(() => Bun.file(path).bytes())
}
