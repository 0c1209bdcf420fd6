import { describe, expect, test } from 'bun:test'
import { openAdmin, sampleLists } from '../helpers/admin-page.ts'
import { browserProgram } from '../helpers/browser.ts'
import { priceList } from '../helpers/lists.ts'
import { goodPassword } from '../helpers/logins.ts'

const slow = 300_000
const list = { name: 'acme.csv', mimeType: 'text/csv', buffer: Buffer.from(priceList(20)) }

describe.skipIf(browserProgram === null)('what goes wrong on the way', () => {
  test(
    'a service that does not answer is said so, wherever one is, and what is on screen is said to be old',
    async () => {
      await using bench = await openAdmin({ lists: sampleLists.slice(0, 1) })
      const { page } = bench
      await bench.open('/imports')
      await page.getByRole('link', { name: 'acme-2026-46.csv' }).click()
      await page.getByRole('tab', { name: 'Changes' }).waitFor()
      await page.getByRole('status').filter({ hasText: 'Live' }).first().waitFor()
      await page.context().setOffline(true)
      await page.getByRole('alert').filter({ hasText: 'The service did not answer' }).first().waitFor()
      // A stream that is there already stays for a while; a new one does not come about.
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
      await page.getByRole('status').filter({ hasText: 'No connection' }).first().waitFor()
      await page.context().setOffline(false)
      await page.getByRole('status').filter({ hasText: 'Live' }).first().waitFor()
      await page.getByRole('alert').first().waitFor({ state: 'detached' })
    },
    slow,
  )

  test(
    'a service that takes a question and never answers is said so too',
    async () => {
      await using bench = await openAdmin({ lists: sampleLists.slice(0, 1) })
      const { page } = bench
      await page.clock.install()
      await bench.open('/')
      const isAsked = Promise.withResolvers<void>()
      await page.route('**/api/v1/items?*', () => isAsked.resolve())
      await page.getByRole('link', { name: 'Items', exact: true }).first().click()
      await isAsked.promise
      await page.clock.runFor(50_000)
      await page.getByRole('alert').filter({ hasText: 'The service did not answer' }).first().waitFor()
      await page.unroute('**/api/v1/items?*')
      await page.clock.runFor(20_000)
      await page.getByText('A-1', { exact: true }).first().waitFor()
    },
    slow,
  )

  test(
    'a file that had no answer is sent again under its key, and whoever has gone elsewhere meanwhile is left there',
    async () => {
      await using bench = await openAdmin({ lists: [] })
      const { page, service } = bench
      const keys: string[] = []
      const goesOn = Promise.withResolvers<void>()
      await page.route('**/api/v1/uploads?*', async (route) => {
        keys.push(route.request().headers()['idempotency-key'] ?? '')
        if (keys.length === 1) return route.abort()
        await goesOn.promise
        await route.continue()
      })
      await bench.open('/upload?supplier=Acme%20Ltd')
      await page.getByLabel('Price list').setInputFiles(list)
      await page.getByText('A price list', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Publish' }).click()
      await page.getByRole('alert').filter({ hasText: 'The service did not answer' }).waitFor()
      await page.getByRole('button', { name: 'Publish' }).click()
      await page.getByRole('progressbar').waitFor()
      await page.getByRole('link', { name: 'Items', exact: true }).first().click()
      await page.getByRole('heading', { level: 1, name: 'Items' }).waitFor()
      goesOn.resolve()
      await page.getByText('acme.csv is handed in.').waitFor()
      expect(new URL(page.url()).pathname).toBe('/items')
      expect(keys[1]).toBe(keys[0] ?? 'none')
      expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
      expect(await service.program.rows('select count(*) as n from imports')).toEqual([{ n: 1 }])
    },
    slow,
  )

  test(
    'a file that is being sent can be kept back, and handed in after all',
    async () => {
      await using bench = await openAdmin({ lists: [] })
      const { page, service } = bench
      const held = Promise.withResolvers<void>()
      await page.route('**/api/v1/uploads?*', async () => held.promise)
      await bench.open('/upload?supplier=Acme%20Ltd')
      await page.getByLabel('Price list').setInputFiles(list)
      await page.getByText('A price list', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Publish' }).click()
      await page.getByRole('button', { name: 'Cancel' }).click()
      await page.getByRole('button', { name: 'Another file' }).waitFor()
      expect(await page.getByRole('alert').count()).toBe(0)
      expect(await service.program.rows('select count(*) as n from imports')).toEqual([{ n: 0 }])
      await page.unroute('**/api/v1/uploads?*')
      held.resolve()
      await page.getByRole('button', { name: 'Publish' }).click()
      await page.waitForURL(/\/imports\/[0-9a-f-]+$/)
      expect(bench.complaints).toEqual([])
    },
    slow,
  )

  test(
    'changes are made where a browser keeps back what it gives to pages with TLS only, and where it stores nothing',
    async () => {
      await using bench = await openAdmin()
      const { page } = bench
      await page.addInitScript(`
        Object.defineProperty(Crypto.prototype, 'randomUUID', { value: undefined })
        Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('denied', 'SecurityError') } })
        Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError') } })
      `)
      await bench.open('/jobs')
      await page.getByRole('button', { name: 'Pause the queue' }).click()
      await page.getByRole('button', { name: 'Resume the queue' }).waitFor()
      await page.getByRole('button', { name: 'Menu of Ada' }).first().click()
      await page.getByRole('button', { name: 'Sign out' }).first().waitFor()
      expect(bench.complaints).toEqual([])
    },
    slow,
  )

  test(
    'a session that is another one by now changes nothing, and the next press does',
    async () => {
      await using bench = await openAdmin()
      const { page } = bench
      await bench.open('/jobs')
      await page.getByRole('button', { name: 'Pause the queue' }).waitFor()
      // As another tab would, and pressed before this one can have seen it.
      const status = await page.evaluate(`{
        const asked = new XMLHttpRequest()
        asked.open('POST', '/api/v1/session', false)
        asked.setRequestHeader('content-type', 'application/json')
        asked.send(${JSON.stringify(JSON.stringify({ name: 'Ada', password: goodPassword }))})
        const pause = [...document.querySelectorAll('button')].find((each) => each.innerText === 'Pause the queue')
        pause.click()
        asked.status
      }`)
      expect(status).toBeLessThan(300)
      await page.getByText('Somebody has signed in anew in this browser').waitFor()
      // Whoever reads that can go on at once.
      await page.getByRole('button', { name: 'Pause the queue' }).click()
      await page.getByRole('button', { name: 'Resume the queue' }).waitFor()
    },
    slow,
  )

  test(
    'a dialog that is left gives the keyboard back to where it came from',
    async () => {
      await using bench = await openAdmin()
      const { page } = bench
      await bench.open('/suppliers')
      const opener = page.getByRole('button', { name: 'Add supplier' })
      await opener.focus()
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect(await page.evaluate('document.activeElement?.textContent')).toBe('Add supplier')
    },
    slow,
  )
})
