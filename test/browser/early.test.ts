import { describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openAdmin, stepMs } from '../helpers/admin-page.ts'
import { browserProgram } from '../helpers/browser.ts'
import { addLogin, goodPassword } from '../helpers/logins.ts'
import { until } from '../helpers/until.ts'

/** What the page asks of the API from now on, in order. */
function asked(page: Page): string[] {
  const addresses: string[] = []
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (pathname.startsWith('/api/') && pathname !== '/api/v1/events') addresses.push(pathname + search)
  })
  return addresses
}

describe.skipIf(browserProgram === null)('what is asked for before the script has come', () => {
  test('is what the overview asks for, and is asked for once', async () => {
    await using bench = await openAdmin()
    const { page } = bench
    // The script is kept back until everything was asked for without it.
    // The page before has nothing to ask any more.
    await page.goto('about:blank')
    const addresses = asked(page)
    let answers = 0
    page.on('response', (response) => {
      if (/\/api\/v1\/(?!events)/.test(response.url())) answers++
    })
    const early = Promise.withResolvers<string[]>()
    await page.route('**/admin-assets/admin.js', async (route) => {
      // Answers that are old when they are wanted are not taken.
      await until(() => answers >= 5, stepMs)
      early.resolve([...addresses])
      await route.continue()
    })
    await bench.open('/')
    await page.getByText('Needs a look').or(page.getByText('Acme Ltd').first()).first().waitFor()
    expect((await early.promise).toSorted()).toEqual([
      '/api/v1/imports?status=held&limit=6',
      '/api/v1/ingestion/health',
      '/api/v1/queue',
      '/api/v1/session',
      '/api/v1/supplier-activity?limit=50',
    ])
    // The events of the first second may have it ask again for what it shows, but nothing was lost on the way.
    await until(() => addresses.length >= 6, stepMs)
    const first = addresses.slice(0, 6)
    expect(new Set(first).size).toBe(6)
    expect(first[5]).toStartWith('/api/v1/imports?status=failed')
    expect(bench.complaints).toEqual([])
  }, 120_000)

  test('has no part in what somebody sees who signs in right after', async () => {
    await using bench = await openAdmin({ isSignedIn: false })
    const { page } = bench
    await bench.open('/')
    await page.getByLabel('Name').fill('Ada')
    await page.getByLabel('Password').fill(goodPassword)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.getByText('Acme Ltd').first().waitFor()
    expect(new URL(page.url()).pathname).toBe('/')
  }, 120_000)

  test('is nothing where a token speaks for the tab', async () => {
    await using bench = await openAdmin({ isSignedIn: false })
    const { page, service } = bench
    const { bearer } = await addLogin(service, { name: 'Robot', role: 'viewer' })
    const token = bearer.authorization.replace('Bearer ', '')
    await page.addInitScript(`sessionStorage.setItem('tallyman-token', ${JSON.stringify(token)})`)
    const withoutToken: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/api/') && request.headers().authorization !== bearer.authorization)
        withoutToken.push(request.url())
    })
    await bench.open('/')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(withoutToken).toEqual([])
  }, 120_000)
})
