import { describe, expect, test } from 'bun:test'
import type { Locator, Page } from 'playwright-core'
import { browserProgram, openBrowser } from '../helpers/browser.ts'
import { openService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'

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

/** Sends the request of one operation. @returns the status and the body that the page shows */
async function executed(operation: Locator): Promise<[number, { id: string }]> {
  await operation.getByRole('button', { name: 'Execute' }).click()
  const shown = operation.locator('.live-responses-table')
  const status = await shown.locator('.response-col_status').last().innerText()
  const text = await shown.locator('.response-col_description .microlight').first().textContent()
  // So that the next answer is not taken for this one.
  await operation.getByRole('button', { name: 'Clear' }).click()
  return [Number.parseInt(status, 10), JSON.parse(text ?? 'null')]
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
    await page.getByRole('button', { name: 'Apply credentials' }).first().click()
    await page.getByRole('button', { name: 'Close' }).first().click()

    const upload = page.locator('#operations-Imports-uploadFile')
    await upload.locator('.opblock-summary-control').click()
    await upload.getByRole('button', { name: 'Try it out' }).click()
    const contentType = upload.locator('.opblock-section-request-body select').first()
    const choose = async () => {
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        upload.locator('input[type="file"]').click(),
      ])
      await chooser.setFiles(`${service.program.folder}/prices.csv`)
    }

    await contentType.selectOption('multipart/form-data')
    await upload.locator('[data-property-name="supplier"] input').fill('Acme')
    await choose()
    const [asForm, form] = await executed(upload)
    expect([asForm, form]).toMatchObject([
      202,
      { supplier: 'Acme', status: 'pending', file_name: 'prices.csv' },
    ])
    await service.analyze(form.id)

    await contentType.selectOption('text/csv')
    await upload.locator('tr[data-param-name="supplier"] input').fill('Acme')
    await choose()
    // The same bytes again, so there is nothing to do.
    expect(await executed(upload)).toMatchObject([202, { supplier: 'Acme', status: 'unchanged' }])

    const items = page.locator('#operations-Catalog-listItems')
    await items.locator('.opblock-summary-control').click()
    await items.getByRole('button', { name: 'Try it out' }).click()
    expect(await executed(items)).toMatchObject([
      200,
      { items: [{ sku: 'A-0', price: '10.00' }, { sku: 'A-1' }, { sku: 'A-2' }] },
    ])

    expect(seen).toEqual({ foreign: [], complaints: [] })
  }, 120_000)
})
