import { describe, expect, test } from 'bun:test'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect, openAdmin, stepMs, takeIn } from '../helpers/admin-page.ts'
import { browserProgram } from '../helpers/browser.ts'

const rows = Array.from({ length: 20 }, (_, n) => `A-${n};Größe <b>${n}</b>;${n + 1},50`)
const list = `SKU;Name;Price EUR\n${rows.join('\n')}\nB-2;Pump;tba soon\n`
const times = 4

describe.skipIf(browserProgram === null)('what the pages save', () => {
  test('comes whole each time, under its name; what is refused says why', async () => {
    await using bench = await openAdmin({
      lists: [{ supplier: 'Acme Ltd', fileName: 'Größe 5.csv', content: list }],
    })
    const { page, service, login } = bench
    const saved = async (press: () => Promise<void>) => {
      const coming = page.waitForEvent('download', { timeout: stepMs }).catch(async (cause) => {
        throw new Error(`Nothing came: ${await page.locator('body').innerText()}`, { cause })
      })
      await press()
      const download = await coming
      expect(await download.failure()).toBeNull()
      return {
        name: download.suggestedFilename(),
        content: (await readFile(await download.path())).toString(),
      }
    }
    /** Pressed again as soon as it can be. */
    const savedOften = async (name: string, press: () => Promise<void>, content?: string) => {
      for (let n = 0; n < times; n++) {
        const found = await saved(press)
        expect(found.name).toBe(name)
        if (content !== undefined) expect(found.content).toBe(content)
      }
    }
    const button = (name: string) => async () => page.getByRole('button', { name, exact: true }).click()
    const exported = (format: string) => async () => {
      await button('Export')()
      await button(format)()
    }

    await bench.open('/imports')
    await page.getByRole('link', { name: 'Größe 5.csv' }).click()
    await savedOften('Größe 5.csv', button('Raw file'), list)
    await page.getByRole('tab', { name: 'Rejected (1)' }).click()
    await page.getByRole('cell', { name: 'tba soon', exact: true }).waitFor()
    for (let n = 0; n < times; n++)
      expect((await saved(button('Download rejects'))).content).toContain('B-2;Pump;tba soon')
    await bench.open('/jobs')
    await page.getByRole('link', { name: 'Acme Ltd' }).first().click()
    await savedOften('Größe 5.csv', button('Raw file'), list)
    await bench.open('/items')
    for (const format of ['CSV', 'Excel workbook', 'JSON', 'JSON, one object a line'])
      for (let n = 0; n < times; n++) {
        const { name, content } = await saved(exported(format))
        expect([format, name.startsWith('items'), content.length > 100]).toEqual([format, true, true])
      }

    // The file is gone: what a link of its own would show as a download that was canceled.
    const id = await takeIn(service, login, {
      supplier: 'Acme Ltd',
      fileName: 'lost.csv',
      content: `${list}C-4;Tap;3\n`,
    })
    await rm(join(service.program.folder, 'data/raw'), { recursive: true, force: true })
    await bench.open(`/imports/${id}`)
    await button('Raw file')()
    await page.getByText(/is no longer in the archive|is missing/).waitFor()
    expect(await inspect(page, 'download-refused')).toEqual([])
    expect(bench.complaints).toEqual([])
  }, 300_000)

  test('comes with a token too', async () => {
    await using bench = await openAdmin({
      isSignedIn: false,
      lists: [{ supplier: 'Acme Ltd', fileName: 'acme.csv', content: list }],
    })
    const { page, login } = bench
    await bench.open('/imports')
    await page.getByRole('button', { name: 'Use an API token' }).click()
    await page.getByLabel('Token').fill(login.bearer.authorization.replace('Bearer ', ''))
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('link', { name: 'acme.csv' }).click()
    for (let n = 0; n < times; n++) {
      const coming = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Raw file' }).click()
      const download = await coming
      expect([download.suggestedFilename(), await download.failure()]).toEqual(['acme.csv', null])
      expect((await readFile(await download.path())).toString()).toBe(list)
    }
    expect(bench.complaints).toEqual([])
  }, 300_000)
})
