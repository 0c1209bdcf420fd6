import { oneOf, type Static, t, textOrNull } from '../../lib/schema.ts'
import { neededReasons } from '../needed-files.ts'
import type { ArchivedFile } from './list-files.ts'

const Instant = t.String({ format: 'date-time', examples: ['2026-11-22T08:30:00.000Z'] })

/** A raw file over HTTP. */
export const ArchivedFileView = t.Object(
  {
    sha256: t.String({ description: 'Of its bytes, lower-case hex; its name in the archive.' }),
    md5: t.String(),
    size_bytes: t.Integer({ minimum: 0, description: 'Of the bytes as they came.' }),
    stored_bytes: t.Integer({ minimum: 0, description: 'What they take in the archive.' }),
    is_packed: t.Boolean(),
    holds: oneOf(['list', 'rows'], {
      description: 'rows: what a remote analyzer answered for a list, kept with it.',
    }),
    kept_at: t.String({ format: 'date-time', description: 'When the bytes were kept for the first time.' }),
    last_read: t.Union(
      [
        t.Object({
          import_id: t.String(),
          file_name: t.String(),
          supplier: t.String(),
          source: t.String(),
          fetched_at: Instant,
        }),
        t.Null(),
      ],
      { description: 'The import that read it last; null: none that there still is.' },
    ),
    reason: t.Union([oneOf(neededReasons), t.Null()], {
      description:
        'Why it is kept still. recent: for its age; waiting: an import has not ended, or is held; dead_letter: a job can be retried; last_list: the prices of today rest on it; corrects_last_list: it corrects such a list. Null: the next clean-up deletes it.',
    }),
    kept_until: textOrNull('Until when it is kept for its age alone; null: as long as the reason holds.', {
      format: 'date-time',
    }),
    links: t.Object({ self: t.String(), content: t.String(), replay: t.String() }),
  },
  { title: 'ArchivedFile' },
)
export type ArchivedFileView = Static<typeof ArchivedFileView>

export function archivedFileView(file: ArchivedFile): ArchivedFileView {
  const { sha256, lastRead } = file
  const self = `/api/v1/archive/${sha256}`
  return {
    sha256,
    md5: file.md5,
    size_bytes: file.sizeBytes,
    stored_bytes: file.storedBytes,
    is_packed: file.isPacked,
    holds: file.holds,
    kept_at: file.keptAt.toISOString(),
    last_read: lastRead && {
      import_id: lastRead.importId,
      file_name: lastRead.fileName,
      supplier: lastRead.supplier,
      source: lastRead.source,
      fetched_at: lastRead.fetchedAt.toISOString(),
    },
    reason: file.reason,
    kept_until: file.keptUntil?.toISOString() ?? null,
    links: { self, content: `${self}/content`, replay: `${self}/replay` },
  }
}

/** What a download is called: as the list was, or by its hash. */
export const downloadName = ({ sha256, lastRead, holds }: ArchivedFile): string =>
  lastRead === null ? `${sha256}.bin` : holds === 'rows' ? `${lastRead.fileName}.ndjson` : lastRead.fileName
