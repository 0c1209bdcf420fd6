import { describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { inspect, openAdmin, sampleLists, settled, takeIn } from '../helpers/admin-page.ts'
import { browserProgram } from '../helpers/browser.ts'
import { readSheets } from '../helpers/read-sheets.ts'
import { makeWorkbook, type WorkbookCell } from '../helpers/workbook.ts'

const slow = 240_000

/** A list as people keep them: titles, a section, two prices, and cells that are none. */
function messyList(price: (n: number) => WorkbookCell = (n) => 10.5 + n): Buffer {
  const rows: WorkbookCell[][] = [
    ['Nord Armaturen GmbH – price list for partners'],
    ['valid from 01.01.2026'],
    [],
    ['Art. No', 'Description', 'List EUR', 'Your price EUR', 'Unit', 'Colour'],
    ['Ball valves'],
  ]
  for (let n = 1; n <= 40; n++)
    rows.push([
      `N-${n}`,
      `Ball valve DN ${n * 5} <b>brass</b>`,
      20.5 + n,
      n === 7 ? 'tba soon' : price(n),
      'pcs',
      n % 2 === 0 ? 'red' : 'blue',
    ])
  return makeWorkbook([
    { name: 'Read me', rows: [['Thank you for your interest'], ['Questions: sales@nord.example']] },
    { name: 'Prices 2026', rows },
  ])
}

const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const chosen = (name: string, buffer: Buffer) => ({ name, mimeType: workbookType, buffer })

describe.skipIf(browserProgram === null)('the pages of uploads and imports', () => {
  test(
    'a messy workbook is put right, published, its rejected row mended and brought in',
    async () => {
      await using bench = await openAdmin({ lists: [] })
      const { page, service } = bench
      const imported = async () => {
        await page.waitForURL(/\/imports\/[0-9a-f-]+$/)
        const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
        await page.getByRole('progressbar').waitFor()
        await service.analyze(id)
        return id
      }
      const startedMs = Date.now()
      await bench.open('/upload')
      await page.getByLabel('Price list').setInputFiles(chosen('nord.xlsx', messyList()))
      await page.getByText('A price list', { exact: true }).waitFor()
      const own = page.getByLabel('Column D')
      const list = page.getByLabel('Column C')

      // The column of list prices is picked, and the preview follows.
      await list.selectOption({ label: 'Price' })
      await page.getByRole('cell', { name: '60.50 EUR' }).first().waitFor()
      expect([await list.inputValue(), await own.inputValue()]).toEqual(['price', ''])
      await own.selectOption({ label: 'Price' })
      await page.getByRole('cell', { name: '11.50 EUR' }).first().waitFor()
      expect(await own.inputValue()).toBe('price')
      await page
        .getByText(/tba soon/)
        .last()
        .waitFor()

      await page.getByRole('button', { name: 'Publish' }).click()
      await page.getByText('Whose list is it?').waitFor()
      await page.getByLabel('Supplier', { exact: true }).fill('Nord Armaturen')
      await page.getByText('A new supplier is made.').waitFor()
      await settled(page)
      await page.getByRole('button', { name: 'Publish' }).click()
      const first = await imported()
      await page.getByRole('tab', { name: 'Changes' }).waitFor()
      console.info(`From upload to the published list: ${Date.now() - startedMs} ms.`)
      await settled(page)
      expect(await page.locator('main').innerText()).toContain('Partial success')

      // Rejected rows: downloaded in the supplier's layout, mended, uploaded.
      await page.getByRole('tab', { name: 'Rejected (1)' }).click()
      await page.getByRole('cell', { name: 'tba soon', exact: true }).waitFor()
      const coming = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Download rejects' }).click()
      const download = await coming
      expect(await download.failure()).toBe(null)
      const content = await readFile(await download.path())
      const { sheets } = await readSheets(content)
      const mended = makeWorkbook(
        sheets.map(({ name, rows }) => ({
          ...(name !== null && { name }),
          rows: rows.map(([, cells]) => cells.map((cell) => (cell === 'tba soon' ? 17.5 : cell))),
        })),
      )
      await page.getByRole('link', { name: 'Upload mended file' }).click()
      await page.getByLabel('Price list').setInputFiles(chosen('nord-mended.xlsx', mended))
      await page.getByText('Corrected rows', { exact: true }).waitFor()
      expect(await page.getByLabel('Supplier', { exact: true }).inputValue()).toBe('Nord Armaturen')
      await page.getByRole('button', { name: 'Publish' }).click()
      await page.waitForURL((url) => url.pathname.startsWith('/imports/') && !url.pathname.endsWith(first))
      await imported()
      await page.getByText('Completed', { exact: true }).waitFor()
      await page.getByRole('link', { name: 'another import' }).click()
      await page.waitForURL(new RegExp(first))
      await page.getByText('came in later, corrected').waitFor()
      expect(
        await service.program.rows(
          "select count(*) as n from supplier_items where name like '%<b>brass</b>%'",
        ),
      ).toEqual([{ n: 40 }])
      expect(bench.complaints).toEqual([])
    },
    slow,
  )

  test(
    'a list before and after it came in can be read by everybody',
    async () => {
      await using bench = await openAdmin({ lists: [] })
      const { page, service, login } = bench
      await bench.open('/upload')
      expect(await inspect(page, 'upload-empty')).toEqual([])
      await page.getByLabel('Price list').setInputFiles(chosen('nord.xlsx', messyList()))
      await page.getByText('A price list', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Publish' }).click()
      await page.getByText('Whose list is it?').waitFor()
      expect(await inspect(page, 'upload')).toEqual([])

      const id = await takeIn(service, login, {
        supplier: 'Nord Armaturen',
        fileName: 'nord.xlsx',
        content: messyList(),
      })
      await bench.open(`/imports/${id}`)
      await page.getByRole('heading', { name: 'New (39)' }).waitFor()
      expect(await inspect(page, 'import')).toEqual([])
      await page.getByRole('tab', { name: 'Rejected (1)' }).click()
      await page.getByRole('cell', { name: 'tba soon', exact: true }).waitFor()
      expect(await inspect(page, 'import-rejected')).toEqual([])
      expect(bench.complaints).toEqual([])
    },
    slow,
  )

  test(
    'a held list says why, tells what it would change, and is approved or discarded',
    async () => {
      await using bench = await openAdmin()
      const { page, service, login } = bench
      const held = await takeIn(service, login, {
        supplier: 'Acme Ltd',
        fileName: 'acme-2026-48.csv',
        content: `SKU;Name;Price EUR\n${Array.from({ length: 60 }, (_, n) => `A-${n + 1};Valve ${n + 1};${(n + 1) * 9}.00`).join('\n')}\n`,
      })
      await bench.open('/imports')
      await page.getByText('Waiting for you').waitFor()
      expect(await inspect(page, 'imports')).toEqual([])
      await page.getByLabel('State').selectOption('held')
      await page.waitForURL(/status=held/)
      await settled(page)
      await page.getByRole('link', { name: 'acme-2026-48.csv' }).first().click()
      await page.getByText('It waits for you').waitFor()
      await page.getByText('Biggest price moves').first().waitFor()
      await settled(page)
      expect(await inspect(page, 'import-held')).toEqual([])
      await page.getByRole('tab', { name: 'How it was read' }).click()
      await page.getByRole('cell', { name: 'Article number' }).waitFor()
      expect(await inspect(page, 'import-reading')).toEqual([])
      await page.getByRole('button', { name: 'Approve and publish' }).click()
      await page.getByRole('progressbar').waitFor()
      await service.analyze(held)
      await page.getByText('Completed', { exact: true }).waitFor()

      const next = await takeIn(service, login, {
        supplier: 'Acme Ltd',
        fileName: 'acme-2026-49.csv',
        content: `SKU;Name;Price EUR\n${Array.from({ length: 60 }, (_, n) => `A-${n + 1};Valve ${n + 1};${(n + 1) * 90}.00`).join('\n')}\n`,
      })
      await bench.open(`/imports/${next}`)
      await page.getByRole('button', { name: 'Discard' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
      await page.getByText('Cancelled', { exact: true }).waitFor()
      expect(bench.complaints).toEqual([])
    },
    slow,
  )

  test(
    'a link is looked at and becomes a source that is fetched; a file that is no list says so',
    async () => {
      await using lists = Bun.serve({
        port: 0,
        hostname: '127.0.0.1',
        fetch: () => new Response('SKU;Name;Price EUR\nA-1;Valve;1,50\nA-2;Pump;2,50\n'),
      })
      await using bench = await openAdmin({ lists: [], env: { TALLYMAN_PRIVATE_HOSTS: '127.0.0.1' } })
      const { page, service } = bench
      await bench.open('/upload')
      await page.getByLabel('Price list').setInputFiles({
        name: 'notes.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from('Dear partner,\nwe wish you a good year.\n'),
      })
      await page.getByText('No price list', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Another file' }).click()
      await page.getByLabel('Or paste a link to a list').fill(`${lists.url.href}prices.csv`)
      await page.getByRole('button', { name: 'Fetch' }).click()
      await page.getByRole('cell', { name: '1.50 EUR' }).waitFor()
      await page.getByLabel('Supplier', { exact: true }).fill('Link Ltd')
      await page.getByRole('switch', { name: 'Process via analyzer (ML)' }).click()
      await page.getByRole('button', { name: 'Publish' }).click()
      await page.waitForURL(/\/imports\/[0-9a-f-]+$/)
      expect(await service.program.rows('select kind, uses_analyzer from sources')).toEqual([
        { kind: 'http', uses_analyzer: 0 },
      ])
      expect(bench.complaints).toEqual([])
    },
    slow,
  )

  test(
    'a file may be dropped anywhere; the switch stands as its supplier’s lists are read, and counts for this file',
    async () => {
      await using bench = await openAdmin({ lists: sampleLists.slice(0, 1) })
      const { page, service, login } = bench
      const [acme] = await service.program.rows<{ id: string }>('select id from suppliers')
      const change = await service.fetch(`/api/v1/suppliers/${acme?.id}`, {
        method: 'PATCH',
        headers: { ...login.bearer, 'content-type': 'application/json' },
        body: JSON.stringify({ uses_analyzer: false }),
      })
      expect(change.status).toBe(200)
      await bench.open('/upload')
      // On the heading, where a browser would open it and leave the page.
      const isTaken = await page.evaluate(`{
        const dataTransfer = new DataTransfer()
        dataTransfer.items.add(new File(['SKU;Name;Price EUR\\nZ-1;Valve;1,50\\n'], 'dropped.csv'))
        const dropped = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true })
        const over = new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true })
        const title = document.querySelector('h1')
        // Where a drag is not taken, nothing is ever dropped.
        !title.dispatchEvent(over) && !title.dispatchEvent(dropped)
      }`)
      expect(isTaken).toBe(true)
      await page.getByText('dropped.csv').waitFor()
      const analyzer = page.getByRole('switch', { name: 'Process via analyzer (ML)' })
      expect(await analyzer.isChecked()).toBe(true)
      await page.getByLabel('Supplier', { exact: true }).fill('Acme Ltd')
      await page.getByText('Read in this service, without HTTP, as this supplier’s lists are.').waitFor()
      expect(await analyzer.isChecked()).toBe(false)
      await analyzer.click()
      await page.getByText('Read by the analyzer.').waitFor()
      await page.getByRole('button', { name: 'Publish' }).click()
      await page.waitForURL(/\/imports\/[0-9a-f-]+$/)
      expect(
        await service.program.rows(
          "select options ->> 'usesAnalyzer' as said from imports where file_name = 'dropped.csv'",
        ),
      ).toEqual([{ said: 1 }])
      expect(await service.program.rows('select uses_analyzer from sources')).toEqual([
        { uses_analyzer: null },
      ])
      expect(bench.complaints).toEqual([])
    },
    slow,
  )
})
