import { describe, expect, test } from 'bun:test'
import { inspect, openAdmin } from '../helpers/admin-page.ts'
import { browserProgram } from '../helpers/browser.ts'
import { openLogged } from '../helpers/logged.ts'
import { openUrl } from '../helpers/open-database.ts'

describe.skipIf(browserProgram === null)('an error of the service', () => {
  test('is shown with the id under which the log tells of it, to be copied', async () => {
    const logged = openLogged()
    await using bench = await openAdmin({ lists: [], log: logged.log })
    const { page, service } = bench
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await bench.open('/suppliers')
    const db = await openUrl(service.program.url)
    await db.tx((tx) => tx.run('alter table suppliers rename to mislaid')).finally(() => db.close())

    const idOf = async (text: string) => /request ([0-9a-f]{12})/.exec(text)?.[1]
    const isLogged = (id: string | undefined) =>
      logged.events.some(({ message, fields }) => message === 'request failed' && fields.requestId === id)
    await page.goto(`${service.url}/suppliers`)
    const alert = page.getByRole('alert').filter({ hasText: 'request ' }).first()
    await alert.waitFor()
    expect(await inspect(page, 'error')).toEqual([])
    await alert.getByRole('button', { name: 'Copy request id' }).click()
    const copied = String(await page.evaluate('navigator.clipboard.readText()'))
    expect(copied).toMatch(/^[0-9a-f]{12}$/)
    expect(isLogged(copied)).toBe(true)

    // In a form, and in a message.
    await page.getByRole('button', { name: 'Add supplier' }).first().click()
    await page.getByRole('dialog').getByLabel('Name').fill('Acme')
    await page.getByRole('dialog').getByRole('button', { name: 'Add supplier' }).click()
    const inForm = page.getByRole('dialog').getByRole('alert')
    await inForm.getByRole('button', { name: 'Copy request id' }).waitFor()
    expect(isLogged(await idOf(await inForm.innerText()))).toBe(true)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Export' }).first().click()
    await page.getByRole('button', { name: 'CSV', exact: true }).click()
    const message = page.locator('[popover]:popover-open').filter({ hasText: 'request ' })
    await message.waitFor()
    expect(isLogged(await idOf(await message.innerText()))).toBe(true)
  }, 200_000)
})
