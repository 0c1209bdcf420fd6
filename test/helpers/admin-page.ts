import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from './browser.ts'
import { openService, type TestService, type TestServiceOptions } from './http-service.ts'
import { priceList } from './lists.ts'
import { addLogin, goodPassword, type TestLogin } from './logins.ts'
import { recordCoverage } from './page-coverage.ts'

/** A service with sample data, and a browser in which somebody has signed in. */
export interface AdminBench extends AsyncDisposable {
  service: TestService
  browser: Browser
  page: Page
  login: TestLogin
  /** What the page did that it should not have done: requests to elsewhere, complaints of the console. */
  complaints: string[]
  /** Goes to an address and waits until what it shows is there. */
  open(path: string): Promise<void>
}

export interface AdminBenchOptions extends TestServiceOptions {
  /** As whom the page is looked at; admin unless said. */
  role?: 'admin' | 'operator' | 'viewer'
  /** False: nobody has signed in yet, and there is no user. */
  isSignedIn?: boolean
  /** Lists that are in the catalog, one after the other, each for its supplier. */
  lists?: SampleList[]
}

/** A list as somebody hands it in. */
export interface SampleList {
  supplier: string
  fileName: string
  content: string | Uint8Array
  /** full: what the list does not name is gone; partial unless said. */
  mode?: 'full' | 'partial'
}

/** Two weeks of Acme, of which the second changes prices, and a list of another supplier. */
export const sampleLists: SampleList[] = [
  { supplier: 'Acme Ltd', fileName: 'acme-2026-46.csv', content: priceList(60) },
  {
    supplier: 'Acme Ltd',
    fileName: 'acme-2026-47.csv',
    content: priceList(62, (n) =>
      n % 7 === 0 ? { price: `${n + 12}.50` } : n % 11 === 0 ? { price: `${n + 9}.00` } : {},
    ),
  },
  {
    supplier: 'Bolt & Söhne <b>GmbH</b>',
    fileName: 'bolt.csv',
    content:
      'Artikelnummer;Bezeichnung;Marke;Warengruppe;Farbe;Gewicht;Preis EUR\n' +
      'B-1;Hammer 300 g;Bolt;Werkzeug > Hämmer;schwarz;300 g;12,50\n' +
      'B-2;Säge <script>alert(1)</script>;Bolt;Werkzeug > Sägen;rot;420 g;auf Anfrage\n' +
      'B-3;Zange;Knip;Werkzeug > Zangen;blau;180 g;8,99\n',
  },
  // Held: nearly everything is missing.
  { supplier: 'Acme Ltd', fileName: 'acme-2026-48.csv', content: priceList(9), mode: 'full' },
]

/**
 * Opens a service with sample data and a signed-in page.
 *
 *     await using bench = await openAdmin()
 *     await bench.open('/items')
 *     await bench.page.getByRole('link', { name: 'A-1' }).click()
 */
export async function openAdmin(options: AdminBenchOptions = {}): Promise<AdminBench> {
  const { role = 'admin', isSignedIn = true, lists = sampleLists, ...serviceOptions } = options
  const service = await openService('sqlite', {
    access: { token: null, needsLogin: true },
    ...serviceOptions,
  })
  const keeper = await addLogin(service, { name: 'Keeper', role: 'admin' })
  const login = await addLogin(service, { name: 'Ada', role })
  for (const each of lists) await takeIn(service, keeper, each)
  const browser = await openBrowser()
  const page = await browser.newPage({ viewport: desktop })
  page.setDefaultTimeout(stepMs)
  const endCoverage = await recordCoverage(page)
  const complaints = await watch(page, service.url)
  const open = async (path: string) => {
    await page.goto(service.url + path)
    await settled(page)
  }
  if (isSignedIn) {
    await open('/sign-in')
    await page.getByLabel('Name').fill('Ada')
    await page.getByLabel('Password').fill(goodPassword)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('navigation', { name: 'Main' }).first().waitFor()
  }
  return {
    service,
    browser,
    page,
    login,
    complaints,
    open,
    async [Symbol.asyncDispose]() {
      await endCoverage()
      await browser.close()
      await service[Symbol.asyncDispose]()
    },
  }
}

