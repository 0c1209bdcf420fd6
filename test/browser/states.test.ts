import { describe, expect, test } from 'bun:test'
import { inspect, openAdmin, sampleLists, settled, takeIn } from '../helpers/admin-page.ts'
import { browserProgram } from '../helpers/browser.ts'
import { written } from '../helpers/open-database.ts'

const slow = 600_000
const broken = {
  supplier: 'Broken Ltd',
  fileName: 'letter.csv',
  content: 'Dear customer\nour prices follow soon\n',
}
/** What a supplier may send: names without end, a file name without a place to break, prices of many digits. */
const longTexts = {
  supplier: 'Vereinigte Norddeutsche Befestigungs- und Verbindungstechnik Handelsgesellschaft mbH & Co. KG',
  fileName: 'preisliste_haendler_2026_kw48_final_endgueltig_korrigiert_v3_bitte_diese_verwenden.csv',
  content:
    'Artikelnummer;Bezeichnung;Marke;Warengruppe;Farbe;Gewicht;Material;Länge;Norm;Preis EUR\n' +
    Array.from(
      { length: 30 },
      (_, n) =>
        `VNB-2026-${n}-LONG-ARTICLE-NUMBER;Sechskantschraube mit Flansch und Sperrverzahnung, selbstsichernd, Nr. ${n}, ` +
        `blau passiviert, im Karton zu 200 Stück;Norddeutsche Befestigungstechnik;Verbindungstechnik > Schrauben > ` +
        `Sechskantschrauben > mit Flansch;blau passiviert;${n + 1},5 kg;Edelstahl A4-80;${n * 10} mm;DIN 6921;${n + 1}.234,5678`,
    ).join('\n'),
}

