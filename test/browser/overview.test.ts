import { describe, expect, test } from 'bun:test'
import { inspect, openAdmin, sampleLists, takeIn } from '../helpers/admin-page.ts'
import { browserProgram } from '../helpers/browser.ts'

describe.skipIf(browserProgram === null)('the overview', () => {
  test('shows what waits for a person first, and what each supplier changed this week', async () => {
    await using bench = await openAdmin()
    const { page } = bench
    await bench.open('/')
    await page.getByRole('heading', { name: 'Waiting for you' }).waitFor()
    await page.getByRole('link', { name: 'Review' }).waitFor()
    const row = page.getByRole('row', { name: /Bolt & Söhne <b>GmbH<\/b>/ })
    expect(await row.innerText()).toContain('Completed')
    expect(await inspect(page, 'overview')).toEqual([])
    expect(bench.complaints).toEqual([])
  }, 180_000)

  test('follows what comes in while it is looked at', async () => {
    await using bench = await openAdmin({ lists: [] })
    const { page } = bench
    await bench.open('/')
    await page.getByText('No suppliers yet').waitFor()
    expect(await inspect(page, 'overview-empty')).toEqual([])
    await page.getByText('Live', { exact: true }).first().waitFor()
    const [first] = sampleLists
    if (first === undefined) throw new Error('There are sample lists.')
    await takeIn(bench.service, bench.login, first)
    await page.getByRole('row', { name: /Acme Ltd/ }).waitFor()
  }, 180_000)

  test('fetches all sources at a press, and shows each on its way', async () => {
    await using bench = await openAdmin({ lists: [] })
    const { page, service, login } = bench
    await bench.open('/')
    await page.getByRole('button', { name: 'Sync now' }).click()
    await page.getByText('There is no source that is fetched').waitFor()
    const made = await service.json('/api/v1/sources', {
      method: 'POST',
      headers: { ...login.bearer, 'content-type': 'application/json' },
      body: JSON.stringify({
        supplier: 'Acme Ltd',
        name: 'weekly list',
        kind: 'http',
        config: { url: 'https://prices.example/acme.csv' },
      }),
    })
    expect(made.status).toBe(201)
    await page.getByRole('button', { name: 'Sync now' }).click()
    await page.getByText('0 of 1 sources done').waitFor()
    await page.getByRole('dialog').getByText('weekly list').waitFor()
    expect(await inspect(page, 'sync')).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByText('0 of 1 sources done').waitFor({ state: 'detached' })
    expect(bench.complaints).toEqual([])
  }, 180_000)
})
