import type { Answer } from '../../api/routes.ts'
import { useRead } from '../../api/use-read.ts'
import { sentenceCase } from '../../format/words.ts'
import { Card } from '../../ui/card.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { Time } from '../../ui/time.tsx'

type Edit = Answer<'/api/v1/items/:id/edits'>['entries'][number]

const words: Record<string, string> = {
  'item.change': 'changed it',
  'item.delete': 'deleted it',
  'item.restore': 'restored it',
}

/** Who changed the item, newest first; nothing where nobody has. */
export function ItemEdits({ id }: { id: string }) {
  const { data, curl } = useRead('/api/v1/items/:id/edits', { params: { id }, query: { limit: 50 } })
  if (data === undefined || data.entries.length === 0) return null
  return (
    <Card
      title="Edits"
      isFlush
      actions={
        <ExportMenu
          size="sm"
          address={{ path: '/api/v1/exports/items/:id/edits', params: { id }, query: {} }}
          curl={curl}
        />
      }
    >
      <ul className="divide-y divide-line">
        {data.entries.map((entry) => (
          <li key={entry.id} className="px-4 py-2.5">
            <p>
              <span className="font-semibold">{entry.actor.name}</span>{' '}
              {words[entry.action] ?? sentenceCase(entry.action)}{' '}
              <span className="text-muted">
                <Time at={entry.at} />
              </span>
            </p>
            <ul className="text-sm">
              {changedFields(entry).map(([field, before, after]) => (
                <li key={field} className="break-words">
                  <span className="text-muted">{sentenceCase(field)}:</span>{' '}
                  <del className="text-muted">{before}</del> → {after}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** Field, what it was, what it became; only those that people can set. */
function changedFields({ before, after }: Edit): [string, string, string][] {
  const [old, next]: Record<string, unknown>[] = [Object(before), Object(after)]
  const fields = ['name', 'category', 'brand', 'unit'].filter((field) => field in (next ?? {}))
  return fields.map((field) => [field, shown(old?.[field]), shown(next?.[field])])
}

const shown = (value: unknown) => (value === null || value === undefined ? 'nothing' : String(value))
