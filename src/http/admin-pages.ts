import { Elysia } from 'elysia'
import { adminBundles } from '../admin/assets.ts'
import type { AdminBundle } from '../admin/bundle.ts'
import { earlyScript } from '../admin/early.ts'
import { iconText, pageText, themeScript } from '../admin/page.ts'
import { pagePaths } from '../admin/pages.ts'
import { type Asset, openAsset, sendAsset, textAsset } from './static-assets.ts'

/**
 * The admin page, at the addresses of its pages. It is the same for everybody and shown to everybody: what it knows
 * it asks of the API, as whoever looks at it may.
 */
export function adminRoutes() {
  const bundle = adminBundles()
  const assets: readonly Asset[] = [
    { paths: pagePaths, type: 'text/html; charset=utf-8', load: textAsset(pageText) },
    { paths: ['/admin-assets/theme.js'], type: script, load: textAsset(themeScript) },
    { paths: ['/admin-assets/early.js'], type: script, load: textAsset(earlyScript) },
    { paths: ['/admin-assets/icon.svg'], type: 'image/svg+xml', load: textAsset(iconText) },
    { paths: ['/admin-assets/admin.js'], type: script, load: part(bundle, 'script') },
    { paths: ['/admin-assets/admin.css'], type: 'text/css; charset=utf-8', load: part(bundle, 'style') },
  ]
  const routes = new Elysia()
  for (const asset of assets) {
    const send = sendAsset(asset)
    for (const path of asset.paths) routes.get(path, send, openAsset)
  }
  return routes
}

const script = 'text/javascript; charset=utf-8'

function part(bundle: () => Promise<AdminBundle>, name: keyof AdminBundle): Asset['load'] {
  let last: { bundle: AdminBundle; bytes: Uint8Array } | null = null
  return async () => {
    const current = await bundle()
    if (last?.bundle !== current) last = { bundle: current, bytes: new TextEncoder().encode(current[name]) }
    return last.bytes
  }
}
