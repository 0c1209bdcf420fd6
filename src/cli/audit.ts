import { openApp } from '../app.ts'
import { type AuditView, auditEntries } from '../audit/list.ts'
import { parseInstant } from '../runs/instant.ts'
import { UsageError } from './arguments.ts'
import { defineCommand, exitCodes } from './command.ts'
import { printJson, printLine, printTable } from './output.ts'

/** `tallyman audit`. */
export const audit = defineCommand({
  name: 'audit',
  summary: 'Show who changed what, newest first',
  description:
    'Every change that people, programs or the service itself made; what lists change in the catalog is in their change\n' +
    'reports ("tallyman imports show"). Entries are kept for TALLYMAN_AUDIT_DAYS.',
  options: {
    subject: {
      kind: 'text',
      placeholder: 'KIND[/ID]',
      summary: 'Only of such things, as item, or source/ID',
    },
    actor: { kind: 'text', placeholder: 'WHO', summary: 'Only what this user did, by name or id' },
    action: { kind: 'text', placeholder: 'ACTION', summary: 'Only item.change, or all of item' },
    from: { kind: 'text', placeholder: 'WHEN', summary: 'Only from this day or instant on' },
    to: { kind: 'text', placeholder: 'WHEN', summary: 'Only before then' },
    limit: { kind: 'integer', placeholder: 'N', min: 1, max: 10_000, summary: 'How many (default 50)' },
  },
  positionals: {},
  examples: [
    { line: 'tallyman audit --subject item/4711', summary: 'what people made of an item' },
    {
      line: 'tallyman audit --action source --from 2026-11-01',
      summary: 'what was done to sources since then',
    },
  ],
  async run({ options }, { config, log, io, json }) {
    const { subject, actor, action, from, to, limit } = options
    const [kind = '', ...id] = subject === null ? [] : subject.split('/')
    if (subject !== null && kind === '') throw new UsageError('--subject takes KIND or KIND/ID, as item/4711')
    const app = await openApp({ config, clock: io.clock, log, schema: 'read' })
    try {
      const entries = await auditEntries(
        app.db,
        {
          ...(subject !== null && { subjectKind: kind }),
          ...(id.length > 0 && { subjectId: id.join('/') }),
          ...(actor !== null && { actor }),
          ...(action !== null && { action }),
          ...(from !== null && { from: parseInstant(from, '--from') }),
          ...(to !== null && { to: parseInstant(to, '--to') }),
        },
        limit ?? 50,
      )
      if (json) printJson(io, { entries })
      else if (entries.length === 0) printLine(io.stdout, 'Nothing was changed.')
      else
        printTable(io.stdout, {
          columns: [
            { header: 'WHEN (UTC)' },
            { header: 'WHO', canShrink: true },
            { header: 'ACTION' },
            { header: 'WHAT', canShrink: true },
            { header: 'CHANGE', canShrink: true },
          ],
          rows: entries.map((entry) => [
            entry.at.slice(0, 16).replace('T', ' '),
            entry.actor.name,
            entry.action,
            subjectText(entry),
            changeText(entry),
          ]),
        })
      return exitCodes.done
    } finally {
      await app.close()
    }
  },
})

function subjectText({ subject }: AuditView): string | null {
  if (subject === null) return null
  return subject.name === null
    ? `${subject.kind} ${subject.id}`
    : `${subject.name} (${subject.kind} ${subject.id})`
}

/** `name: "HAMMER" → "Hammer"`. */
function changeText({ before, after }: AuditView): string | null {
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  const text = (value: unknown) => JSON.stringify(value ?? null)
  if (keys.length === 0) return null
  return keys
    .map((key) =>
      before === null || !(key in before)
        ? `${key}: ${text(after?.[key])}`
        : after === null
          ? `${key}: was ${text(before[key])}`
          : `${key}: ${text(before[key])} → ${text(after[key])}`,
    )
    .join('; ')
}
