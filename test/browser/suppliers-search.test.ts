import { describe, expect, test } from 'bun:test'
import { supplierStore } from '../../src/suppliers/store.ts'
import { inspect, openAdmin, stepMs, takeIn } from '../helpers/admin-page.ts'
import { browserProgram } from '../helpers/browser.ts'
import { openUrl } from '../helpers/open-database.ts'
import { until } from '../helpers/until.ts'

const count = 300
const nameOf = (n: number) => `Supplier ${String(n).padStart(3, '0')} <b>Ltd</b>`

describe.skipIf(browserProgram === null)('a supplier out of hundreds', () => {
  test('is found by typing, in the filters of lists, an upload and a new source', async () => {
    await using bench = await openAdmin({ lists: [] })
    const { page, service, login } = bench
    const db = await openUrl(service.program.url)
    try {
      await db.tx(async ({ query }) => {
        const store = supplierStore({ query, tables: db.tables })
        for (let n = 1; n <= count; n++) await store.add(nameOf(n), new Date())
      })
    } finally {
      await db.close()
    }
    const last = nameOf(count)
    const content = 'SKU;Name;Price EUR\nA-1;Valve;1,50\n'
    await takeIn(service, login, { supplier: last, fileName: 'last.csv', content })
    await takeIn(service, login, { supplier: nameOf(7), fileName: 'seven.csv', content })

    await bench.open('/imports')
    const filter = page.getByRole('combobox', { name: 'Supplier' })
    const list = page.getByRole('listbox', { name: 'Suppliers' })
    // Its name is asked for by its id.
    const hasText = (text: string) => until(async () => (await filter.inputValue()) === text, stepMs)
    await filter.click()
    await page.getByText('There are more; type a part of the name.').waitFor()
    expect(await list.getByRole('option').count()).toBe(21)
    expect(await inspect(page, 'supplier-filter')).toEqual([])
    // By keyboard alone; Enter may be quicker than the answer.
    await filter.fill('')
    await filter.pressSequentially('LIER 300')
    await filter.press('Enter')
    await page.waitForURL(/supplier_id=/)
    await page.getByRole('link', { name: 'seven.csv' }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'last.csv' }).waitFor()
    await hasText(last)

    // An address can be shared: the name stands there again.
    await page.reload()
    await page.getByRole('link', { name: 'last.csv' }).waitFor()
    await hasText(last)

    // Escape and leaving change nothing; arrows walk.
    await filter.focus()
    await filter.press('ArrowDown')
    await list.getByRole('option', { name: 'All suppliers' }).waitFor()
    expect(await list.getByRole('option', { selected: true }).allInnerTexts()).toEqual([])
    await filter.press('Escape')
    await list.waitFor({ state: 'hidden' })
    await filter.pressSequentially('007')
    await list.getByRole('option', { name: nameOf(7) }).waitFor()
    await filter.press('Tab')
    await list.waitFor({ state: 'hidden' })
    expect(await filter.inputValue()).toBe(last)
    // Whoever walks while the answer is still on its way stays where they have come to.
    const goesOn = Promise.withResolvers<void>()
    const search = /\/suppliers\?.*=00(&|$)/
    await page.route(search, async (route) => {
      await goesOn.promise
      await route.fallback()
    })
    await filter.fill('')
    await list.getByRole('option', { name: nameOf(20) }).waitFor()
    await filter.fill('00')
    await filter.press('ArrowDown')
    await filter.press('ArrowDown')
    await filter.press('ArrowUp')
    const walkedTo = async () =>
      page.locator(`[id="${await filter.getAttribute('aria-activedescendant')}"]`).innerText()
    expect(await walkedTo()).toBe(nameOf(2))
    goesOn.resolve()
    await list.getByRole('option', { name: nameOf(20) }).waitFor({ state: 'detached' })
    await list.getByRole('option', { name: nameOf(100) }).waitFor()
    expect(await walkedTo()).toBe(nameOf(2))
    await page.unroute(search)
    await filter.fill('007')
    await list.getByRole('option', { name: nameOf(7) }).click()
    await page.getByRole('link', { name: 'seven.csv' }).waitFor()
    await filter.fill('nobody is called so')
    await page.getByText('None is called like that.').waitFor()
    await filter.fill('')
    await filter.press('Enter')
    await page.getByRole('link', { name: 'last.csv' }).waitFor()
    expect(new URL(page.url()).search).toBe('')

    for (const path of ['/items', '/jobs']) {
      await bench.open(path)
      await filter.fill('300')
      await list.getByRole('option', { name: last }).click()
      await page.waitForURL(/supplier_id=/)
    }
    await bench.open('/imports?supplier_id=nobody')
    await hasText('An unknown supplier')

    // A name that is to be typed anyhow: the list only helps.
    for (const path of ['/upload', '/sources/new']) {
      await bench.open(path)
      if (path === '/upload')
        await page
          .getByLabel('Price list')
          .setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(content) })
      await filter.fill('Supplier 29')
      await list.getByRole('option', { name: nameOf(299) }).click()
      expect(await filter.inputValue()).toBe(nameOf(299))
      await page.getByText('Known supplier.').waitFor()
      await filter.fill('supplier  300 <B>ltd</B>')
      await page.getByText('Known supplier.').waitFor()
      await filter.fill('Supplier 30')
      await page.getByText('A new supplier is made.').waitFor()
      await filter.press('Enter')
      await list.waitFor({ state: 'hidden' })
      expect(await filter.inputValue()).toBe('Supplier 30')
    }
    expect(bench.complaints).toEqual([])
  }, 300_000)
})
