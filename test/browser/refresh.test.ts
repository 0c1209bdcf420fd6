import { describe, expect, test } from 'bun:test'
import { openAdmin, settled } from '../helpers/admin-page.ts'
import { browserProgram } from '../helpers/browser.ts'

/** A little more than that after which everything on screen is asked for again. */
const refreshMs = 8500

describe.skipIf(browserProgram === null)('what is asked for again', () => {
  test('touches nothing that is as it was: no row is drawn anew, scroll and focus stay', async () => {
    await using bench = await openAdmin()
    const { page } = bench
    // The page's clock is ours, so that nobody has to wait; a timer that is due runs at once.
    await page.clock.install()
    for (const [path, list] of [
      ['/items', '/api/v1/items'],
      ['/imports', '/api/v1/imports'],
      ['/jobs', '/api/v1/jobs'],
    ] as const) {
      await page.goto(bench.service.url + path)
      await page.clock.runFor(1000)
      await settled(page)
      await page.locator('main tbody a').first().waitFor()
      // What the first events have it ask for again is had before.
      await page.clock.runFor(2000)
      await settled(page)
      await page.evaluate(`{
        const rows = document.querySelector('main tbody')
        window.drawn = []
        // "3 min ago" becomes "4 min ago": that is news.
        new MutationObserver((changes) => {
          for (const { type, target } of changes)
            if (!(target.parentElement ?? target).closest('time')) window.drawn.push(type + ' ' + target.nodeName)
        }).observe(rows, { childList: true, subtree: true, attributes: true, characterData: true })
        // Of a page whose body has the focus every text of it would count.
        Array.from(rows.querySelectorAll('a')).slice(0, 6).at(-1).focus()
        window.scrollTo(0, 200)
      }`)
      const before = await page.evaluate('[scrollY, document.activeElement?.textContent]')
      const asked = page.waitForResponse((response) => new URL(response.url()).pathname === list)
      await page.clock.runFor(refreshMs)
      await (await asked).finished()
      await settled(page)
      await page.clock.runFor(500)
      expect([path, await page.evaluate('window.drawn')]).toEqual([path, []])
      expect(await page.evaluate('[scrollY, document.activeElement?.textContent]')).toEqual(before)
    }
    expect(bench.complaints).toEqual([])
  }, 180_000)
})
