import type { Page } from 'playwright-core'
import { launchBrowser } from '../../launch-browser.ts'
import { answeredAfter, type Smoothness, smoothnessOf, usableAfter, watchPage } from './watch.ts'

/** One thing that people do with a page. */
export interface Deed extends Smoothness {
  name: string
  /** Milliseconds until what was asked for was there, each time; empty where nothing is asked for. */
  answered: number[]
}

export interface ItemsPageOptions {
  /** Chromium. */
  browser: string
  turns: number
  idleSeconds: number
}

const selectors = ['main tbody a']
/** A quick hand. */
const typing = { delay: 40 }

/** Opens the page of items and does with it what people do. */
export async function measureItemsPage(
  origin: string,
  { browser: program, turns, idleSeconds }: ItemsPageOptions,
): Promise<Deed[]> {
  const first = await firstItem(origin)
  await using browser = await launchBrowser(program)
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await watchPage(page)
  const deeds: Deed[] = []
  const deed = async (name: string, act: (answered: number[]) => Promise<unknown>) => {
    const answered: number[] = []
    deeds.push({ name, ...(await smoothnessOf(page, () => act(answered))), answered })
  }
  const asked = (name: string, ...acts: (() => Promise<unknown>)[]) =>
    deed(name, async (answered) => {
      for (const act of acts) answered.push(await answeredAfter(page, act))
    })
  const clear = () => page.getByRole('button', { name: 'Clear filters' }).click()

  await usableAfter(page, `${origin}/`, selectors)
  await asked('opened from the overview', () =>
    page.getByRole('navigation', { name: 'Main' }).first().getByRole('link', { name: 'Items' }).click(),
  )
  await page.waitForSelector(selectors[0]!)
  await deed('scrolled', () => scroll(page))
  const turn = (name: string) => () => page.getByRole('button', { name }).click()
  await asked('paged forward', ...Array<() => Promise<unknown>>(turns).fill(turn('Next')))
  await asked('paged back', ...Array<() => Promise<unknown>>(turns).fill(turn('Previous')))

  const search = page.getByRole('searchbox')
  const find = (text: string) => async () => {
    await search.fill('')
    await search.pressSequentially(text, typing)
  }
  await asked('searched for a word', find(first.word))
  await asked('searched for two words', find(`${first.word} ${first.nextWord}`))
  await asked('searched for a SKU', find(first.sku))
  await asked('filter cleared', clear)

  const narrow = (fill: () => Promise<unknown>) => async () => {
    await page.getByRole('button', { name: 'Filter', exact: true }).waitFor({ state: 'hidden' })
    await page.locator('search button', { hasNotText: 'Clear filters' }).last().click()
    await fill()
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
  }
  const fill = (label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text)
  await asked('filtered by supplier', () => chooseSupplier(page, first.supplier))
  await asked('filter cleared', clear)
  await asked(
    'filtered by brand',
    narrow(() => fill('Brand', first.brand)),
  )
  await asked('filter cleared', clear)
  await asked(
    'filtered by price',
    narrow(async () => {
      await fill('Costs at least', '10')
      await fill('At most', '20,50')
    }),
  )
  await asked('filter cleared', clear)
  await asked(
    'filtered by a characteristic',
    narrow(async () => {
      await page.getByLabel('Characteristic', { exact: true }).selectOption(first.characteristic[0])
      await fill('is exactly', first.characteristic[1])
    }),
  )
  await asked('paged within it', turn('Next'), turn('Previous'))
  await asked('filter cleared', clear)
  await deed(`looked at for ${idleSeconds} s`, () => page.evaluate(waitFor(idleSeconds)))
  return deeds
}

const waitFor = (seconds: number) => `new Promise((done) => setTimeout(done, ${seconds * 1000}))`

/** Down to the end and up again, a turn of the wheel each frame. */
export async function scroll(page: Page): Promise<void> {
  const box = await page.locator('main table').first().boundingBox()
  if (box === null) throw new Error('There is no table to scroll.')
  await page.mouse.move(box.x + 200, Math.min(box.y + 300, 700))
  for (const by of [120, -120]) for (let turn = 0; turn < 30; turn++) await page.mouse.wheel(0, by)
}

async function chooseSupplier(page: Page, name: string): Promise<void> {
  const field = page.getByRole('combobox', { name: 'Supplier', exact: true })
  await field.fill(name)
  await page.getByRole('option', { name }).first().click()
}

interface FirstItem {
  word: string
  nextWord: string
  sku: string
  supplier: string
  brand: string
  characteristic: [name: string, value: string]
}

/** What there is to look for. */
async function firstItem(origin: string): Promise<FirstItem> {
  const response = await fetch(`${origin}/api/v1/items?limit=20`)
  // As the API describes it, of lists as price-list.ts makes them.
  const { items } = (await response.json()) as {
    items: {
      name: string
      sku: string
      supplier: string
      brand: string
      characteristics: Record<string, string>
    }[]
  }
  const item = items.find(({ characteristics }) => 'Lieferzeit' in characteristics) ?? items[0]
  const characteristic = Object.entries(item?.characteristics ?? {}).find(([name]) => name === 'Lieferzeit')
  const [word, nextWord] = item?.name.split(/[ ,;]+/) ?? []
  if (item === undefined || characteristic === undefined || word === undefined || nextWord === undefined)
    throw new Error('The catalog has no items as scripts/bench makes them.')
  return { word, nextWord, sku: item.sku, supplier: item.supplier, brand: item.brand, characteristic }
}