/** Hands a list in, as an upload does, and sees it through. @returns the import's id */
export async function takeIn(
  service: TestService,
  login: TestLogin,
  { supplier, fileName, content, mode = 'partial' }: SampleList,
): Promise<string> {
  const query = new URLSearchParams({ supplier, file_name: fileName, mode })
  const response = await service.json<{ id: string }>(`/api/v1/uploads?${query}`, {
    method: 'POST',
    headers: { ...login.bearer, 'content-type': 'text/csv' },
    body: new Blob([typeof content === 'string' ? content : content.slice()]),
  })
  if (response.status !== 202) throw new Error(`The list was not taken: ${JSON.stringify(response.body)}`)
  await service.analyze(response.body.id)
  return response.body.id
}

/** Waits until nothing on the page is being loaded any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor()
  await page.locator('[aria-busy="true"], .animate-pulse').first().waitFor({ state: 'detached' })
}

/** How long anything on a page may take on a machine that is busy with much else. */
export const stepMs = 90_000
const desktop = { width: 1280, height: 800 }
const phone = { width: 390, height: 844 }

/**
 * Looks at the page as it stands, in light and dark, on a desktop and a phone: a picture of each goes to the folder
 * that TALLYMAN_SCREENSHOTS names.
 * @param name of the pictures, as in "items"
 * @param options.isSettled false: what it shows is still being loaded, and that is what is looked at
 * @returns what axe finds serious or critical: "dark: color-contrast …"
 */
export async function inspect(page: Page, name: string, { isSettled = true } = {}): Promise<string[]> {
  const folder = process.env.TALLYMAN_SCREENSHOTS || null
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const [screen, viewport] of [
      ['desktop', desktop],
      ['phone', phone],
    ] as const) {
      await page.setViewportSize(viewport)
      if (isSettled) await settled(page)
      // Chromium leaves inherited light-dark() colours as they were, until everything is drawn anew.
      await page.evaluate(`{
        const { style } = document.documentElement
        style.display = 'none'
        document.body.getBoundingClientRect()
        style.display = ''
        new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
      }`)
      if (folder !== null) {
        await mkdir(folder, { recursive: true })
        await page.screenshot({ path: join(folder, `${name}-${screen}-${colorScheme}.png`) })
      }
      for (const finding of await seriousFindings(page))
        found.push(`${name} ${screen} ${colorScheme}: ${finding}`)
    }
  }
  await page.setViewportSize(desktop)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null })
  return found
}

/** What axe finds on a page that keeps people out. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // By evaluating its text, which the page's own policy has no say in.
  await page.evaluate(await Bun.file(Bun.fileURLToPath(import.meta.resolve('axe-core/axe.min.js'))).text())
  const violations = (await page.evaluate('axe.run(document).then((result) => result.violations)')) as {
    id: string
    impact: string | null
    nodes: { html: string; failureSummary?: string }[]
  }[]
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} (${node.failureSummary})`).join('; ')}`,
    )
}

/** Writes down what a page does that it should not do. @param url of the service, the only one it may ask */
export async function watch(page: Page, url: string): Promise<string[]> {
  const complaints: string[] = []
  await page.route('**/*', (route) => {
    const address = route.request().url()
    if (address.startsWith(url) || address.startsWith('data:') || address.startsWith('blob:'))
      return route.continue()
    complaints.push(`asks elsewhere: ${address}`)
    return route.abort()
  })
  page.on('console', (message) => {
    // The browser itself complains about every answer of 4xx; pages show those.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.addInitScript(
    `document.addEventListener('securitypolicyviolation', (event) =>
      console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))`,
  )
  return complaints
}
