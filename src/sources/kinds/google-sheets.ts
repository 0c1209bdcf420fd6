import { displayName, dispositionName } from '../../files/file-name.ts'
import { noOrigin } from '../../imports/model.ts'
import { InvalidError, UnavailableError } from '../../lib/errors.ts'
import type { Answer } from '../../lib/outbound/way-out.ts'
import { type Static, secretText, t } from '../../lib/schema.ts'
import { accessToken, forgetToken, googleBudget } from './google/access-token.ts'
import { exportRefusal, pauseMsOf } from './google/export-refusal.ts'
import { type ServiceAccount, serviceAccountIn } from './google/service-account.ts'
import { spreadsheetIdIn } from './google/spreadsheet-id.ts'
import { keyPath, readKeyFile, refuseKeyOutside } from './key-file.ts'
import { connector, type FetchContext, type Fetched, type FetchSettings } from './kind.ts'

/** What a workbook is called on the web. */
const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
/** Google exports no more than 10 MB, so an answer fits into memory; one that is larger is not Google's. */
const exportBytesMax = 64 * 1024 * 1024
/** Exporting a large sheet takes Google a minute. */
const timeoutSecondsDefault = 180

const Config = t.Object(
  {
    spreadsheet: t.String({
      minLength: 1,
      maxLength: 2000,
      description:
        'Address of the sheet as the browser shows it, or the id in it. All its tabs are fetched; which of them are read is said by the source’s sheets.',
      examples: ['https://docs.google.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit'],
    }),
    key: t.Optional(
      secretText({
        description:
          'Key of the service account that the sheet is shared with: the whole JSON text of its file. This or key_file.',
      }),
    ),
    key_file: t.Optional(keyPath('File with the key of the service account, as Google hands it out.')),
    timeout_seconds: t.Optional(
      t.Number({
        minimum: 1,
        maximum: 600,
        description: `How long Google may take; ${timeoutSecondsDefault} when left out.`,
      }),
    ),
  },
  { additionalProperties: false, title: 'GoogleSheetsSource' },
)
type Config = Static<typeof Config>

/**
 * A sheet of Google, read by a service account that it is shared with, and exported as a workbook in one request.
 *
 * Whether it has changed is not asked before: Google has no condition for an export, and asking the Drive API for the
 * time of the last change would cost each sheet a second request of the 100 in 100 seconds that all of them share, and
 * answer yes for every comment and colour. So the bytes decide, and after them the rows.
 */
export const googleSheets = connector({
  name: 'google-sheets',
  config: Config,
  fileNameOf: ({ spreadsheet }) => fileNameDefault(spreadsheetIdIn(spreadsheet)),
  check: checkConfig,

  async fetch(config, context): Promise<Fetched> {
    const { archive, clock, sizeBytesMax, onProgress } = context
    checkConfig(config, context.settings)
    const spreadsheetId = spreadsheetIdIn(config.spreadsheet)
    const account = serviceAccountIn(await keyOf(config, context.settings))
    const fetchedAt = clock.now()
    const answer = await exported(spreadsheetId, { account, config, context })
    const { body } = answer
    // Every workbook begins so; a page in between, of a proxy or of an outage, does not.
    if (body[0] !== 0x50 || body[1] !== 0x4b)
      throw new UnavailableError(
        'google_answer_unclear',
        `What Google exported of the sheet ${spreadsheetId} is no workbook; it is tried again.`,
      )
    onProgress({ bytes: body.length, bytesTotal: body.length })
    const received = await archive.receive(onePiece(body), { sizeBytesMax })
    const named = dispositionName(answer.headers['content-disposition'] ?? null)
    return {
      received,
      fileName: named === null ? fileNameDefault(spreadsheetId) : displayName(named),
      fetchedAt,
      origin: {
        ...noOrigin,
        url: `https://docs.google.com/spreadsheets/d/${spreadsheetId}`,
        contentType: answer.headers['content-type'] ?? null,
        sizeBytes: body.length,
      },
    }
  },
})

/** As long as nobody has said what it is called. */
const fileNameDefault = (spreadsheetId: string) => `google-sheet-${spreadsheetId.slice(0, 12)}.xlsx`

/** As far as it can be told without asking Google. */
function checkConfig({ spreadsheet, key, key_file }: Config, settings: FetchSettings): void {
  spreadsheetIdIn(spreadsheet)
  if ((key === undefined) === (key_file === undefined))
    throw new InvalidError(
      'invalid_config',
      'Give the key of the service account either as key (its JSON text) or as key_file (a path).',
    )
  if (key !== undefined) serviceAccountIn(key)
  if (key_file !== undefined) refuseKeyOutside(key_file, settings)
}

/** Read anew each time, so that a key that is replaced is the one that is used. */
async function keyOf({ key, key_file }: Config, settings: FetchSettings): Promise<string> {
  if (key !== undefined) return key
  // checkConfig has seen that one of them is there.
  return readKeyFile(key_file!, settings)
}

interface Asking {
  account: ServiceAccount
  config: Config
  context: FetchContext
}

/** @throws ForbiddenError, InvalidError, UnavailableError: see `exportRefusal` and `accessToken` */
async function exported(spreadsheetId: string, { account, config, context }: Asking): Promise<Answer> {
  const { out, clock, settings, sizeBytesMax, signal } = context
  const timeoutMs = (config.timeout_seconds ?? timeoutSecondsDefault) * 1000
  const tokens = { out, clock, tokenUrl: settings.google.tokenUrl, timeoutMs, signal }
  const url = new URL(`drive/v3/files/${spreadsheetId}/export`, folderUrl(settings.google.url))
  url.searchParams.set('mimeType', workbookType)
  for (let isSecondTry = false; ; isSecondTry = true) {
    const token = await accessToken(account, tokens)
    const answer = await out.request({
      url,
      headers: { authorization: `Bearer ${token}` },
      timeoutMs,
      sizeBytesMax: Math.min(sizeBytesMax, exportBytesMax),
      signal,
      budget: googleBudget,
      pauseMsOf,
    })
    if (answer.status === 200) return answer
    if (answer.status !== 401 || isSecondTry)
      throw exportRefusal(answer, { spreadsheetId, email: account.email })
    // It was taken back before its time.
    forgetToken(account, tokens)
  }
}

/** A base that what follows is added to, whether or not it was given with a slash at its end. */
const folderUrl = (url: string) => (url.endsWith('/') ? url : `${url}/`)

async function* onePiece(piece: Uint8Array): AsyncGenerator<Uint8Array> {
  yield piece
}
