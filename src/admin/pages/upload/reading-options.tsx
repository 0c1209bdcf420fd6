import { Input, Select } from '../../ui/field.tsx'
import type { Preview, Reading, TableDecision } from './reading.ts'

/** What may be said about a list besides its columns; each field shows what was found. */
export function ReadingOptions({
  reading,
  preview,
  decision,
  onChange,
}: {
  reading: Reading
  preview: Preview
  decision: TableDecision | undefined
  onChange(reading: Reading): void
}) {
  const set = (change: Partial<Reading>) => onChange({ ...reading, ...change })
  const sheets = [...new Set(preview.tables.flatMap(({ sheet }) => sheet ?? []))]
  const header = decision?.header_rows.map((row) => row + 1) ?? []
  const foundHeader = header.length === 0 ? 'no header' : `row ${header.join('–')}`
  const lacksCurrency = decision?.is_read === true && decision.currency.code === null
  const decimals =
    { dot: '1,234.56', comma: '1.234,56', mixed: 'both' }[decision?.decimal.style ?? ''] ?? 'plain numbers'
  return (
    <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
      <Input
        label="Currency"
        hint={lacksCurrency ? undefined : `Found: ${decision?.currency.code ?? 'none'}`}
        error={
          lacksCurrency && reading.currency === ''
            ? 'The list does not say one. Enter it, such as EUR; otherwise the list is held.'
            : null
        }
        placeholder={decision?.currency.code ?? 'EUR'}
        maxLength={3}
        autoComplete="off"
        value={reading.currency}
        onChange={(event) => set({ currency: event.target.value.toUpperCase() })}
      />
      <Select
        label="Prices are written"
        value={reading.decimal}
        choices={[
          { value: '', label: `As found: ${decimals}` },
          { value: 'dot', label: '1,234.56' },
          { value: 'comma', label: '1.234,56' },
        ]}
        // One of the choices above.
        onChange={(event) => set({ decimal: event.target.value as Reading['decimal'] })}
      />
      <HeaderRow found={foundHeader} value={reading.headerRow} onChange={(headerRow) => set({ headerRow })} />
      {sheets.length > 1 && (
        <Select
          label="Sheets to take"
          value={reading.sheet}
          choices={[
            { value: '', label: 'All that are price lists' },
            ...sheets.map((sheet) => ({ value: sheet, label: `Only ${sheet}` })),
          ]}
          onChange={(event) => set({ sheet: event.target.value })}
        />
      )}
    </div>
  )
}

function HeaderRow({
  found,
  value,
  onChange,
}: {
  found: string
  value: string
  onChange(value: string): void
}) {
  const isWrong = value !== '' && !/^(none|\d{1,6}(-\d{1,6})?)$/.test(value)
  return (
    <Input
      label="Header row"
      hint={`Found: ${found}`}
      error={isWrong ? 'A row such as 7, two rows such as 7-8, or none.' : null}
      placeholder="as found"
      maxLength={15}
      autoComplete="off"
      value={value}
      onChange={(event) => onChange(event.target.value.toLowerCase())}
    />
  )
}
