import { type Static, t } from '../../../lib/schema.ts'

const TextOrNull = t.Union([t.String(), t.Null()])

/** What is asked of a process that reads a file apart; one thing at a time, and each answer names its question. */
export const Question = t.Object(
  {
    id: t.Integer(),
    /** Opens the file. */
    open: t.Optional(
      t.Object({
        path: t.String(),
        format: t.String(),
        encoding: TextOrNull,
        delimiter: TextOrNull,
        cellCharactersMax: t.Integer(),
        columnsMax: t.Integer(),
        unpackedBytesMax: t.Integer(),
      }),
    ),
    /** Goes to the start of a sheet. */
    sheet: t.Optional(t.Integer()),
    /** The next rows. */
    next: t.Optional(t.Literal(true)),
  },
  { additionalProperties: false },
)
export type Question = Static<typeof Question>

export const Answer = t.Object(
  {
    id: t.Integer(),
    opened: t.Optional(
      t.Object({
        format: t.String(),
        encoding: TextOrNull,
        delimiter: TextOrNull,
        sheets: t.Array(t.Object({ index: t.Integer(), name: TextOrNull, isHidden: t.Boolean() })),
      }),
    ),
    /** Null: there are no more. What they are made of is not checked: it is this program that made them. */
    rows: t.Optional(t.Union([t.Array(t.Unknown()), t.Null()])),
    bytesRead: t.Optional(t.Integer()),
    failed: t.Optional(
      t.Object({
        /** Null: a bug. */
        code: TextOrNull,
        message: t.String(),
      }),
    ),
  },
  { additionalProperties: false },
)
export type Answer = Static<typeof Answer>
