import type { Page } from 'playwright-core'

/** What a page was like to use for a while. All of it in milliseconds. */
export interface Smoothness {
  /** The longest piece of work for which everything else had to wait; 0: none was longer than 50 ms. */
  longestTask: number
  /** How many were longer than 50 ms. */
  longTasks: number
  /** The longest time for which nothing new could be drawn. */
  longestGap: number
}

/**
 * Watches from within the page, by its own clock, so that what it costs to look from outside does not count:
 * - `usable(selectors)`: when something for each of them was drawn, since the navigation began;
 * - `begin()` and `end()`: how smooth it was between them;
 * - `answered()`: how long it took from the last time somebody clicked or typed until another address was shown and
 *   nothing of it was on its way any more.
 */
const script = `
window.watch = (() => {
  const smooth = { tasks: [], longestGap: 0, last: null, isWatched: false }
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) smooth.tasks.push(duration)
  }).observe({ type: 'longtask' })
  const onFrame = (now) => {
    if (smooth.last !== null) smooth.longestGap = Math.max(smooth.longestGap, now - smooth.last)
    smooth.last = now
    if (smooth.isWatched) requestAnimationFrame(onFrame)
  }
  let touchedAt = 0
  let shown = null
  for (const name of ['click', 'input', 'change'])
    addEventListener(name, ({ timeStamp }) => { touchedAt = timeStamp; shown = location.href }, true)
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))
  const isBusy = () => document.querySelector('main [aria-busy="true"], main .animate-pulse') !== null
  return {
    usable: (selectors) => new Promise((done) => {
      const isThere = () => selectors.every((each) => document.querySelector(each) !== null)
      if (isThere()) return done(drawn())
      const observer = new MutationObserver(() => {
        if (!isThere()) return
        observer.disconnect()
        done(drawn())
      })
      observer.observe(document, { childList: true, subtree: true })
    }),
    begin() {
      Object.assign(smooth, { tasks: [], longestGap: 0, last: null, isWatched: true })
      requestAnimationFrame(onFrame)
      touchedAt = 0
    },
    end() {
      smooth.isWatched = false
      return {
        longestTask: Math.max(0, ...smooth.tasks),
        longTasks: smooth.tasks.length,
        longestGap: smooth.longestGap,
      }
    },
    // It has to stay so for three frames: right after another address nothing is on its way yet.
    answered: () => new Promise((done) => {
      const from = shown
      let at = null
      let address = null
      let frames = 0
      const look = () => {
        const isDone = touchedAt > 0 && location.href !== from && location.href === address && !isBusy()
        address = location.href
        if (!isDone) { at = null; frames = 0 }
        else at ??= performance.now()
        if (isDone && ++frames === 3) return done(at - touchedAt)
        requestAnimationFrame(look)
      }
      look()
    }),
  }
})()`

const answeredWithinMs = 60_000

/** Has every document of a page watched. */
export async function watchPage(page: Page): Promise<void> {
  page.setDefaultTimeout(answeredWithinMs)
  await page.addInitScript(script)
}

/** @returns milliseconds from the beginning of the navigation until each of these was drawn */
export async function usableAfter(page: Page, url: string, selectors: readonly string[]): Promise<number> {
  await page.goto(url, { waitUntil: 'commit' })
  return inTime(page, `watch.usable(${JSON.stringify(selectors)})`, `${url} was not there`)
}

/** Does something that leads to another address. @returns milliseconds until what is there is shown */
export async function answeredAfter(page: Page, act: () => Promise<unknown>): Promise<number> {
  await act()
  return inTime(page, 'watch.answered()', `${page.url()} did not change to what was asked for`)
}

/** How smooth the page was while something was done. */
export async function smoothnessOf(page: Page, act: () => Promise<unknown>): Promise<Smoothness> {
  // Whatever led here has ended.
  await page.evaluate('new Promise((done) => setTimeout(done, 300))')
  await page.evaluate('watch.begin()')
  await act()
  return page.evaluate('watch.end()')
}

/** The clock that watches may have started with the last document: it is the page's. */
async function inTime(page: Page, expression: string, failure: string): Promise<number> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`${failure} within ${answeredWithinMs / 1000} s.`)),
    answeredWithinMs,
  )
  try {
    // As the script gives it.
    return (await Promise.race([page.evaluate(expression), late.promise])) as number
  } finally {
    clearTimeout(timer)
  }
}
