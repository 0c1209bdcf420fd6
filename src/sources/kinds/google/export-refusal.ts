import {
  type AppError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  UnavailableError,
} from '../../../lib/errors.ts'
import type { Answer } from '../../../lib/outbound/way-out.ts'
import { jsonIn, objectOf } from './answer.ts'

/** After so long Google counts anew. */
const quotaMs = 100_000

/** How long Google wants to be left alone: with a full quota it answers 403, and no Retry-After. */
export function pauseMsOf(answer: Answer): number | null {
  return answer.status >= 400 && isQuota(reasonsIn(answer)) ? quotaMs : null
}

/**
 * What the Drive API means when it exports nothing. It says so in words of its own (`errors[].reason`), of which only
 * those that are known are believed, and none is repeated.
 * @param email whom the sheet is to be shared with
 */
export function exportRefusal(
  answer: Answer,
  { spreadsheetId, email }: { spreadsheetId: string; email: string },
): AppError {
  const { status } = answer
  const reasons = reasonsIn(answer)
  const says = (...names: string[]) => names.some((name) => reasons.has(name))
  const sheet = `The Google sheet ${spreadsheetId}`
  if (says('exportSizeLimitExceeded'))
    return new InvalidError(
      'google_sheet_too_large',
      `${sheet} is larger than Google exports (10 MB as a workbook). Put the price list into a sheet of its own, without pictures, old tabs and empty rows; or publish its tab as CSV (File, Share, Publish to web) and make a source of kind http of that address.`,
    )
  if (isQuota(reasons))
    return new UnavailableError(
      'rate_limited',
      'Google has had too many requests of this project for now; it is tried again later.',
      { retryAfterMs: quotaMs },
    )
  if (says('accessNotConfigured', 'SERVICE_DISABLED'))
    return new ForbiddenError(
      'google_api_off',
      `The Drive API is switched off in the Google Cloud project of ${email}: switch it on there (APIs and services, Google Drive API, Enable), and wait some minutes.`,
    )
  if (says('fileNotExportable', 'badRequest'))
    return new InvalidError(
      'not_a_google_sheet',
      `${sheet} is no sheet of Google but a file that was uploaded there, or another document. Open it and save it as a Google sheet (File, Save as Google Sheets), and give the address of that.`,
    )
  if (says('cannotExportFile', 'cannotDownloadFile', 'cannotDownload'))
    return new ForbiddenError(
      'google_export_not_allowed',
      `${sheet} may be seen by ${email} but not exported: allow viewers to download it (Share, settings), or make that account an editor.`,
    )
  if (status === 403 || status === 404)
    return new ForbiddenError(
      'google_sheet_not_shared',
      `${sheet} is not there, or not shared with the service account: share it with ${email} (as a viewer), and check the address.`,
    )
  if (status === 401)
    return new ForbiddenError(
      'google_key_refused',
      `Google does not accept the token that it gave to ${email}; has its key been deleted just now?`,
    )
  if (status === 410)
    return new NotFoundError('not_found_there', `${sheet} was deleted; give the address of another one.`)
  if (status === 429 || status >= 500)
    return new UnavailableError(
      'google_answer_unclear',
      `Google could not export the sheet ${spreadsheetId} just now (status ${status}); it is tried again.`,
    )
  return new InvalidError(
    'refused_there',
    `Google refuses to export the sheet ${spreadsheetId} (status ${status}).`,
  )
}

const quotaReasons = ['rateLimitExceeded', 'userRateLimitExceeded', 'dailyLimitExceeded', 'quotaExceeded']

const isQuota = (reasons: ReadonlySet<string>) => quotaReasons.some((reason) => reasons.has(reason))

function reasonsIn(answer: Answer): Set<string> {
  const error = objectOf(jsonIn(answer).error)
  const listed = [error.errors, error.details].flatMap((list) => (Array.isArray(list) ? list : []))
  return new Set(listed.map((each) => String(objectOf(each).reason)))
}
