import { describe, expect, test } from 'bun:test'
import { offerSetup } from '../../src/auth/setup.ts'
import { inspect, openAdmin, settled } from '../helpers/admin-page.ts'
import { browserProgram, openBrowser } from '../helpers/browser.ts'
import { openService } from '../helpers/http-service.ts'
import { goodPassword } from '../helpers/logins.ts'
import { openUrl } from '../helpers/open-database.ts'

const token = 'a-token-for-this-test-0123456789'

describe.skipIf(browserProgram === null)('the entrance of the admin page', () => {
  test('lets a person in, brings them where they were going, and out again', async () => {
    await using bench = await openAdmin({ isSignedIn: false, lists: [] })
    const { page, service } = bench
    await bench.open('/items?search=hammer')
    expect(page.url()).toBe(`${service.url}/sign-in?next=${encodeURIComponent('/items?search=hammer')}`)
    expect(await inspect(page, 'sign-in')).toEqual([])

    await page.getByLabel('Name').fill('Ada')
    await page.getByLabel('Password').fill('not the right one')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Password').fill(goodPassword)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(`${service.url}/items?search=hammer`)
    await page.reload()
    await settled(page)
    expect(new URL(page.url()).pathname).toBe('/items')

    await page.getByRole('button', { name: 'Menu of Ada' }).first().click()
    await page.getByRole('button', { name: 'Sign out' }).first().click()
    await page.waitForURL(/\/sign-in/)
    await page.goto(`${service.url}/items`)
    await page.waitForURL(/\/sign-in/)
    expect(bench.complaints).toEqual([])
  }, 120_000)

  test('makes the first administrator with the token of the console', async () => {
    await using service = await openService('sqlite', { access: { needsLogin: true } })
    const db = await openUrl(service.program.url)
    const offered = await offerSetup(db, new Date()).finally(() => db.close())
    await using browser = await openBrowser()
    const page = await browser.newPage()
    await page.goto(service.url)
    await page.waitForURL(`${service.url}/setup`)
    expect(await inspect(page, 'setup')).toEqual([])
    await page.getByLabel('Setup token').fill(offered ?? '')
    await page.getByLabel('Name').fill('Ada')
    await page.getByLabel('Password').fill(goodPassword)
    await page.getByRole('button', { name: 'Make administrator' }).click()
    await page.waitForURL(`${service.url}/`)
    await page.getByRole('button', { name: 'Menu of Ada' }).first().waitFor()
  }, 120_000)

  test('asks for the token where there is nothing else, and keeps it for the tab', async () => {
    await using service = await openService('sqlite', { access: { token } })
    await using browser = await openBrowser()
    const page = await browser.newPage()
    await page.goto(`${service.url}/imports`)
    await page.getByLabel('Token').fill('wrong')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('alert').waitFor()
    expect(await inspect(page, 'token')).toEqual([])
    await page.getByLabel('Token').fill(token)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.waitForURL(`${service.url}/imports`)
    await page.reload()
    await page.getByRole('button', { name: 'Menu of API' }).first().waitFor()
    await page.getByText('Live', { exact: true }).first().waitFor()
  }, 120_000)

  test('is open on loopback while nobody has to sign in, and says what is not there', async () => {
    await using service = await openService('sqlite')
    await using browser = await openBrowser()
    const page = await browser.newPage()
    await page.goto(service.url)
    await page.getByText('Live', { exact: true }).first().waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('main')
    expect((await page.goto(`${service.url}/api/v1/nothing`))?.status()).toBe(404)
    await page.goto(`${service.url}/settings/none`)
    expect((await page.goto(`${service.url}/no-such-page`))?.status()).toBe(404)
  }, 120_000)
})
