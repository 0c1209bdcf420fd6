import { type Static, t } from './schema.ts'

/** The body of an error answer (RFC 9457), with a stable code for machines. */
export const Problem = t.Object(
  {
    type: t.Literal('about:blank'),
    title: t.String({ description: 'The status in words.' }),
    status: t.Integer(),
    code: t.String({ description: 'Stable and for machines.', examples: ['unknown_import'] }),
    detail: t.String({ description: 'For people: what, where, and what to do.' }),
  },
  { title: 'Problem' },
)
export type Problem = Static<typeof Problem>
