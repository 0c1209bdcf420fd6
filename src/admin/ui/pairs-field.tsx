import { useState } from 'react'
import { type FieldProps, Textarea } from './field.tsx'
import { pairsOf, pairsText } from './schema-fields.ts'

/** Names with texts, one pair a line: `name: text`. */
export function PairsField({
  value,
  onChange,
  hint,
  ...field
}: FieldProps & { value: unknown; onChange(value: unknown): void }) {
  // As it was typed: a line that is half written is no pair yet.
  const [text, setText] = useState(() => pairsText(value))
  return (
    <Textarea
      {...field}
      hint={<>{hint} One a line, as name: text.</>}
      spellCheck={false}
      rows={3}
      value={text}
      onChange={(event) => {
        setText(event.target.value)
        const pairs = pairsOf(event.target.value)
        onChange(Object.keys(pairs).length === 0 ? undefined : pairs)
      }}
    />
  )
}
