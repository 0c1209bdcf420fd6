/** Answers that were asked for before the script of the page had come, by address; each is taken once. */
export type EarlyAnswers = Record<string, Promise<Response>>

declare global {
  interface Window {
    tallymanEarly?: EarlyAnswers
  }
}

/** A token that was typed in: kept in the tab until it is closed, and sent instead of the session's cookie. */
export const tokenKey = 'tallyman-token'

/** Who looks at the page: nothing is shown before that is known. */
const identityAddress = '/api/v1/session'
/** What the overview shows, word for word as it asks; test/browser/early.test.ts holds both together. */
const overviewAddresses = [
  '/api/v1/ingestion/health',
  '/api/v1/queue',
  '/api/v1/imports?status=held&limit=6',
  '/api/v1/supplier-activity?limit=50',
]

/**
 * Runs while the script of the page is still on its way, and asks for what that will ask for first. Otherwise the
 * service would have nothing to do until the browser has read 500 kB, and then the browser until the service has
 * answered, twice in a row. With a token nothing is asked for: what is sent here has the session's cookie only.
 */
export const earlyScript = `try {
  if (sessionStorage.getItem('${tokenKey}') === null && !/^\\/(sign-in|setup)$/.test(location.pathname)) {
    const addresses = ${JSON.stringify([identityAddress])}
    if (location.pathname === '/' && location.search === '') addresses.push(...${JSON.stringify(overviewAddresses)})
    window.tallymanEarly = Object.fromEntries(
      addresses.map((address) => {
        const answer = fetch(address)
        answer.catch(() => {})
        return [address, answer]
      }),
    )
  }
} catch {}
`
