import { describe, expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { inspect, openAdmin } from '../helpers/admin-page.ts'
import { browserProgram } from '../helpers/browser.ts'
import { priceList } from '../helpers/lists.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

describe.skipIf(browserProgram === null)('suppliers and sources', () => {
  test('a source is tried, added, scheduled, fetched, paused and deleted', async () => {
    await using folder = await temporaryDirectory()
    await mkdir(folder.file('lists'), { recursive: true })
    await Bun.write(folder.file('lists/acme.csv'), priceList(30))
    await using bench = await openAdmin({ env: { TALLYMAN_LOCAL_FOLDERS: folder.file('lists') } })
    const { page } = bench
    await bench.open('/suppliers')
    expect(await inspect(page, 'suppliers')).toEqual([])
    await page.getByRole('link', { name: 'Acme Ltd' }).click()
    await page.getByRole('heading', { name: 'Last imports' }).waitFor()
    expect(await inspect(page, 'supplier')).toEqual([])

    await page.getByRole('link', { name: 'Add source' }).click()
    await page.getByLabel('Name', { exact: true }).fill('weekly list')
    await page.getByLabel('Kind', { exact: true }).selectOption('local')
    await page.getByLabel('Path', { exact: true }).fill(folder.file('lists/none.csv'))
    await page.getByRole('button', { name: 'Test' }).click()
    await page.getByText('It cannot be read').or(page.getByRole('alert')).first().waitFor()
    await page.getByLabel('Path', { exact: true }).fill(folder.file('lists/acme.csv'))
    await page.getByRole('button', { name: 'Test' }).click()
    await page.getByText('First rows, as they would be read').first().waitFor()
    expect(await inspect(page, 'new-source')).toEqual([])
    await page.getByLabel('Fetched').selectOption('0 6 * * 1-5')
    await page.getByRole('button', { name: 'Add source' }).click()

    await page.getByRole('heading', { name: 'Next times' }).waitFor()
    expect(
      await page.getByRole('heading', { name: 'Next times' }).locator('..').locator('time').count(),
    ).toBe(5)
    await page.getByRole('button', { name: 'Test' }).click()
    await page.getByText('First rows, as they would be read').first().waitFor()
    expect(await inspect(page, 'source')).toEqual([])
    await page.getByRole('tab', { name: 'Settings' }).click()
    await page.getByLabel('Name', { exact: true }).fill('every week')
    expect(await inspect(page, 'source-settings')).toEqual([])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'every week' }).waitFor()
    await page.getByRole('button', { name: 'Fetch now' }).click()
    await page.getByText('It waits for its turn.').waitFor()
    await page.getByRole('button', { name: 'Pause', exact: true }).click()
    await page.getByText('Paused', { exact: true }).waitFor()

    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('button', { name: 'Delete source …' }).click()
    await page.getByRole('button', { name: 'Delete source', exact: true }).click()
    await page.getByText('has a history', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'Delete it all the same' }).click()
    await page.getByRole('heading', { level: 1, name: 'Acme Ltd' }).waitFor()
    expect(bench.complaints).toEqual([])
  }, 300_000)

  test('a supplier is added, renamed and deleted by its name', async () => {
    await using bench = await openAdmin()
    const { page } = bench
    await bench.open('/suppliers')
    await page.getByRole('button', { name: 'Add supplier' }).click()
    await page.getByLabel('Name', { exact: true }).fill('<i>New</i> Ltd')
    await page.getByRole('dialog').getByRole('button', { name: 'Add supplier' }).click()
    await page.getByRole('heading', { level: 1, name: '<i>New</i> Ltd' }).waitFor()
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('button', { name: 'Edit supplier' }).click()
    await page.getByLabel('Name', { exact: true }).fill('New Ltd')
    await page.getByLabel('Country').fill('dk')
    expect(await inspect(page, 'supplier-edit')).toEqual([])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'New Ltd' }).waitFor()
    await page.getByText('DK', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('button', { name: 'Delete supplier …' }).click()
    const remove = page.getByRole('button', { name: 'Delete supplier', exact: true })
    expect(await remove.isDisabled()).toBe(true)
    await page.getByLabel('Type “New Ltd” to delete it').fill('New Ltd')
    expect(await inspect(page, 'supplier-delete')).toEqual([])
    await remove.click()
    await page.getByText('New Ltd is deleted', { exact: false }).waitFor()
    await bench.open('/suppliers?tab=sources')
    expect(await inspect(page, 'sources')).toEqual([])
    expect(bench.complaints).toEqual([])
  }, 300_000)
})
