import { describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { browserProgram, openBrowser } from '../helpers/browser.ts'
import { priceList } from '../helpers/lists.ts'
import { openService } from '../helpers/service.ts'

const token = 'a-token-for-this-test-0123456789'

/** What a page did that it should not have done. */
interface Watched {
  /** Requests to anywhere but the service; none of them left the machine. */
  foreign: string[]
  /** Errors and warnings of the console, breaches of the content security policy among them. */
  complaints: string[]
}

async function watched(page: Page, url: string): Promise<Watched> {
  const seen: Watched = { foreign: [], complaints: [] }
  await page.route('**/*', (route) => {
    const address = route.request().url()
    if (address.startsWith(url) || address.startsWith('data:')) return route.continue()
    seen.foreign.push(address)
    return route.abort()
  })
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.complaints.push(message.text())
  })
  page.on('pageerror', (error) => seen.complaints.push(String(error)))
  // As text, because it runs in the page.
  await page.addInitScript(
    `document.addEventListener('securitypolicyviolation', (event) =>
      console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))`,
  )
  return seen
}

describe.skipIf(browserProgram === null)('Swagger UI in a browser', () => {
  test('uploads a list through the file chooser and shows its items, without a network or a breach of its policy', async () => {
    await using service = await openService('sqlite', { access: { token } })
    await Bun.write(`${service.program.folder}/prices.csv`, priceList(3))
    await using browser = await openBrowser()
    const page = await browser.newPage()
    const seen = await watched(page, service.url)

    await page.goto(`${service.url}/swagger`)
    await page.getByRole('button', { name: 'Authorize' }).click()
    await page.getByLabel('auth-bearer-value').fill(token)
    await page.getByRole('button', { name: 'Apply credentials' }).click()
    await page.getByRole('button', { name: 'Close' }).click()

    const upload = page.locator('#operations-Imports-uploadFile')
    await upload.locator('.opblock-summary-control').click()
    await upload.getByRole('button', { name: 'Try it out' }).click()
    await upload
      .getByLabel('Request content type')
      .or(upload.getByLabel('Media type'))
      .first()
      .selectOption('text/csv')
    await upload.locator('tr[data-param-name="supplier"] input').fill('Acme')
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      upload.locator('input[type="file"]').click(),
    ])
    await chooser.setFiles(`${service.program.folder}/prices.csv`)
    await upload.getByRole('button', { name: 'Execute' }).click()
    await upload.locator('.live-responses-table .response-col_status', { hasText: '202' }).waitFor()
    const answer = JSON.parse(
      (await upload.locator('.live-responses-table .microlight').first().textContent()) ?? '',
    )
    expect(answer).toMatchObject({ supplier: 'Acme', status: 'pending' })
    await service.analyze(answer.id)

    const items = page.locator('#operations-Catalog-listItems')
    await items.locator('.opblock-summary-control').click()
    await items.getByRole('button', { name: 'Try it out' }).click()
    await items.getByRole('button', { name: 'Execute' }).click()
    await items.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor()
    const shown = JSON.parse(
      (await items.locator('.live-responses-table .microlight').first().textContent()) ?? '',
    )
    expect(shown).toMatchObject({ items: [{ sku: 'A-0', price: '10.00' }, { sku: 'A-1' }, { sku: 'A-2' }] })

    expect(seen).toEqual({ foreign: [], complaints: [] })
  }, 120_000)
})
