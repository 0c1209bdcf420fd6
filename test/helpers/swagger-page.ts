import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import { until } from './until.ts'

/** How long is waited for what the page shows, or an import comes to, on a machine that has other work. */
const waitMs = 180_000

/** What is filled in before an operation is executed. */
export interface Filled {
  /** By the parameter's name: typed, or chosen where there is a list to choose from. */
  parameters?: Record<string, string>
  /** Written in place of the example. */
  json?: unknown
  /** Chosen with the file chooser, as a CSV. */
  file?: string
}

/** What the page shows then. */
export interface Shown {
  status: number
  /** The body as JSON; null: it is none. */
  json: unknown
  /** What the link downloads that is shown in place of a body; null: there is no link. */
  file: string | null
}

/** Swagger UI, used by clicks and keys alone. */
export interface SwaggerPage {
  /** Gives a token in the dialog behind "Authorize". */
  authorize(token: string): Promise<void>
  /**
   * Opens an operation, fills it in, executes it, waits for its answer and closes it.
   * @param isWanted executes it again until it is what is waited for
   */
  execute(operationId: string, filled?: Filled, isWanted?: (json: unknown) => boolean): Promise<Shown>
}

/** Opens the page at a service. */
export async function openSwaggerPage(page: Page, url: string): Promise<SwaggerPage> {
  page.setDefaultTimeout(waitMs)
  await page.goto(new URL('/swagger', url).href)
  return {
    async authorize(token) {
      await page.getByRole('button', { name: 'Authorize' }).first().click()
      await page.getByLabel('auth-bearer-value').fill(token)
      await page.getByRole('button', { name: 'Apply credentials' }).first().click()
      await page.getByRole('button', { name: 'Close' }).first().click()
    },
    async execute(operationId, { parameters = {}, json, file } = {}, isWanted = () => true) {
      const operation = page.locator(`.opblock[id$="-${operationId}"]`)
      const summary = operation.locator('.opblock-summary-control')
      await summary.click()
      // Once it was tried out it is so when it is opened again.
      const tryOut = operation.locator('.try-out__btn').first()
      if ((await tryOut.innerText()).includes('Try it out')) await tryOut.click()
      const body = operation.locator('.opblock-section-request-body')
      if (file !== undefined) {
        await body.locator('select').first().selectOption('text/csv')
        const [chooser] = await Promise.all([
          page.waitForEvent('filechooser'),
          body.locator('input[type="file"]').click(),
        ])
        await chooser.setFiles(file)
      }
      if (json !== undefined) await body.locator('textarea').fill(JSON.stringify(json))
      for (const [name, value] of Object.entries(parameters))
        await fill(operation.locator(`tr[data-param-name="${name}"]`), value)
      const shown = await until(async () => {
        await operation.getByRole('button', { name: 'Execute' }).click()
        const answer = await shownIn(page, operation)
        // So that the next answer is not taken for this one.
        await operation.getByRole('button', { name: 'Clear' }).click()
        return isWanted(answer.json) && answer
      }, waitMs)
      // Each operation that is open makes the page slower.
      await summary.click()
      return shown
    },
  }
}

async function fill(parameter: Locator, value: string): Promise<void> {
  const choice = parameter.locator('select')
  if ((await choice.count()) > 0) await choice.selectOption(value)
  else await parameter.locator('input').fill(value)
}

async function shownIn(page: Page, operation: Locator): Promise<Shown> {
  const answer = operation.locator('.live-responses-table')
  const status = Number.parseInt(await answer.locator('tbody .response-col_status').last().innerText(), 10)
  const described = answer.locator('.response-col_description').last()
  const link = described.getByRole('link', { name: 'Download file' })
  if ((await link.count()) > 0) {
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    return { status, json: null, file: await readFile(await download.path(), 'utf8') }
  }
  const text = await described.locator('.microlight').first().textContent()
  return { status, json: JSON.parse(text ?? 'null'), file: null }
}
