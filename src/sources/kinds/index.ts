import { InvalidError } from '../../lib/errors.ts'
import type { SourceKind } from '../model.ts'
import { ftp } from './ftp.ts'
import { googleSheets } from './google-sheets.ts'
import { http } from './http.ts'
import type { Connector } from './kind.ts'
import { local } from './local.ts'
import { sftp } from './sftp.ts'
import { upload } from './upload.ts'

export type {
  Connector,
  Fetched,
  FetchProgress,
  FetchSettings,
  LookContext,
  Looked,
  Unmodified,
} from './kind.ts'
export { fetchSettingsDefault } from './kind.ts'

/** Every kind of source that there is code for. */
export const connectors: readonly Connector[] = [upload, local, http, ftp, sftp, googleSheets]

/**
 * The code behind a kind of source.
 * @throws InvalidError `unknown_source_kind` for a kind that this version cannot fetch from
 */
export function connectorOf(kind: SourceKind): Connector {
  const found = connectors.find(({ name }) => name === kind)
  if (found !== undefined) return found
  throw new InvalidError(
    'unknown_source_kind',
    `This version knows no sources of kind ${kind}; it knows ${connectors.map(({ name }) => name).join(' and ')}.`,
  )
}
