import { describe, expect, test } from 'bun:test'
import { inspect, openAdmin, takeIn } from '../helpers/admin-page.ts'
import { browserProgram } from '../helpers/browser.ts'

const rows = (line: (n: number) => string) => Array.from({ length: 60 }, (_, n) => line(n + 1)).join('\n')
const first = `SKU;Name;Price EUR\n${rows((n) => `A-${n};Valve <b>${n}</b>;${n}.50`)}\n`
/** The price of one stands behind that of a carton, which is taken for it. */
const next = `SKU;Name;Price EUR;Single EUR\n${rows((n) => `A-${n};Valve <b>${n}</b>;${n * 9}.00;${n}.75`)}\n`

describe.skipIf(browserProgram === null)('the columns of a list that is held', () => {
  test('are corrected by picking them, with the file from the archive before one’s eyes', async () => {
    await using bench = await openAdmin({
      lists: [{ supplier: 'Acme Ltd', fileName: 'acme-46.csv', content: first }],
    })
    const { page, service, login } = bench
    const id = await takeIn(service, login, {
      supplier: 'Acme Ltd',
      fileName: 'acme-47.csv',
      content: next,
    })
    await bench.open(`/imports/${id}`)
    await page.getByText('It waits for you').waitFor()
    await page.getByRole('link', { name: 'Correct the columns' }).click()
    const price = page.getByLabel('Column C')
    await page.getByRole('cell', { name: '540.00 EUR' }).first().waitFor()
    expect(await price.inputValue()).toBe('price')
    expect(await page.getByRole('button', { name: 'Read it so' }).isDisabled()).toBe(true)
    expect(await inspect(page, 'import-correct')).toEqual([])

    await page.getByLabel('Column D').selectOption({ label: 'Price' })
    await page.getByRole('cell', { name: '60.75 EUR' }).first().waitFor()
    expect(await price.inputValue()).toBe('')
    await page.getByRole('button', { name: 'Forget my corrections' }).click()
    await page.getByRole('cell', { name: '540.00 EUR' }).first().waitFor()
    await page.getByLabel('Column D').selectOption({ label: 'Price' })
    await page.getByRole('cell', { name: '60.75 EUR' }).first().waitFor()
    await page.getByRole('button', { name: 'Read it so' }).click()
    await page.waitForURL((url) => url.pathname === `/imports/${id}`)
    await page.getByRole('progressbar').waitFor()
    await service.analyze(id)
    await page.getByText('Completed', { exact: true }).waitFor()
    expect(
      await service.program.rows("select price_e4 from price_history where raw = '60.75' limit 1"),
    ).toEqual([{ price_e4: 607_500 }])

    // It is done: an address that was kept says so.
    await bench.open(`/imports/${id}/correct`)
    await page.getByText('There is nothing to correct').waitFor()
    expect(bench.complaints).toEqual([])
  }, 300_000)

  test('of one that could not be read at all are, too', async () => {
    await using bench = await openAdmin({ lists: [] })
    const { page, service, login } = bench
    const id = await takeIn(service, login, {
      supplier: 'Odd Ltd',
      fileName: 'odd.csv',
      content: `x1;y1\n${rows((n) => `thing number ${n};${n}`)}\n`,
    })
    await bench.open(`/imports/${id}`)
    await page.getByText('This list could not be taken').waitFor()
    await page.getByRole('link', { name: 'Correct the columns' }).click()
    await page.getByLabel('Column A').selectOption({ label: 'Name' })
    await page.getByLabel('Column B').selectOption({ label: 'Price' })
    await page.getByLabel('Currency').fill('EUR')
    await page.getByRole('cell', { name: '60.00 EUR' }).first().waitFor()
    await page.getByRole('button', { name: 'Read it so' }).click()
    await page.waitForURL((url) => url.pathname === `/imports/${id}`)
    await page.getByRole('progressbar').waitFor()
    await service.analyze(id)
    await page
      .getByText(/^(Completed|It waits for you)$/)
      .first()
      .waitFor()
    expect(bench.complaints).toEqual([])
  }, 300_000)

  test('may be seen by whoever may only look, and are not theirs to change', async () => {
    await using bench = await openAdmin({ role: 'viewer' })
    const { page } = bench
    await bench.open('/imports?status=held')
    await page.getByRole('link', { name: 'acme-2026-48.csv' }).first().click()
    await page.getByText('It waits for approval').waitFor()
    expect(await page.getByRole('link', { name: 'Correct the columns' }).count()).toBe(0)
    await bench.open(`${new URL(page.url()).pathname}/correct`)
    await page.getByText('Ask an operator: they say how lists are read.').waitFor()
    expect(bench.complaints).toEqual([])
  }, 300_000)
})
