import { type Static, t } from '../../lib/schema.ts'

/** What a child says while it is at work; without `rows` it is no more than a sign of life. */
export const ChildReport = t.Object(
  {
    /** `writing`: SQL is at work, and one statement may take long. */
    phase: t.Union([t.Literal('reading'), t.Literal('writing')]),
    rows: t.Optional(t.Integer({ minimum: 0 })),
    /** Of the file's bytes. */
    percent: t.Union([t.Number({ minimum: 0, maximum: 100 }), t.Null()]),
  },
  { additionalProperties: false },
)
export type ChildReport = Static<typeof ChildReport>

export interface ChildProgress {
  phase: ChildReport['phase']
  rows: number
  percent: number | null
}
