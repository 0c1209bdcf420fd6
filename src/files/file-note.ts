import { Value } from '@sinclair/typebox/value'
import { type Static, t, textOrNull } from '../lib/schema.ts'

/** So many fetches of the same bytes are told; what every import read is in the database. */
const fetchesMax = 20
/** Ids of installations; with more of them nobody takes the file for their own alone. */
const installationsMax = 20

const NotedFetch = t.Object({
  source: t.String(),
  supplier: t.String(),
  original_name: t.String(),
  url: textOrNull('Without user, password and secret parameters.'),
  content_type: textOrNull('As the server said.'),
  etag: textOrNull('As the server said.'),
  last_modified: textOrNull('As the server said.'),
  fetched_at: t.String({ description: 'RFC 3339.' }),
})

/** The note beside a raw file, `<sha256>.meta.json`: what the file is and where it came from, without the database. */
export const FileNote = t.Object({
  schema_version: t.Literal(1),
  sha256: t.String({ pattern: '^[0-9a-f]{64}$' }),
  md5: t.String({ pattern: '^[0-9a-f]{32}$' }),
  size_bytes: t.Integer({ minimum: 0, description: 'Of the plain bytes.' }),
  installations: t.Array(t.String(), {
    description:
      'Which installations have kept the file, oldest first: their databases tell what it is needed for.',
  }),
  fetches: t.Array(NotedFetch, { description: 'The newest 20, oldest first.' }),
})
export type FileNote = Static<typeof FileNote>

/** Where a file came from, as its note tells it. No secrets. */
export interface FetchNote {
  source: string
  supplier: string
  originalName: string
  url: string | null
  contentType: string | null
  etag: string | null
  lastModified: string | null
  fetchedAt: Date
}

/**
 * A file's note with one more fetch.
 * @param known the note as it is; null: there is none
 * @param fetch null: nothing is known of where it came from
 */
export function withFetch(
  known: FileNote | null,
  file: { sha256: string; md5: string; sizeBytes: number },
  { installationId, fetch }: { installationId: string | null; fetch: FetchNote | null },
): FileNote {
  const installations = known?.installations ?? []
  const isNew = installationId !== null && !installations.includes(installationId)
  const fetches = [...(known?.fetches ?? []), ...(fetch === null ? [] : [noted(fetch)])]
  return {
    schema_version: 1,
    sha256: file.sha256,
    md5: file.md5,
    size_bytes: file.sizeBytes,
    installations: isNew ? [...installations, installationId].slice(0, installationsMax) : installations,
    fetches: fetches.slice(-fetchesMax),
  }
}

export const noteText = (note: FileNote): string => `${JSON.stringify(note, null, 2)}\n`

/** @returns null: it is damaged, or of a version that is not known here */
export function noteIn(text: string): FileNote | null {
  try {
    const value: unknown = JSON.parse(text)
    return Value.Check(FileNote, value) ? value : null
  } catch {
    return null
  }
}

function noted({ originalName, contentType, lastModified, fetchedAt, ...fetch }: FetchNote) {
  return {
    source: fetch.source,
    supplier: fetch.supplier,
    original_name: originalName,
    url: fetch.url,
    content_type: contentType,
    etag: fetch.etag,
    last_modified: lastModified,
    fetched_at: fetchedAt.toISOString(),
  }
}
