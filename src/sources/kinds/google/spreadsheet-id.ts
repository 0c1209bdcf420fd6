import { InvalidError } from '../../../lib/errors.ts'

/**
 * The id of a spreadsheet: from itself, or from the address that a browser shows.
 * "https://docs.google.com/spreadsheets/d/1AbC…/edit#gid=0" → "1AbC…"
 * @throws InvalidError `invalid_config`
 */
export function spreadsheetIdIn(given: string): string {
  if (idPattern.test(given)) return given
  const url = URL.parse(given)
  if (url === null || !/(^|\.)google\.com$/.test(url.hostname)) throw unknown()
  // /d/e/ID is what "publish to the web" gives: an address of its own that everybody may read.
  if (/\/d\/e\//.test(url.pathname))
    throw new InvalidError(
      'invalid_config',
      'spreadsheet: this is the address of a sheet that is published to the web, which needs no account: make a source of kind http with it (…/pub?output=xlsx), or give the address of the sheet itself.',
    )
  const id = /\/d\/([^/]+)/.exec(url.pathname)?.[1] ?? url.searchParams.get('id') ?? ''
  if (!idPattern.test(id)) throw unknown()
  return id
}

const idPattern = /^[\w-]{20,200}$/

const unknown = () =>
  new InvalidError(
    'invalid_config',
    'spreadsheet: give the address of the sheet as the browser shows it (https://docs.google.com/spreadsheets/d/…), or the id in it.',
  )
