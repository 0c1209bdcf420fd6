import { describe, expect, test } from 'bun:test'
import { inspect, openAdmin, settled } from '../helpers/admin-page.ts'
import { browserProgram } from '../helpers/browser.ts'

describe.skipIf(browserProgram === null)('the pages of items', () => {
  test('find an item by words, narrow it by facts, and keep both in the address', async () => {
    await using bench = await openAdmin()
    const { page, service } = bench
    await bench.open('/items')
    expect(await inspect(page, 'items')).toEqual([])

    await page.getByLabel('Words of name or SKU').fill('säg')
    const saw = page.getByRole('link', { name: 'Säge <script>alert(1)</script>' })
    await saw.waitFor()
    await page.getByRole('link', { name: 'Article 1', exact: true }).waitFor({ state: 'detached' })
    await page.reload()
    await saw.waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.waitForURL(`${service.url}/items`)

    await page.getByRole('button', { name: 'More filters' }).click()
    await page.getByLabel('Brand').fill('Knip')
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByRole('link', { name: 'Zange' }).waitFor()
    await saw.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Knip' }).click()
    expect(await inspect(page, 'items-filter')).toEqual([])
    await page.getByLabel('Costs at least').fill('9,00')
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByText('No item is like that').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()

    await page.getByRole('button', { name: 'Next' }).click()
    await page.waitForURL(/cursor=/)
    await page.getByRole('button', { name: 'Previous' }).click()
    await page.waitForURL(`${service.url}/items`)
    await page.getByLabel('Words of name or SKU').fill('nothing is called so')
    await page.getByText('No item is like that').waitFor()
    expect(await inspect(page, 'items-none')).toEqual([])
    expect(bench.complaints).toEqual([])
  }, 180_000)

  test('take the list as a file, as it is filtered', async () => {
    await using bench = await openAdmin()
    const { page } = bench
    await bench.open('/items?search=hammer')
    await page.getByRole('button', { name: 'Export' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ])
    const text = await Bun.file(await download.path()).text()
    expect(text).toContain('Hammer 300 g')
    expect(text).not.toContain('Zange')
  }, 120_000)

  test('show where each price is written, and let people correct, delete and restore an item', async () => {
    await using bench = await openAdmin()
    const { page } = bench
    await bench.open('/items?search=a-7')
    await page.getByRole('link', { name: 'Article 7', exact: true }).click()
    await page.getByRole('heading', { name: 'Article 7' }).waitFor()
    await page.getByRole('link', { name: 'acme-2026-46.csv' }).waitFor()
    await page.getByText('C9', { exact: true }).first().waitFor()
    await page.getByRole('img', { name: /^Chart of the price since/ }).waitFor()

    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByLabel('Name').fill('Article seven <img src=x onerror=alert(1)>')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Article seven <img src=x onerror=alert(1)>' }).waitFor()
    await page.getByText('Edited; its list says “Article 7”').waitFor()
    await page.getByRole('heading', { name: 'Edits' }).waitFor()
    await settled(page)
    expect(await inspect(page, 'item')).toEqual([])

    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Delete item' }).click()
    await page.getByRole('button', { name: 'Restore' }).click()
    await page.getByRole('button', { name: 'Delete' }).waitFor()
    expect(bench.complaints).toEqual([])
  }, 180_000)

  test('offer a viewer nothing that only others may do', async () => {
    await using bench = await openAdmin({ role: 'viewer' })
    await bench.open('/items?search=a-7')
    await bench.page.getByRole('link', { name: 'Article 7', exact: true }).click()
    await bench.page.getByRole('heading', { name: 'Article 7' }).waitFor()
    await settled(bench.page)
    expect(await bench.page.getByRole('button', { name: 'Edit' }).count()).toBe(0)
    await bench.open('/items/999999')
    await bench.page.getByRole('alert').waitFor()
    expect(await inspect(bench.page, 'item-unknown')).toEqual([])
  }, 120_000)
})