describe.skipIf(browserProgram === null)('pages in every state', () => {
  test(
    'while what they show is on its way, and when it cannot be had',
    async () => {
      await using bench = await openAdmin()
      const { page } = bench
      let isAnswered: (() => void) | null = null
      const answered = new Promise<void>((resolve) => {
        isAnswered = resolve
      })
      await page.route('**/api/v1/imports?*', async (route) => {
        await answered
        await route.abort()
      })
      await page.goto(`${bench.service.url}/imports`)
      await page.getByRole('status').filter({ hasText: 'Loading' }).first().waitFor({ state: 'attached' })
      expect(await inspect(page, 'loading', { isSettled: false })).toEqual([])
      ;(isAnswered ?? (() => undefined))()
      await page.getByRole('button', { name: 'Try again' }).first().waitFor()
      expect(await inspect(page, 'unreachable')).toEqual([])
      await page.getByRole('button', { name: 'Try again' }).first().click()
      await page.unroute('**/api/v1/imports?*')
      await page.getByRole('link', { name: 'acme-2026-47.csv' }).waitFor()
      await bench.open('/imports?status=nonsense')
      await page.getByRole('alert').waitFor()
      expect(await inspect(page, 'refused')).toEqual([])
      // The service answers addresses that are none itself; an old link within the page leads here.
      await page.evaluate("history.pushState(null, '', '/imports/of/nobody')")
      await page.getByRole('heading', { name: 'Nothing here' }).waitFor()
      expect(await inspect(page, 'not-found')).toEqual([])
    },
    slow,
  )

  test(
    'before there is anything',
    async () => {
      await using bench = await openAdmin({ lists: [] })
      for (const [path, name] of [
        ['/imports', 'imports-empty'],
        ['/items', 'items-empty'],
        ['/suppliers', 'suppliers-empty'],
        ['/suppliers?tab=sources', 'sources-empty'],
        ['/jobs', 'jobs-empty'],
        ['/dead-letters', 'dead-letters-empty'],
      ] as const) {
        await bench.open(path)
        expect(await inspect(bench.page, name)).toEqual([])
      }
      expect(bench.complaints).toEqual([])
    },
    slow,
  )

  test(
    'for those who may only look',
    async () => {
      await using bench = await openAdmin({ role: 'viewer', lists: [...sampleLists, broken] })
      for (const [path, name] of [
        ['/', 'viewer-overview'],
        ['/imports?status=held', 'viewer-imports'],
        ['/upload', 'viewer-upload'],
        ['/settings', 'viewer-account'],
        ['/dead-letters', 'viewer-dead-letters'],
      ] as const) {
        await bench.open(path)
        expect(await inspect(bench.page, name)).toEqual([])
      }
      await bench.open('/imports?status=held')
      await bench.page.getByRole('link', { name: 'acme-2026-48.csv' }).first().click()
      await bench.page.getByText('It waits for approval').waitFor()
      await settled(bench.page)
      expect(await inspect(bench.page, 'viewer-import')).toEqual([])
      expect(bench.complaints).toEqual([])
    },
    slow,
  )

  test(
    'with texts that are long, and more rows than fit',
    async () => {
      await using bench = await openAdmin({ lists: [...sampleLists, longTexts, broken] })
      const { page } = bench
      for (const [path, name] of [
        ['/', 'long-overview'],
        ['/items?search=sechskantschraube', 'long-items'],
        ['/imports', 'long-imports'],
        ['/suppliers', 'long-suppliers'],
        ['/jobs', 'long-jobs'],
      ] as const) {
        await bench.open(path)
        expect(await inspect(page, name)).toEqual([])
        expect(await widerThanScreen(bench)).toBe(false)
      }
      await bench.open('/imports')
      await page.getByRole('link', { name: longTexts.fileName }).click()
      await page.getByRole('heading', { name: 'New (30)' }).waitFor()
      expect(await inspect(page, 'long-import')).toEqual([])
      expect(await widerThanScreen(bench)).toBe(false)
      await bench.open('/imports?status=failed')
      await page.getByRole('link', { name: 'letter.csv' }).click()
      await page.getByText('This list could not be taken').waitFor()
      expect(await inspect(page, 'import-failed')).toEqual([])
      expect(bench.complaints).toEqual([])
    },
    slow,
  )

  test(
    'with a price that never moved, and one that moved for months',
    async () => {
      await using bench = await openAdmin({ lists: [] })
      const { page, service, login } = bench
      const list = (week: number) => ({
        supplier: 'Acme Ltd',
        fileName: `acme-week-${week}.csv`,
        content: `SKU;Name;Price EUR\nA-1;Valve;${100 + ((week * 7) % 13)}.50\nA-2;Pump;80.00\n`,
      })
      for (let week = 0; week < 12; week++) await takeIn(service, login, list(week))
      {
        // As if a week had gone by between each list and the next.
        await using db = await written(service.program.url)
        await db.run(
          `update price_history set recorded_at =
             recorded_at - ((select max(import_no) from price_history) - import_no) * 7 * 86400000`,
        )
      }
      for (const [item, name] of [
        ['Pump', 'item-one-price'],
        ['Valve', 'item-many-prices'],
      ] as const) {
        await bench.open('/items')
        await page.getByRole('link', { name: item }).click()
        await page.getByRole('img', { name: /^Chart of the price since/ }).waitFor()
        await settled(page)
        expect(await inspect(page, name)).toEqual([])
      }
      expect(bench.complaints).toEqual([])
    },
    slow,
  )

  test(
    'with a dialog or a menu open',
    async () => {
      await using bench = await openAdmin()
      const { page } = bench
      await bench.open('/items?search=a-7')
      await page.getByRole('button', { name: 'Export' }).click()
      await page.getByRole('button', { name: 'Excel workbook' }).waitFor()
      expect(await inspect(page, 'menu-export')).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'More filters' }).click()
      await page.getByRole('dialog', { name: 'Filter items' }).waitFor()
      expect(await inspect(page, 'dialog-filter')).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('link', { name: 'Article 7', exact: true }).click()
      await page.getByRole('button', { name: 'Edit', exact: true }).click()
      await page.getByRole('dialog', { name: 'Edit item' }).waitFor()
      await settled(page)
      expect(await inspect(page, 'dialog-edit-item')).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Delete', exact: true }).click()
      expect(await inspect(page, 'dialog-delete-item')).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Menu of Ada' }).first().click()
      expect(await inspect(page, 'menu-user')).toEqual([])
      await page.keyboard.press('Escape')
      await bench.open('/imports?status=held')
      await page.getByRole('link', { name: 'acme-2026-48.csv' }).first().click()
      await page.getByRole('button', { name: 'Discard' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).waitFor()
      await settled(page)
      expect(await inspect(page, 'dialog-discard')).toEqual([])
      await bench.open('/suppliers')
      await page.getByRole('button', { name: 'Add supplier' }).click()
      expect(await inspect(page, 'dialog-supplier')).toEqual([])
      await bench.open('/settings/tokens')
      await page.getByRole('button', { name: 'Make a token' }).click()
      expect(await inspect(page, 'dialog-token')).toEqual([])
      await bench.open('/schedules?ticks=clean-up')
      await page.getByRole('dialog').waitFor()
      await settled(page)
      expect(await inspect(page, 'dialog-ticks')).toEqual([])
      await page.keyboard.press('Escape')
      await page.setViewportSize({ width: 390, height: 844 })
      await page.getByRole('button', { name: 'More', exact: true }).last().click()
      await page.getByRole('dialog', { name: 'All pages' }).waitFor()
      expect(await inspect(page, 'drawer')).toEqual([])
      expect(bench.complaints).toEqual([])
    },
    slow,
  )

  test(
    'of the form of a source, for each kind',
    async () => {
      await using bench = await openAdmin({ lists: [] })
      const { page } = bench
      await bench.open('/sources/new?supplier=Acme%20Ltd')
      const kinds = await page
        .getByLabel('Kind', { exact: true })
        .locator('option')
        .evaluateAll((options) => options.map((option) => option.getAttribute('value') ?? ''))
      expect(kinds.length).toBeGreaterThan(5)
      for (const kind of kinds) {
        await page.getByLabel('Kind', { exact: true }).selectOption(kind)
        await settled(page)
        expect(await inspect(page, `source-form-${kind}`)).toEqual([])
      }
      expect(bench.complaints).toEqual([])
    },
    slow,
  )
})

/** Whether the page itself can be pushed to the side on a phone: only tables in it may. */
async function widerThanScreen({ page }: Awaited<ReturnType<typeof openAdmin>>): Promise<boolean> {
  await page.setViewportSize({ width: 390, height: 844 })
  const isWider = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth')
  await page.setViewportSize({ width: 1280, height: 800 })
  return isWider === true
}
