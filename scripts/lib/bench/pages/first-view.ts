import { launchBrowser } from '../../launch-browser.ts'
import { usableAfter, watchPage } from './watch.ts'

/** Milliseconds of each round from the beginning of the navigation until the overview can be read and clicked. */
export interface FirstView {
  /** In a browser that was just started. */
  started: number[]
  /** In one that runs, with nothing in its cache. */
  empty: number[]
  /** In one that has been there before. */
  warm: number[]
}

/** What the overview is there for: its figures, and suppliers that lead on. */
const content = ['main dl dd', 'main tbody a']
/** Scripts are kept compiled from the second visit on. */
const visitsBefore = 2

/** Opens the overview in each of three ways, `rounds` times in alternation. */
export async function measureFirstView(
  origin: string,
  { browser: program, rounds }: { browser: string; rounds: number },
): Promise<FirstView> {
  const result: FirstView = { started: [], empty: [], warm: [] }
  for (let round = 0; round < rounds; round++) {
    await using browser = await launchBrowser(program)
    const visit = async (context: Awaited<ReturnType<typeof browser.newContext>>) => {
      const page = await context.newPage()
      await watchPage(page)
      try {
        return await usableAfter(page, `${origin}/`, content)
      } finally {
        await page.close()
      }
    }
    result.started.push(await visit(await browser.newContext()))
    const context = await browser.newContext()
    result.empty.push(await visit(context))
    for (let before = 1; before < visitsBefore; before++) await visit(context)
    result.warm.push(await visit(context))
  }
  return result
}
