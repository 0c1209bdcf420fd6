import { displayName, dispositionName } from '../../../files/file-name.ts'

/** What a server says of a list; null: nothing, or nothing that can be used. */
export interface Said {
  contentType: string | null
  disposition: string | null
  /** Safe to show. */
  fileName: string | null
  etag: string | null
  /** Null also where it cannot be told from that of the next list. */
  lastModified: string | null
}

/** @param headers their names in lower case, their values as they came: a byte a character (Latin-1) */
export function saidOf(headers: Readonly<Record<string, string>>): Said {
  const disposition = textOf(headers['content-disposition'])
  const name = dispositionName(disposition)
  const lastModified = plain(headers['last-modified'])
  const isRacy = Date.parse(headers.date ?? '') - Date.parse(lastModified ?? '') < racyMs
  return {
    contentType: textOf(headers['content-type']),
    disposition,
    fileName: name === null ? null : displayName(name),
    etag: plain(headers.etag),
    lastModified: isRacy ? null : lastModified,
  }
}

/** A server that writes a list twice within its own second says the same time of both. */
const racyMs = 2000
/** Longer ones are no such thing. */
const headerLengthMax = 1000

/** What is sent back as it came: of anything but ASCII nobody knows how it would arrive. */
const plain = (header: string | undefined): string | null =>
  header !== undefined && /^[\x20-\x7e]+$/.test(header) && header.length <= headerLengthMax ? header : null

/** Many servers write UTF-8 into headers. */
function textOf(header: string | undefined): string | null {
  if (header === undefined || header === '' || header.length > headerLengthMax) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'))
  } catch {
    return header
  }
}
