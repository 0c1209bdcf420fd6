import { describe, expect, test } from 'bun:test'
import { settled, watch } from '../helpers/admin-page.ts'
import { browserProgram, openBrowser } from '../helpers/browser.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'
import { executable, firstMatch } from './child.ts'

/** The pages are built into the executable: from a folder without any source they must come as they do from one. */
describe.skipIf(executable === null)('the pages of the executable', () => {
  test('come with their types, packed, guarded, and again only when they have changed', async () => {
    await using service = await serve()
    const parts: [path: string, type: string, sizeMin: number][] = [
      ['/', 'text/html; charset=utf-8', 300],
      ['/imports/any', 'text/html; charset=utf-8', 300],
      ['/imports/any/correct', 'text/html; charset=utf-8', 300],
      ['/settings/users', 'text/html; charset=utf-8', 300],
      ['/admin-assets/theme.js', 'text/javascript; charset=utf-8', 100],
      ['/admin-assets/admin.js', 'text/javascript; charset=utf-8', 100_000],
      ['/admin-assets/admin.css', 'text/css; charset=utf-8', 10_000],
      ['/admin-assets/icon.svg', 'image/svg+xml', 100],
    ]
    for (const [path, type, sizeMin] of parts) {
      const response = await fetch(service.url + path, { headers: { 'accept-encoding': 'gzip' } })
      const { headers } = response
      expect([path, response.status, headers.get('content-type')]).toEqual([path, 200, type])
      expect([path, headers.get('content-encoding'), headers.get('cache-control')]).toEqual([
        path,
        'gzip',
        'no-cache',
      ])
      expect(headers.get('vary')).toBe('accept-encoding')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      const policy = headers.get('content-security-policy') ?? ''
      for (const rule of ["default-src 'none'", "script-src 'self'", "connect-src 'self'"])
        expect(policy.split('; ')).toContain(rule)
      expect(policy).not.toContain('unsafe')
      const text = await response.text()
      expect([path, text.length > sizeMin]).toEqual([path, true])
      // What is built in is built for production, and names no folder of the machine that built it.
      expect(text).not.toContain('jsxDEV')
      expect(text).not.toMatch(/\/(home|root|work|tmp)\//)
      const known = { 'if-none-match': headers.get('etag') ?? '' }
      const again = await fetch(service.url + path, { headers: known })
      expect([path, again.status, (await again.text()).length]).toEqual([path, 304, 0])
    }
    expect((await fetch(`${service.url}/admin-assets/main.tsx`)).status).toBe(404)
  }, 60_000)

  test.skipIf(browserProgram === null)(
    'open in a browser, and complain of nothing',
    async () => {
      await using service = await serve()
      await using browser = await openBrowser()
      const page = await browser.newPage()
      const complaints = await watch(page, service.url)
      for (const path of ['/', '/items', '/upload', '/settings/health']) {
        await page.goto(service.url + path)
        await settled(page)
        await page.getByText('Live', { exact: true }).first().waitFor()
      }
      // Styles are there: the ground has the colour that the theme says.
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
        'rgb(245, 246, 245)',
      )
      expect(complaints).toEqual([])
    },
    120_000,
  )
})

/** In a folder of its own, where nothing else of the project is. */
async function serve(): Promise<AsyncDisposable & { url: string }> {
  const folder = await temporaryDirectory()
  const child = Bun.spawn([executable!, 'serve'], {
    cwd: folder.path,
    env: { PORT: '0' },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
  })
  const end = async () => {
    child.kill('SIGKILL')
    await child.exited
    await folder[Symbol.asyncDispose]()
  }
  try {
    const url = await firstMatch(child.stdout, /"message":"listening","url":"(http:[^"]+?)\/?"/)
    return { url, [Symbol.asyncDispose]: end }
  } catch (error) {
    await end()
    throw error
  }
}
