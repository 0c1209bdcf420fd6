import { describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { settled, stepMs, watch } from '../helpers/admin-page.ts'
import { browserProgram, openBrowser } from '../helpers/browser.ts'
import { openProgram } from '../helpers/cli.ts'
import { goodPassword } from '../helpers/logins.ts'
import { recordCoverage } from '../helpers/page-coverage.ts'
import { readSheets } from '../helpers/read-sheets.ts'
import { startServe } from '../helpers/serve.ts'
import { until } from '../helpers/until.ts'
import { makeWorkbook, type WorkbookCell } from '../helpers/workbook.ts'

const script = '<img src=x onerror="window.isBroken=1"><script>window.isBroken=1</script>'

/** A list as people keep them: a page of greetings, titles, a section, two prices, and a cell that is none. */
function messyList(price: (n: number) => WorkbookCell, numbers: readonly number[]): Buffer {
  const rows: WorkbookCell[][] = [
    ['Nord Armaturen GmbH – price list for partners'],
    ['valid from 01.01.2026'],
    [],
    ['Art. No', 'Description', 'List EUR', 'Your price EUR', 'Unit', 'Colour'],
    ['Ball valves'],
    ...numbers.map((n): WorkbookCell[] => [
      `N-${n}`,
      `Ball valve DN ${n * 5} ${script}`,
      20.5 + n,
      price(n),
      'pcs',
      n % 2 === 0 ? 'red' : 'blue',
    ]),
  ]
  return makeWorkbook([
    { name: 'Read me', rows: [['Thank you for your interest'], ['Questions: sales@nord.example']] },
    { name: 'Prices 2026', rows },
  ])
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1)
const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const chosen = (name: string, buffer: Buffer) => ({ name, mimeType: workbookType, buffer })

/** The whole way of a person, on the program as it is run: its own processes, and nothing moved on by hand. */
describe.skipIf(browserProgram === null)('the whole story', () => {
  test('from the first run over a messy workbook and its rejects to a job that is retried, and out again', async () => {
    let isGone = false
    await using lists = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: () =>
        isGone
          ? new Response('no longer here', { status: 410 })
          : new Response(`SKU;Name;Price EUR\nL-1;Tap ${script};1,50\nL-2;Pump;2,50\n`),
    })
    await using program = await openProgram('sqlite', { TALLYMAN_PRIVATE_HOSTS: '127.0.0.1' })
    const serving = await startServe(program, { TALLYMAN_LOGIN: 'true' })
    try {
      await using browser = await openBrowser()
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
      page.setDefaultTimeout(stepMs)
      const endCoverage = await recordCoverage(page)
      const url = serving.url.replace(/\/$/, '')
      const complaints = await watch(page, url)
      /** Nothing that came with a list has run. */
      const unharmed = async () => expect(await page.evaluate('window.isBroken')).toBeUndefined()
      const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
      const open = async (path: string) => {
        await page.goto(url + path)
        await settled(page)
      }
      const publishFrom = async (before: string) => {
        await button('Publish').click()
        await page.waitForURL(
          ({ pathname }) => /^\/imports\/[0-9a-f-]+$/.test(pathname) && !pathname.endsWith(before),
        )
        await page.getByRole('tab', { name: 'Changes' }).waitFor()
        await settled(page)
        return new URL(page.url()).pathname.split('/').at(-1) ?? ''
      }
      const figures = async () =>
        Object.fromEntries(
          await Promise.all(
            ['New', 'Dearer', 'Cheaper', 'Gone'].map(async (name) => {
              const stat = page.locator('main dl > div', { has: page.getByText(name, { exact: true }) })
              return [name, Number(await stat.locator('dd').first().innerText())]
            }),
          ),
        )

      // The first run, with the token of the console.
      await page.goto(url)
      await page.waitForURL(`${url}/setup`)
      await page.getByLabel('Setup token').fill(await serving.printed(/(tlm_setup_\S+)/))
      await page.getByLabel('Name').fill('Ada')
      await page.getByLabel('Password').fill(goodPassword)
      await button('Make administrator').click()
      await button('Menu of Ada').first().click()
      await button('Sign out').first().click()
      await page.waitForURL(/\/sign-in/)
      await page.getByLabel('Name').fill('Ada')
      await page.getByLabel('Password').fill(goodPassword)
      await button('Sign in').click()
      await button('Menu of Ada').first().waitFor()

      // A messy workbook, whose price is another column than was taken for it.
      await page.getByRole('link', { name: 'Upload', exact: true }).first().click()
      const startedMs = performance.now()
      await page.getByLabel('Price list').setInputFiles(
        chosen(
          'nord-46.xlsx',
          messyList((n) => (n === 7 ? 'tba soon' : 10.5 + n), upTo(40)),
        ),
      )
      await page.getByText('A price list', { exact: true }).waitFor()
      await page.getByLabel('Column C').selectOption({ label: 'Price' })
      await page.getByRole('cell', { name: '60.50 EUR' }).first().waitFor()
      await page.getByLabel('Column D').selectOption({ label: 'Price' })
      await page.getByRole('cell', { name: '11.50 EUR' }).first().waitFor()
      // What nobody would take for one, so that the source has something to remember.
      await page.getByLabel('Column F').selectOption({ label: 'Brand' })
      await page.getByText(script).first().waitFor()
      await unharmed()
      await page.getByRole('combobox', { name: 'Supplier' }).fill('Nord <i>Armaturen</i>')
      await page.getByLabel('What it covers').selectOption('full')
      const first = await publishFrom('upload')
      console.info(`From upload to the published list: ${Math.round(performance.now() - startedMs)} ms.`)
      await page.getByText('Partial success', { exact: true }).first().waitFor()
      expect(await figures()).toEqual({ New: 39, Dearer: 0, Cheaper: 0, Gone: 0 })
      await page.getByText(script).first().waitFor()
      await unharmed()

      // What was rejected: saved in the supplier's own layout, mended, and brought in.
      await page.getByRole('tab', { name: 'Rejected (1)' }).click()
      await page.getByRole('cell', { name: 'tba soon', exact: true }).waitFor()
      await unharmed()
      const coming = page.waitForEvent('download')
      await button('Download rejects').click()
      const download = await coming
      expect(await download.failure()).toBeNull()
      const { sheets } = await readSheets(await readFile(await download.path()))
      const mended = makeWorkbook(
        sheets.map(({ name, rows }) => ({
          ...(name !== null && { name }),
          rows: rows.map(([, cells]) => cells.map((cell) => (cell === 'tba soon' ? 17.5 : cell))),
        })),
      )
      await page.getByRole('link', { name: 'Upload mended file' }).click()
      await page.getByLabel('Price list').setInputFiles(chosen('nord-46-mended.xlsx', mended))
      await page.getByText('Corrected rows', { exact: true }).waitFor()
      const second = await publishFrom(first)
      await page.getByText('Completed', { exact: true }).first().waitFor()
      expect(await figures()).toEqual({ New: 1, Dearer: 0, Cheaper: 0, Gone: 0 })

      // The next list: its columns are known by now, and the report tells what has moved.
      const next = messyList(
        (n) => 10.5 + n + (n % 10 === 0 ? 2 : n % 13 === 0 ? -1 : 0),
        upTo(42).filter((n) => n !== 3),
      )
      await open('/upload')
      await page.getByLabel('Price list').setInputFiles(chosen('nord-47.xlsx', next))
      await page.getByRole('combobox', { name: 'Supplier' }).fill('nord <i>armaturen</i>')
      await page.getByText('Known supplier.').waitFor()
      await page.getByRole('cell', { name: '11.50 EUR' }).first().waitFor()
      expect(await page.getByLabel('Column D').inputValue()).toBe('price')
      await until(async () => (await page.getByLabel('Column F').inputValue()) === 'brand', stepMs)
      await page.getByLabel('What it covers').selectOption('full')
      await publishFrom(second)
      expect(await figures()).toEqual({ New: 2, Dearer: 4, Cheaper: 3, Gone: 1 })
      await page.getByRole('heading', { name: 'Biggest price moves' }).waitFor()
      await unharmed()
      await open(`/items?search=${encodeURIComponent('DN 50')}`)
      await page.getByText(`Ball valve DN 50 ${script}`).first().click()
      await page.getByText('22.50').first().waitFor()
      await unharmed()

      // A link whose server is gone when it is fetched: its job fails, and is tried again once that is back.
      await open('/upload')
      await page.getByLabel('Or paste a link to a list').fill(`${lists.url.href}prices.csv`)
      await button('Fetch').click()
      await page.getByRole('cell', { name: '1.50 EUR' }).waitFor()
      await page.getByRole('combobox', { name: 'Supplier' }).fill('Link Ltd')
      isGone = true
      await button('Publish').click()
      await page.getByText('This list could not be taken').waitFor()
      await open('/jobs?status=dead')
      await page.getByText('1 job', { exact: true }).waitFor()
      await page.getByLabel('Choose all on this page').check()
      isGone = false
      await button('Retry 1').click()
      await page.getByText('No job is like that').waitFor()
      await open('/jobs')
      await page.getByRole('link', { name: 'Link Ltd' }).click()
      await page.getByText('Succeeded', { exact: true }).first().waitFor()
      await page.getByRole('link', { name: 'Its report and its rows' }).click()
      await page.getByText('Completed', { exact: true }).first().waitFor()
      await page.getByText(script).first().waitFor()
      await unharmed()

      // Out again: nothing is left behind for whoever comes next.
      await button('Menu of Ada').first().click()
      await button('Sign out').first().click()
      await page.waitForURL(/\/sign-in/)
      await page.goBack()
      await page.waitForURL(/\/sign-in/)
      await page.getByLabel('Password').waitFor()
      expect(await page.locator('body').innerText()).not.toMatch(/Link|Nord|Tap|Ada/)
      await open('/items')
      expect(new URL(page.url()).pathname).toBe('/sign-in')
      expect(complaints).toEqual([])
      await endCoverage()
    } finally {
      serving.child.kill('SIGKILL')
      await serving.ended()
    }
  }, 600_000)
})
